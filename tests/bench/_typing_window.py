"""A window with a text field; each typed character is timed from the tap to its painted glyph.

    python -m tests.bench._typing_window kiosk|baseline|baseline-field CHARACTERS

Prints [] when it is ready with CHARACTERS characters in its field. Then it types one round for each line it reads and
prints one line of JSON: a list of [character, milliseconds until painted, milliseconds of processor time of the busiest
frame]. `kiosk` is the story screen: key, journey step and suggestions. `baseline` is Kivy's text input of the same size
and typeface with 60 of Kivy's buttons, one of which is touched and inserts the character. `baseline-field` is the text
input alone.
"""

import json
import sys
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from importlib import import_module
from typing import Any

from journey.events import Event
from journey.state import Journey
from journey.step import step
from screens.kivy_setup import configure_kivy
from simulators.sample_data import COMPLAINT_TEXT
from tests.bench._tap_window import BUTTONS, SIZE, TOUCH_GUARD_S, LoopDriver, tap_counted
from tools.gui_checks.touch_input import new_touch, target_center
from tools.sample_journeys import sample_journeys

TYPED_TEXT = "น้ำท่วม ถนนพังมาก"
KEDMANEE_KEYS = "ๅ/-ภถุึคตจขชๆไำพะัีรนยบลฟหกดเ้่าสวงฃผปแอิืทมใฝ+๑๒๓๔ู฿๕๖๗๘๙ฎฑธํณฯญ"
SETTLE_FRAMES = 12
FIELD_SIZE = (976, 500)  # pixels, about the size of the kiosk's field

TypeCharacter = Callable[[str], None]


def complaint_text(characters: int) -> str:
    """The first `characters` characters of an invented complaint, in paragraphs."""
    paragraph = (COMPLAINT_TEXT + " ") * 3 + "\n"
    return (paragraph * (characters // len(paragraph) + 1))[:characters]


def kiosk(loop: LoopDriver, text: str) -> TypeCharacter:
    """The story screen, typed on by its keyboard."""
    root_view_class = import_module("screens.root_view").RootView
    journey: Journey = sample_journeys("th")["tell_empty"]

    def send(event: Event) -> None:
        nonlocal journey
        journey, _effects = step(journey, event)
        root_view.show(journey)

    root_view = root_view_class(send)
    loop.window.add_widget(root_view)
    root_view.show(sample_journeys("th")["attract"])
    if journey.visit is not None:
        journey = replace(journey, visit=replace(journey.visit, draft=replace(journey.visit.draft, text=text)))
    root_view.show(journey)

    def touch_key(character: str) -> None:
        name = "key.space" if character == " " else f"key.{character}"
        tap_counted(root_view, new_touch(*target_center(root_view, loop.window.height, name)))

    return touch_key


def _text_input(text: str) -> Any:
    return import_module("kivy.uix.textinput").TextInput(
        size_hint=(None, None),
        size=FIELD_SIZE,
        pos=(52, 1100),
        font_name="Sarabun",
        font_size=40,
        text=text,
        cursor_blink=False,
    )


def baseline(loop: LoopDriver, text: str) -> TypeCharacter:
    """Kivy's text input and buttons."""
    button = import_module("kivy.uix.button").Button
    field = _text_input(text)
    grid = import_module("kivy.uix.gridlayout").GridLayout(cols=12, size_hint=(1, 0.35))
    keys: dict[str, Any] = {}
    for character in list(dict.fromkeys(TYPED_TEXT + KEDMANEE_KEYS))[:BUTTONS]:
        keys[character] = button(text=character, font_name="Sarabun", font_size=46)
        keys[character].bind(on_release=lambda key: field.insert_text(key.text))
        grid.add_widget(keys[character])
    root = import_module("kivy.uix.floatlayout").FloatLayout()
    root.add_widget(field)
    root.add_widget(grid)
    loop.window.add_widget(root)

    def touch_key(character: str) -> None:
        finger = new_touch(*keys[character].center)
        finger.touch_down()
        finger.touch_up()

    return touch_key


def baseline_field_only(loop: LoopDriver, text: str) -> TypeCharacter:
    """Kivy's text input alone."""
    field = _text_input(text)
    root = import_module("kivy.uix.floatlayout").FloatLayout()
    root.add_widget(field)
    loop.window.add_widget(root)
    insert: TypeCharacter = field.insert_text
    return insert


def main(variant: str, characters: int) -> None:
    """Run rounds until stdin ends."""
    configure_kivy(False, SIZE)
    loop = LoopDriver()
    variants = {"kiosk": kiosk, "baseline": baseline, "baseline-field": baseline_field_only}
    type_character = variants[variant](loop, complaint_text(characters))
    for _ in range(SETTLE_FRAMES):
        loop.run_frame()
    loop.idle_for(TOUCH_GUARD_S)
    response: list[tuple[str, float, float]] = []
    while True:
        print(json.dumps(response, ensure_ascii=False), flush=True)
        if not sys.stdin.readline():
            return
        response = [(character, *loop.measure(partial(type_character, character))) for character in TYPED_TEXT]


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
