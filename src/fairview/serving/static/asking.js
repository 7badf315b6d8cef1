// Asking the server: what is shown while it works, when it takes long, and when it doesn't answer.
const SKELETON_AFTER = 180;
const WORDS_AFTER = 3000;
const GIVE_UP_AFTER = 30000;

export const announce = (words) => {
  document.getElementById("announcer").textContent = words;
};

const copyOf = (id) => document.getElementById(id).content.cloneNode(true);

/** Show skeletons in `place` if the answer takes a moment, and words if it takes long; the function
 * that is returned puts back what was there. */
const wait = (place) => {
  let held = null;
  place.setAttribute("aria-busy", "true");
  const timers = [
    setTimeout(() => {
      held = [...place.childNodes];
      place.replaceChildren(copyOf("waiting"));
    }, SKELETON_AFTER),
    setTimeout(() => {
      const words = place.querySelector("[data-words]");
      if (!words) return;
      words.hidden = false;
      announce(words.textContent);
    }, WORDS_AFTER),
  ];
  let ended = false;
  return () => {
    if (ended) return;
    ended = true;
    timers.forEach(clearTimeout);
    if (held) place.replaceChildren(...held);
    place.removeAttribute("aria-busy");
  };
};

/** Say in `place` that nobody answered, with a way to ask again. */
const unreachable = (place, retry) => {
  place.replaceChildren(copyOf("unreachable"));
  if (!navigator.onLine) {
    place.querySelector("h2").textContent = "You are offline";
    place.querySelector("[data-words]").textContent = "Check your connection, then try again.";
  }
  place.querySelector("[data-retry]").addEventListener("click", retry);
  announce(place.querySelector("h2").textContent);
};

let running = null;
let endRunning = () => {};

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
  endRunning();
  const asking = new AbortController();
  running = asking;
  const end = wait(place);
  endRunning = end;
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
    if (running !== asking) return;
    end();
    unreachable(place, () => ask(address, body, place, show));
  } finally {
    clearTimeout(tooLong);
  }
};

/** Return the element that this HTML is a document or a fragment of. */
export const parsed = (html) => new DOMParser().parseFromString(html, "text/html");
