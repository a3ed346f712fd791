"""Runs in its own process with a real window: tests the layout check of the gallery with planted defects.

Prints the defects that it misses, and what it reports on screens without a defect.

python -m tests.unit.screens.layout_overflow_gui
"""

import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from PIL import Image

from tools.gui_checks.layout_overflow import find_overflows
from tools.gui_checks.window_harness import WindowHarness, run_check
from tools.sample_journeys import sample_journeys

SIZE = 1024, 768  # most screens scroll at this size


@dataclass(frozen=True)
class PlantedDefect:
    """A defect: a widget of a screen gets some properties, and the check must report `expected_message`."""

    kind: str
    screen: str
    widget: Callable[[Any], Any]  # of the view
    properties: Callable[[Any], dict[str, Any]]  # of the widget
    expected_message: str


def _label(beginning: str) -> Callable[[Any], Any]:
    """The first label whose text begins so."""
    return lambda top: next(
        widget for widget in top.walk(restrict=True) if getattr(widget, "display_text", "").startswith(beginning)
    )


def _button(name: str) -> Callable[[Any], Any]:
    return lambda top: next(widget for widget in top.walk(restrict=True) if getattr(widget, "name", "") == name)


def _word(name: str) -> Callable[[Any], Any]:
    return lambda top: _button(name)(top).ids.word


def _lines(*lines: str) -> Callable[[Any], dict[str, Any]]:
    return lambda _label: {"text": "\n".join(lines)}


_KEEP_VALUE = "เก็บใบติดตามไว้"
PLANTED_DEFECTS = (
    PlantedDefect("word", "topic", _label("เรื่องเกี่ยวกับอะไร"), _lines("เรื่องเกี่ยวกับอะ", "ไร"), "broken inside a word"),
    PlantedDefect(
        "compound",
        "farewell",
        _label(_KEEP_VALUE),
        _lines("เก็บใบ", "ติดตามไว้ ใช้ดูได้ว่าเรื่องถึงไหนแล้ว"),
        "broken inside a word",
    ),
    PlantedDefect(
        "code", "tracked", _label("เลขเรื่อง"), _lines("เลขเรื่อง KKN07A-0001", "23-41"), "broken inside a number or code"
    ),
    PlantedDefect(
        "lone",
        "farewell",
        _label(_KEEP_VALUE),
        _lines("เก็บใบติดตามไว้ ใช้ดูได้ว่าเรื่องถึงไหน", "แล้ว"),
        "alone on its last line",
    ),
    PlantedDefect(
        "type", "overlay_card_out", _word("end"), lambda word: {"font_size": 0.8 * word.font_size}, "have type of"
    ),
    PlantedDefect(
        "baseline", "overlay_card_out", _word("end"), lambda word: {"y": word.y - 12}, "are not on one baseline"
    ),
    PlantedDefect("width", "topic", _button("topic.land"), lambda tile: {"width": 0.9 * tile.width}, "pixels wide"),
    PlantedDefect(
        "height",
        "fault_printer_paper_out",
        _button("staff"),
        lambda button: {"height": 0.8 * button.height},
        "pixels high",
    ),
    PlantedDefect("step line", "topic", _label("เรื่องเกี่ยวกับอะไร"), lambda title: {"y": title.y + 30}, "overlap"),
    PlantedDefect(
        "scroll bar",
        "farewell",
        lambda top: top.scroll,
        lambda _scroll: {"do_scroll_y": True},
        "a scroll bar beside",
    ),
    PlantedDefect(
        "first lines", "notice", _label("เราใช้ทำอะไร"), lambda words: {"y": words.y - 9}, "begin on one baseline"
    ),
    PlantedDefect("number", "notice", _label("1669"), lambda word: {"y": word.y - 600}, "the emergency number «1669»"),
)


def check(harness: WindowHarness) -> Iterator[str]:
    """Missed defects and false reports."""
    for defect in PLANTED_DEFECTS:
        harness.show(sample_journeys("th")[defect.screen])
        top = harness.root_view.children[0]
        for sentence in find_overflows(harness):
            yield f"{defect.screen} without a fault: {sentence}"
        widget = defect.widget(top)
        planted = defect.properties(widget)
        whole = {name: getattr(widget, name) for name in planted}
        _apply_properties(widget, planted)
        if not any(defect.expected_message in sentence for sentence in find_overflows(harness)):
            yield f"{defect.kind} on {defect.screen} is not reported: {find_overflows(harness)}"
        _apply_properties(widget, whole)
    yield from _key_labels()


def _key_labels() -> Iterator[str]:
    """Words on keys and suggestions share a baseline when they are centred."""
    glyphs = import_module("screens.widgets.glyph_cache").GlyphCache(import_module("screens.theme").current_theme())
    ends = {}
    for word in ("นน", "นั้น", "ขึ้น", "EN"):
        texture = glyphs.texture(word, "Sarabun", 35.0, (1, 1, 1, 1))
        drawn = (
            Image.frombytes("RGBA", texture.size, texture.pixels).getchannel("A").point(lambda part: 255 * (part > 128))
        )
        ink = drawn.getbbox()
        assert ink is not None, f"{word} is drawn without ink"
        ends[word] = ink[3] - texture.height / 2
    if max(ends.values()) - min(ends.values()) > 1:
        yield f"words on keys are not on one baseline: {ends}"


def _apply_properties(widget: Any, properties: dict[str, Any]) -> None:
    for name, value in properties.items():
        setattr(widget, name, value)


if __name__ == "__main__":
    sys.exit(run_check(SIZE, check))
