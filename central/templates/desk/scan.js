// Changes a page without loading the others again, and shows new pages while the worker opens them.
const parts = document.getElementById("parts");
const showParts = (text, isAnswer = false) => {
  const page = new DOMParser().parseFromString(text, "text/html"), fresh = page.getElementById("parts");
  if (!fresh) return false;
  parts.replaceChildren(...fresh.childNodes);
  parts.toggleAttribute("data-reading", fresh.hasAttribute("data-reading"));
  const refusals = page.getElementById("refusals");
  if (isAnswer) document.getElementById("refusals").replaceChildren(...(refusals?.childNodes || []));
  return true;
};
parts.addEventListener("submit", async (event) => {
  const { target, submitter } = event, card = target.closest("li");
  if (!submitter?.name) return;
  event.preventDefault();
  const body = new URLSearchParams(new FormData(target));
  body.set(submitter.name, submitter.value);
  submitter.disabled = true;
  const response = await fetch(target.action, { method: "POST", body }).catch(() => null);
  if (!response || !showParts(await response.text(), true)) {
    location.reload();
    return;
  }
  if (!response.ok) {  // a colleague has filed or deleted the page
    document.getElementById("refusals").scrollIntoView();
    return;
  }
  const buttons = [...(document.getElementById(card.id)?.querySelectorAll("button") || [])];
  (buttons.find((button) => button.value === submitter.value) || buttons[0])?.focus();
});
const watchReading = async () => {
  if (document.hidden || !parts.hasAttribute("data-reading")) return;
  const response = await fetch(parts.dataset.url).catch(() => null);
  if (!response?.ok) return;
  const focused = parts.contains(document.activeElement) ? document.activeElement : null;
  const card = focused?.closest("li")?.id, value = focused?.value;
  showParts(await response.text());
  if (card) document.querySelector(`#${card} button[value="${value}"]`)?.focus();
};
setInterval(watchReading, 2000);
