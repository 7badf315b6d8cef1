// "Why am I seeing this": one dialog, filled from the card that it was opened on.
const dialog = () => document.getElementById("why");

const open = (button) => {
  const body = document.getElementById("why-body");
  body.replaceChildren(button.closest(".card").querySelector("template").content.cloneNode(true));
  dialog().showModal();
  body.closest(".why-in").scrollTop = 0;
  body.querySelector("#why-title").focus();
  dialog().addEventListener("close", () => button.isConnected && button.focus(), { once: true });
};

export const startWhy = () => {
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-why]");
    if (button) open(button);
    else if (event.target.closest("[data-close], #why a") || event.target === dialog()) dialog().close();
  });
};
