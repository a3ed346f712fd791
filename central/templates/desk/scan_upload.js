// Sends the chosen files one after the other: what has arrived is stored, whatever happens to this page.
const uploadForm = document.getElementById("upload-form"), chosen = document.getElementById("files");
const folder = document.getElementById("folder"), drop = document.getElementById("drop");
const state = document.getElementById("upload-state"), uploadButton = document.getElementById("upload");
for (const id of ["drop-hint", "drop-note"]) document.getElementById(id).hidden = false;
const isScan = (file) => /\.(pdf|tiff?|jpe?g|png)$/i.test(file.name);
const byName = (one, other) => (one.webkitRelativePath || one.name).localeCompare(
  other.webkitRelativePath || other.name, undefined, { numeric: true });
const showError = (sentence) => {
  const shown = document.createElement("p");
  shown.className = "card danger";
  shown.setAttribute("role", "alert");
  shown.textContent = sentence;
  state.append(shown);
};
const sendFile = async (file, url) => {
  const body = new FormData();
  body.append("csrfmiddlewaretoken", uploadForm.elements.csrfmiddlewaretoken.value);
  body.append("files", file, file.name);
  const response = await fetch(url, { method: "POST", body, headers: { Accept: "application/json" } }).catch(() => null);
  const reason = response?.status === 413 ? state.dataset.large : state.dataset.lost;
  return response ? response.json().catch(() => ({ error: `${file.name} · ${reason}`, url: "" }))
    : { error: `${file.name} · ${reason}`, url: "" };
};
const sendFiles = async (files) => {
  if (!files.length) return;
  uploadButton.disabled = true;
  const progress = document.createElement("progress");
  progress.max = files.length;
  progress.value = 0;
  progress.setAttribute("aria-label", uploadButton.textContent);
  state.replaceChildren(progress);
  let batch = "", refused = 0;
  for (const file of files) {
    const answer = await sendFile(file, batch ? `${batch}/files` : uploadForm.action);
    if (answer.url) batch = answer.url;
    if (answer.error) { showError(answer.error); refused += 1; }
    progress.value += 1;
  }
  uploadButton.disabled = false;
  chosen.value = folder.value = "";
  if (batch && !refused) location.assign(batch);
  else if (batch) {
    const link = document.createElement("a");
    link.href = batch;
    link.className = "button main";
    link.id = "open-batch";
    link.textContent = state.dataset.open;
    state.append(link);
  }
};
uploadForm.addEventListener("submit", (event) => {
  event.preventDefault();
  sendFiles([...chosen.files]);
});
folder.addEventListener("change", () => sendFiles([...folder.files].filter(isScan).sort(byName)));
const filesOf = async (entry) => {
  if (entry.isFile) return [await new Promise((resolve, reject) => { entry.file(resolve, reject); })];
  const reader = entry.createReader(), entries = [];
  for (;;) {
    const some = await new Promise((resolve, reject) => { reader.readEntries(resolve, reject); });
    if (!some.length) break;
    entries.push(...some);
  }
  return (await Promise.all(entries.map(filesOf))).flat().filter(isScan).sort(byName);
};
for (const name of ["dragenter", "dragover"]) {
  drop.addEventListener(name, (event) => { event.preventDefault(); drop.classList.add("over"); });
}
for (const name of ["dragleave", "drop"]) drop.addEventListener(name, () => drop.classList.remove("over"));
drop.addEventListener("drop", async (event) => {
  event.preventDefault();
  const entries = [...event.dataTransfer.items].map((each) => each.webkitGetAsEntry()).filter(Boolean);
  sendFiles((await Promise.all(entries.map(filesOf))).flat());
});
