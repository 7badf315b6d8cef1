// Going from page to page without loading everything again, and coming back to what was there.
// The history holds an address and a number; what was on a page is kept in this tab's memory.
import { announce, ask, parsed } from "./asking.js";
import { isRefined, markPrivate } from "./refining.js";

const KEPT = 12;
const places = new Map();
let current = 0;
let shown = "";

const main = () => document.getElementById("main");
const results = () => document.getElementById("results") ?? main();

const keep = () => {
  places.set(current, {
    header: document.querySelector(".header"),
    main: main(),
    title: document.title,
    page: document.body.className,
    scroll: window.scrollY,
  });
  if (places.size > KEPT) places.delete(places.keys().next().value);
};

const put = ({ header, main: content, title, page }) => {
  document.querySelector(".header").replaceWith(header);
  main().replaceWith(content);
  document.title = title;
  document.body.className = page;
};

const arrive = () => {
  window.scrollTo(0, 0);
  const title = document.getElementById("results-title");
  (title ?? main()).focus({ preventScroll: true });
  const headline = document.querySelector("[data-headline]");
  announce([title?.textContent, headline?.textContent].filter(Boolean).join(". "));
};

const step = (address) => {
  current = Math.max(current, ...places.keys(), 0) + 1;
  history.pushState({ place: current }, "", address);
  shown = location.pathname + location.search;
};

/** Go to a page of this server. */
export const go = (address) => {
  ask(address, null, results(), (html) => {
    const next = parsed(html);
    keep();
    step(address);
    put({
      header: document.adoptNode(next.querySelector(".header")),
      main: document.adoptNode(next.getElementById("main")),
      title: next.title,
      page: next.body.className,
    });
    arrive();
  });
};

/** Show what is like an item without a trace of it in the address. */
const goPrivately = (item) => {
  ask("/fragments/related", { item_id: item, log: false }, results(), (html) => {
    const holder = document.createElement("div");
    holder.id = "results";
    holder.append(...parsed(html).body.childNodes);
    keep();
    step(location.href);
    const content = main().cloneNode(false);
    content.append(holder);
    main().replaceWith(content);
    markPrivate(holder);
    const back = holder.querySelector("[data-back]");
    if (back) back.hidden = false;
    arrive();
  });
};

const sameServer = (link) =>
  link.origin === location.origin && !link.hash && !link.target && !("plain" in link.dataset);

const onClick = (event) => {
  if (event.defaultPrevented || event.button || event.metaKey || event.ctrlKey || event.shiftKey) return;
  if (event.target.closest("[data-back]")) {
    history.back();
    return;
  }
  const link = event.target.closest("a[href]");
  if (!link || !sameServer(link)) return;
  event.preventDefault();
  if (link.dataset.like && isRefined()) goPrivately(link.dataset.like);
  else go(link.getAttribute("href"));
};

const onSubmit = (event) => {
  if (!event.target.matches("[data-search]")) return;
  event.preventDefault();
  const query = event.target.elements.q.value.trim();
  if (query) go(`/?q=${encodeURIComponent(query)}`);
};

const addressNow = () => location.pathname + location.search;

const onPop = (event) => {
  const place = event.state?.place;
  // A jump within the page has no number of its own.
  if (place === undefined && addressNow() === shown) return;
  const next = places.get(place);
  if (!next) {
    location.reload();
    return;
  }
  keep();
  current = place;
  shown = addressNow();
  put(next);
  window.scrollTo(0, next.scroll);
};

export const startNavigation = () => {
  current = history.state?.place ?? 0;
  shown = addressNow();
  history.replaceState({ place: current }, "");
  document.addEventListener("click", onClick);
  document.addEventListener("submit", onSubmit);
  window.addEventListener("popstate", onPop);
};
