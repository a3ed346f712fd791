(() => {
  const turnEveryMs = {{ seconds }} * 1000;
  const by = (id) => document.getElementById(id);
  const pause = by("pause"), next = by("next");
  let isPaused = false;
  async function turn() {
    const number = by("panel-facts").dataset.next;
    try {
      const response = await fetch("/wall/panel?panel=" + number, {cache: "no-store"});
      if (response.status === 404) { location.reload(); return; } // the screen was disconnected
      if (!response.ok) throw new Error(response.status);
      by("panel").innerHTML = await response.text();
      const facts = by("panel-facts").dataset;
      by("time").textContent = facts.time;
      next.href = "?panel=" + facts.next;
      by("stale").hidden = true;
    } catch {
      by("stale").hidden = false;
    }
  }
  pause.hidden = false;
  pause.addEventListener("click", () => {
    isPaused = !isPaused;
    pause.setAttribute("aria-pressed", isPaused);
  });
  next.addEventListener("click", (event) => { event.preventDefault(); turn(); });
  setInterval(() => { if (!isPaused) turn(); }, turnEveryMs);
})();
