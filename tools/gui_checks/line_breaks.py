"""Where the lines of a text may not end: inside a word, a name, a number or a code; before a single last word."""

import re
from collections.abc import Callable, Iterator
from importlib import import_module

from thai.segmentation import unbreakable_units
from tools.gui_checks.drawn_items import DrawnItem, drawn_font_size

_CODE = re.compile(r"[\w-]*\d[\w-]*")


def find_bad_line_breaks(drawn_items: list[DrawnItem]) -> Iterator[str]:
    """Each line of a paragraph that ends where it should not."""
    line_box = import_module("screens.widgets.text_metrics")
    for item in drawn_items:
        label = item.widget
        if not hasattr(label, "drawn_type_size"):
            continue
        lines = label.text.split("\n")
        for broken in split_units(label.display_text, lines):
            kind = "number or code" if _CODE.fullmatch(broken.replace("|", "")) else "word"
            yield f"{item.name} is broken inside a {kind}: «{broken}»"
        if has_orphan_word(
            label.display_text, lines, line_box.text_measure(label.font_name, drawn_font_size(label)), label.width
        ):
            yield f"{item.name} leaves «{lines[-1]}» alone on its last line"


def split_units(text: str, lines: list[str]) -> Iterator[str]:
    """The units of `text` that are parted by the end of a line, with a bar where they are."""
    ends = []
    at = 0
    for line in lines[:-1]:
        start = text.find(line, at)
        if not line or start < 0:
            return  # cut off with «…»
        at = start + len(line)
        ends.append(at)
    start = 0
    for paragraph in re.split(r"(\r\n|[\r\n])", text):
        for unit in [paragraph] if paragraph.isspace() else unbreakable_units(paragraph):
            inside = [end - start for end in ends if 0 < end - start < len(unit.rstrip())]
            if inside and not unit.isspace():
                yield "|".join(unit[a:b] for a, b in zip([0, *inside], [*inside, len(unit)], strict=True))
            start += len(unit)


def has_orphan_word(text: str, lines: list[str], measure: Callable[[str], float], width: float) -> bool:
    """Whether the last line holds one word, and the word before it would have fitted beside it."""
    if len(lines) < 2 or "\n" in text or lines[-1].endswith("…"):
        return False
    last, before = (unbreakable_units(line) for line in (lines[-1], lines[-2]))
    if len([unit for unit in last if not unit.isspace()]) > 1:
        return False
    if len([unit for unit in before if not unit.isspace()]) < 2:
        return False
    moved = before[-1].strip() + (" " if text[text.rfind(lines[-1]) - 1].isspace() else "") + lines[-1]
    return measure(moved) <= width
