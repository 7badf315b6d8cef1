// Asking the server: what is shown while it works, when it takes long, and when it doesn't answer.
const SKELETON_AFTER = 180;
const WORDS_AFTER = 3000;
const GIVE_UP_AFTER = 30000;

export const announce = (words) => {
  document.getElementById("announcer").textContent = words;
};

const copyOf = (id) => document.getElementById(id).content.cloneNode(true);

/** Show skeletons in `place` if the answer takes a moment, and words if it takes long. */
const wait = (place) => {
  place.setAttribute("aria-busy", "true");
  const timers = [
    setTimeout(() => place.replaceChildren(copyOf("waiting")), SKELETON_AFTER),
    setTimeout(() => {
      const words = place.querySelector("[data-words]");
      if (!words) return;
      words.hidden = false;
      announce(words.textContent);
    }, WORDS_AFTER),
  ];
  return () => {
    timers.forEach(clearTimeout);
    place.removeAttribute("aria-busy");
  };
};

/** Say in `place` that nobody answered, with a way to ask again. */
const unreachable = (place, retry) => {
  place.replaceChildren(copyOf("unreachable"));
  if (!navigator.onLine) place.querySelector("h2").textContent = "You are offline";
  place.querySelector("[data-retry]").addEventListener("click", retry);
  announce(place.querySelector("h2").textContent);
};

let running = null;

/**
 * Ask for HTML and give it to `show`; a newer question ends an older one.
 *
 * @param {string} address where to ask
 * @param {?object} body what travels in the body; null asks with GET
 * @param {Element} place what waits
 * @param {(html: string, ok: boolean) => void} show what to do with the answer
 */
export const ask = async (address, body, place, show) => {
  running?.abort();
  const asking = new AbortController();
  running = asking;
  const end = wait(place);
  const tooLong = setTimeout(() => asking.abort("too long"), GIVE_UP_AFTER);
  try {
    const response = await fetch(address, {
      signal: asking.signal,
      credentials: "same-origin",
      referrerPolicy: "no-referrer",
      ...(body && {
        method: "POST",
        cache: "no-store",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(body),
      }),
    });
    const html = await response.text();
    if (running !== asking) return;
    end();
    show(html, response.ok);
  } catch {
    end();
    if (running !== asking) return;
    unreachable(place, () => ask(address, body, place, show));
  } finally {
    clearTimeout(tooLong);
  }
};

/** Return the element that this HTML is a document or a fragment of. */
export const parsed = (html) => new DOMParser().parseFromString(html, "text/html");
