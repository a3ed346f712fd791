"""The gallery's page: one file that needs no server, no third-party script and no build."""

import json
from collections.abc import Sequence
from pathlib import Path
from string import Template
from typing import Any

_PAGE = Template("""<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Damrongdham Kiosk: every screen</title>
<style>
  :root { --ink: #14213d; --soft: #46536e; --line: #d9d3c3; --blue: #12376e; --bad: #8c1d18; }
  body { margin: 0; background: #f6f3ea; color: var(--ink); font: 16px/1.4 Sarabun, "Noto Sans Thai", sans-serif; }
  header { position: sticky; top: 0; z-index: 1; background: #fff; border-bottom: 1px solid var(--line);
           padding: 12px 24px; display: flex; flex-wrap: wrap; gap: 8px 24px; align-items: center; }
  h1 { font-size: 20px; margin: 0; }
  fieldset { border: 0; margin: 0; padding: 0; display: flex; gap: 6px; }
  legend { float: left; margin-right: 6px; color: var(--soft); }
  label { border: 1px solid var(--blue); border-radius: 8px; padding: 4px 12px; cursor: pointer; }
  label:has(:checked) { background: var(--blue); color: #fff; }
  label:focus-within { outline: 3px solid #f3b63a; }
  label input { position: absolute; opacity: 0; }
  #search { font: inherit; padding: 4px 12px; border: 1px solid var(--blue); border-radius: 8px; width: 12em; }
  main { display: flex; flex-wrap: wrap; gap: 24px; padding: 24px; align-items: flex-start; }
  figure { margin: 0; }
  figure img { display: block; border: 1px solid var(--line); border-radius: 8px; background: #fff; }
  figure.wrong img { outline: 4px solid var(--bad); }
  figcaption { color: var(--soft); font-size: 14px; }
  figcaption ul { color: var(--bad); margin: 0; padding-left: 18px; max-width: 340px; }
  dialog { border: 0; padding: 0; background: none; max-width: 100vw; max-height: 100vh; }
  dialog::backdrop { background: #14213dd9; }
  dialog img { display: block; max-width: 96vw; max-height: 94vh; }
</style>
<header><h1>Every screen</h1><form id="choice"></form><input id="search" type="search" placeholder="name of a screen"
  aria-label="name of a screen"><output id="count"></output></header>
<main></main>
<dialog><img alt=""></dialog>
<script>
const pictures = $pictures;
const keys = {language: "language", text: "text size", size: "window", mode: "colours"};
const labels = {th: "ไทย", en: "English", 100: "100 %", 180: "180 %", 140: "140 %"};
const form = document.querySelector("#choice"), main = document.querySelector("main");
const search = document.querySelector("#search"), dialog = document.querySelector("dialog");
form.style.display = "contents";
function choices(key, values) {
  const set = document.createElement("fieldset");
  set.append(Object.assign(document.createElement("legend"), {textContent: keys[key] || key}));
  values.forEach((value, index) => {
    const label = document.createElement("label");
    const input = Object.assign(document.createElement("input"), {type: "radio", name: key, value, checked: !index});
    label.append(input, labels[value] || value);
    set.append(label);
  });
  form.append(set);
}
for (const key in keys) {
  const values = [...new Set(pictures.map(picture => String(picture[key])))];
  choices(key, values.length > 1 ? [...values, "all"] : values);
}
choices("show", ["everything", "overflows only"]);
function draw() {
  const choice = Object.fromEntries(new FormData(form));
  const shown = pictures.filter(picture =>
    Object.keys(keys).every(key => choice[key] === "all" || choice[key] === String(picture[key])) &&
    (choice.show === "everything" || picture.overflows.length) && picture.name.includes(search.value.trim()));
  main.replaceChildren(...shown.map(picture => {
    const [width, height] = picture.size.split("x").map(Number), scale = $thumbnail / Math.max(width, height);
    const figure = document.createElement("figure"), caption = document.createElement("figcaption");
    const link = Object.assign(document.createElement("a"), {href: picture.file});
    link.append(Object.assign(document.createElement("img"), {
      loading: "lazy", width: Math.round(width * scale), height: Math.round(height * scale),
      src: picture.file.replace(/webp$$/, "small.webp"), alt: picture.name}));
    link.onclick = event => {
      if (event.ctrlKey || event.metaKey) return;
      event.preventDefault();
      dialog.firstElementChild.src = picture.file;
      dialog.showModal();
    };
    caption.append(`$${picture.name} · $${picture.language} · $${picture.text} % · $${picture.mode}`);
    if (picture.overflows.length) {
      figure.className = "wrong";
      const list = document.createElement("ul");
      list.append(...picture.overflows.map(text => Object.assign(document.createElement("li"), {textContent: text})));
      caption.append(list);
    }
    figure.append(link, caption);
    return figure;
  }));
  document.querySelector("#count").value = `$${shown.length} of $${pictures.length}`;
}
dialog.onclick = () => dialog.close();
form.onchange = search.oninput = draw;
form.onsubmit = event => event.preventDefault();
draw();
</script>
""")


def write_page(path: Path, pictures: Sequence[dict[str, Any]], thumbnail: int) -> None:
    """Write the page.

    Each picture has name, language, text, size, mode, overflows and file, its address relative to the page. Its
    thumbnail, whose longer side is `thumbnail` pixels, is FILE.small.webp.
    """
    data = json.dumps(list(pictures), ensure_ascii=False).replace("</", "<\\/")
    path.write_text(_PAGE.substitute(pictures=data, thumbnail=thumbnail), encoding="utf-8")
