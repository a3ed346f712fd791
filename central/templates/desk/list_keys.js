// j and k move between the rows, Enter opens (the link has the focus), x selects.
(() => {
  const links = [...document.querySelectorAll("#cases .number a")];
  const move = (by) => {
    const here = links.findIndex((link) => link.closest("tr").contains(document.activeElement));
    const link = links[here < 0 ? (by > 0 ? 0 : links.length - 1) : Math.min(Math.max(here + by, 0), links.length - 1)];
    if (link) { link.focus(); link.scrollIntoView({block: "nearest"}); }
  };
  const actions = {
    j: () => move(1),
    k: () => move(-1),
    x: () => document.activeElement.closest("tr")?.querySelector("[name=case]")?.click(),
  };
  addEventListener("keydown", (event) => {
    const isTyping = event.target.closest("input:not([type=checkbox]),select,textarea");
    if (isTyping || event.ctrlKey || event.altKey || event.metaKey || !Object.hasOwn(actions, event.key)) return;
    event.preventDefault();
    actions[event.key]();
  });
  const heading = document.querySelector("#cases th.pick");
  if (!heading) return;
  const all = Object.assign(document.createElement("input"), {type: "checkbox", ariaLabel: heading.textContent});
  all.addEventListener("change", () => {
    for (const box of document.querySelectorAll("#cases [name=case]")) box.checked = all.checked;
  });
  heading.append(all);
})();
