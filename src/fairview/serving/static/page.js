// The page's behaviour. Everything works by delegation, so that replaced parts need no setting up.
import { startNavigation } from "./navigation.js";
import { startRefining } from "./refining.js";
import { startSuggestions } from "./suggestions.js";
import { startWhy } from "./why.js";

startNavigation();
startRefining();
startSuggestions();
startWhy();

document.addEventListener("click", (event) => {
  const more = event.target.closest("[data-more]");
  if (more) {
    const cards = document.getElementById(more.getAttribute("aria-controls"));
    cards.hidden = !cards.hidden;
    more.setAttribute("aria-expanded", String(!cards.hidden));
    more.textContent = cards.hidden ? "Show more" : "Show fewer";
    if (!cards.hidden) cards.focus({ preventScroll: true });
  }
  if (event.target.closest("[data-reload]")) location.reload();
});
