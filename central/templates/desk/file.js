// Helps a practised officer; the form works without it.
const form = document.getElementById("filing-form");
document.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    event.preventDefault();
    form.requestSubmit(document.getElementById("save"));
  }
});
form.addEventListener("submit", () => { document.getElementById("save").disabled = true; });
window.addEventListener("pageshow", () => { document.getElementById("save").disabled = false; });

// Files that are dropped anywhere on the frame join those that were chosen.
const drop = document.getElementById("drop"), files = document.getElementById("files");
document.getElementById("drop-hint").hidden = false;
const showChosen = () => {
  const list = document.getElementById("chosen");
  list.replaceChildren(...[...files.files].map((file) => {
    const item = document.createElement("li");
    item.textContent = `${file.name} · ${Math.ceil(file.size / 1024)} kB`;
    return item;
  }));
};
files.addEventListener("change", showChosen);
for (const name of ["dragenter", "dragover"]) {
  drop.addEventListener(name, (event) => { event.preventDefault(); drop.classList.add("over"); });
}
for (const name of ["dragleave", "drop"]) {
  drop.addEventListener(name, () => drop.classList.remove("over"));
}
drop.addEventListener("drop", (event) => {
  event.preventDefault();
  const all = new DataTransfer();
  for (const file of [...files.files, ...event.dataTransfer.files]) all.items.add(file);
  files.files = all.files;
  showChosen();
});
const first = document.querySelector('#error ~ form [aria-invalid="true"]') || document.getElementById("notice_given");
first.focus();
