// Example searches under the search box: a listbox that the arrow keys walk through.
const MOST = 7;
let loading = null;

const input = () => document.getElementById("q");
const list = () => document.getElementById("suggestions");
const options = () => [...list().children];

const fetched = async () => {
  const response = await fetch("/v1/queries", { referrerPolicy: "no-referrer" });
  return response.ok ? (await response.json()).queries : [];
};

// One request for all key presses: a later answer must not redraw a list that is walked through.
const load = () => {
  loading ??= fetched().catch(() => {
    loading = null;
    return [];
  });
  return loading;
};

const hide = () => {
  list().hidden = true;
  input().setAttribute("aria-expanded", "false");
  input().removeAttribute("aria-activedescendant");
};

const choose = (index) => {
  options().forEach((option, place) => option.setAttribute("aria-selected", String(place === index)));
  const option = options()[index];
  option?.scrollIntoView({ block: "nearest" });
  if (option) input().setAttribute("aria-activedescendant", option.id);
};

const show = async () => {
  const all = await load();
  if (document.activeElement !== input()) return;
  const typed = input().value.trim().toLowerCase();
  const fitting = all.filter((text) => text.toLowerCase().includes(typed) && text !== typed);
  list().replaceChildren(
    ...fitting.slice(0, MOST).map((text, place) => {
      const option = document.createElement("li");
      option.id = `suggestion-${place}`;
      option.setAttribute("role", "option");
      option.setAttribute("aria-selected", "false");
      option.textContent = text;
      return option;
    }),
  );
  if (!fitting.length) {
    hide();
    return;
  }
  list().hidden = false;
  input().setAttribute("aria-expanded", "true");
};

const take = (option) => {
  input().value = option.textContent;
  hide();
  input().form.requestSubmit();
};

const onKey = (event) => {
  if (event.target !== input()) return;
  const selected = options().findIndex((option) => option.getAttribute("aria-selected") === "true");
  const down = event.key === "ArrowDown";
  if (down || event.key === "ArrowUp") {
    event.preventDefault();
    if (list().hidden) show();
    else choose((selected + (down ? 1 : options().length - 1 + (selected < 0))) % options().length);
  } else if (event.key === "Enter" && !list().hidden && selected >= 0) {
    event.preventDefault();
    take(options()[selected]);
  } else if (event.key === "Escape" && !list().hidden) {
    event.preventDefault();
    hide();
  }
};

export const startSuggestions = () => {
  document.addEventListener("input", (event) => event.target === input() && show());
  document.addEventListener("focusin", (event) => event.target === input() && !input().value && show());
  document.addEventListener("focusout", (event) => event.target === input() && hide());
  document.addEventListener("keydown", onKey);
  document.addEventListener("submit", () => input() && hide());
  document.addEventListener("mousedown", (event) => {
    const option = event.target.closest("#suggestions li");
    if (!option) return;
    event.preventDefault();
    take(option);
  });
};
