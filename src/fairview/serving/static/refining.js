// The palettes and the diversity switch. A choice is read from the page when it is sent, travels in
// the body of that one request, and is written nowhere: no address, no storage, no cookie.
import { announce, ask, parsed } from "./asking.js";

const SETTLE = 160;
let settling = 0;
const privateViews = new WeakSet();

const view = () => document.querySelector("[data-results]");

const choices = () =>
  Object.fromEntries(
    [...document.querySelectorAll("[data-palette] input:checked")]
      .filter((radio) => radio.value)
      .map((radio) => [radio.name, Number(radio.value)]),
  );

const fewer = () =>
  [...document.querySelectorAll("[data-fewer] input:checked")].map((box) => box.value);

/** Whether what is on the page was found with a refinement. */
export const isRefined = () =>
  Object.keys(choices()).length > 0 || fewer().length > 0 || privateViews.has(document.getElementById("results"));

/** Remember, in this tab's memory alone, that a view followed from a refinement. */
export const markPrivate = (element) => privateViews.add(element);

const askAgain = () => {
  const shown = view();
  if (!shown?.dataset.query) return;
  const toggle = shown.querySelector("[data-diversity]");
  const compare = shown.querySelector("[data-compare]");
  if (compare) compare.hidden = isRefined();
  const body = {
    q: shown.dataset.query,
    refine: choices(),
    fewer: fewer(),
    diversify: toggle.getAttribute("aria-checked") === "true",
  };
  const slate = shown.querySelector("[data-slate]");
  ask("/fragments/search", body, slate, (html, ok) => {
    const next = parsed(html);
    const part = ok ? next.querySelector("[data-slate]") : next.body;
    slate.replaceChildren(...part.childNodes);
    const words = slate.querySelector("[data-headline], h1, h2");
    announce(words?.textContent ?? "");
  });
};

const onChange = (event) => {
  if (!event.target.closest("[data-palette], [data-fewer]")) return;
  clearTimeout(settling);
  settling = setTimeout(askAgain, SETTLE);
};

const onClick = (event) => {
  const toggle = event.target.closest("[data-diversity]");
  if (!toggle) return;
  const on = toggle.getAttribute("aria-checked") !== "true";
  toggle.setAttribute("aria-checked", String(on));
  askAgain();
};

export const startRefining = () => {
  document.addEventListener("change", onChange);
  document.addEventListener("click", onClick);
  document.addEventListener("submit", (event) => {
    if (event.target.matches("[data-palette], [data-fewer]")) event.preventDefault();
  });
};
