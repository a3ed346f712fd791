"""Checks line breaks: none inside a word, name, number or code, and no single word alone on the last line."""

import re
from collections.abc import Callable, Iterator
from importlib import import_module

from thai.segmentation import unbreakable_units
from tools.gui_checks.drawn_items import DrawnItem, drawn_font_size

_CODE = re.compile(r"[\w-]*\d[\w-]*")


def find_bad_line_breaks(drawn_items: list[DrawnItem]) -> Iterator[str]:
    """Every bad line break as a sentence."""
    text_metrics = import_module("screens.widgets.text_metrics")
    for item in drawn_items:
        label = item.widget
        if not hasattr(label, "drawn_type_size"):
            continue
        lines = label.text.split("\n")
        for broken in split_units(label.display_text, lines):
            kind = "number or code" if _CODE.fullmatch(broken.replace("|", "")) else "word"
            yield f"{item.name} is broken inside a {kind}: «{broken}»"
        measure = text_metrics.text_measure(label.font_name, drawn_font_size(label))
        if has_orphan_word(label.display_text, lines, measure, label.width):
            yield f"{item.name} leaves «{lines[-1]}» alone on its last line"


def split_units(text: str, lines: list[str]) -> Iterator[str]:
    """The unbreakable units of `text` that are broken by a line break, with a bar at the break."""
    ends = []
    position = 0
    for line in lines[:-1]:
        start = text.find(line, position)
        if not line or start < 0:
            return  # truncated with «…»
        position = start + len(line)
        ends.append(position)
    start = 0
    for paragraph in re.split(r"(\r\n|[\r\n])", text):
        for unit in [paragraph] if paragraph.isspace() else unbreakable_units(paragraph):
            inside = [end - start for end in ends if 0 < end - start < len(unit.rstrip())]
            if inside and not unit.isspace():
                yield "|".join(unit[a:b] for a, b in zip([0, *inside], [*inside, len(unit)], strict=True))
            start += len(unit)


def has_orphan_word(text: str, lines: list[str], measure: Callable[[str], float], width: float) -> bool:
    """Whether the last line has one word, and the word before it would fit beside it."""
    if len(lines) < 2 or "\n" in text or lines[-1].endswith("…"):
        return False
    last, before = (unbreakable_units(line) for line in (lines[-1], lines[-2]))
    if len([unit for unit in last if not unit.isspace()]) > 1:
        return False
    if len([unit for unit in before if not unit.isspace()]) < 2:
        return False
    moved = before[-1].strip() + (" " if text[text.rfind(lines[-1]) - 1].isspace() else "") + lines[-1]
    return measure(moved) <= width
