// Shows how far the worker is. When it has ended, the page is loaded again: its next step differs.
const watchImport = async () => {
  if (document.hidden) return;
  const shown = document.getElementById("progress");
  const response = await fetch(shown.dataset.url).catch(() => null);
  if (!response?.ok) return;
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  const now = page.getElementById("progress"), title = page.getElementById("progress-title");
  if (title?.textContent !== document.getElementById("progress-title").textContent) location.assign(shown.dataset.url);
  else if (!shown.contains(document.activeElement)) {
    shown.replaceChildren(...now.childNodes);
    document.getElementById("counts").replaceChildren(...page.getElementById("counts").childNodes);
  }
};
setInterval(watchImport, 2000);
