"""Runs in its own process with a real window: types like a person, prints each problem on a line.

python -m tests.unit.screens.typing_gui WIDTHxHEIGHT
"""

import random
import sys
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from typing import Any

from journey.complaint.word_suggestions import suggest_words
from journey.events import SetThaiKeyOrder, WriteText
from journey.screens import Screen
from journey.state import AccessibilityOptions, TextSize
from simulators.sample_data import COMPLAINT_TEXT
from thai.segmentation import clusters
from thai.sign_order import edit_for_insertion
from tools.gui_checks.legibility import MIN_KEY_PITCH_MM, PANEL_LONG_SIDE_MM
from tools.gui_checks.touch_input import new_touch, target_center
from tools.gui_checks.window_harness import WindowHarness, parse_size, run_check
from tools.sample_journeys import sample_journeys

LAYOUT_KEYS = ("thai", "kedmanee", "alphabet", "english", "numbers", "shift")  # keys that take the place of another key
SLOW_TAP_S = 1.5  # longer than the delay of any key
LONG_TEXT = (COMPLAINT_TEXT + "\n" + COMPLAINT_TEXT) * 12


class TypingWindow:
    """The view of the story, with a text and touch input."""

    def __init__(self, harness: WindowHarness) -> None:
        self.harness = harness
        self._empty = sample_journeys("th")["tell_empty"]
        self.start_visit("")
        self.page = harness.root_view.children[0]
        self.field = self.page.story.field
        self.keyboard = self.page.keyboard

    def start_visit(self, text: str, **options: Any) -> None:
        """A new visit with this text and these accessibility options."""
        self.harness.show(sample_journeys("th")["attract"])
        visit = self._empty.visit
        assert visit is not None
        journey = replace(self._empty, visit=replace(visit, draft=replace(visit.draft, text=text)))
        self.harness.show(replace(journey, accessibility=replace(journey.accessibility, **options)))

    def accessibility(self, **options: Any) -> None:
        """Change the text size or colours while typing."""
        visit = self._empty.visit
        assert visit is not None
        journey = replace(self._empty, visit=replace(visit, draft=replace(visit.draft, text=self.field.text)))
        self.harness.show(replace(journey, accessibility=replace(journey.accessibility, **options)))

    def show_sample(self, name: str, **options: Any) -> None:
        """A sample state with these accessibility options."""
        journey = sample_journeys("th")[name]
        self.harness.show(replace(journey, accessibility=replace(journey.accessibility, **options)))

    def touch_targets(self) -> dict[str, Any]:
        """Names of what can be tapped."""
        return {spot.name: spot for spot in self.harness.root_view.visible_touch_targets()}

    def press_at(self, x: float, y: float) -> Any:
        """Begin a touch here; pixels, origin bottom left."""
        touch = new_touch(x, y)
        touch.touch_down()
        self.harness.run_frames(2)
        return touch

    def center_of(self, name: str) -> tuple[float, float]:
        """The centre of the target with this name."""
        return target_center(self.harness.root_view, self.harness.window.height, name)

    def tap(self, name: str) -> None:
        """Tap the target with this name: letters at once, everything else when touches count there."""
        if not name.startswith("key.") or name.removeprefix("key.") in LAYOUT_KEYS:
            self.harness.pass_touch_guard()
        self.press_at(*self.center_of(name)).touch_up()
        self.harness.run_frames(2)

    def hold_for(self, name: str, seconds: float) -> None:
        """Press, and release so many seconds later."""
        until = self.harness.clock.now + seconds
        self.hold(name, lambda: self.harness.clock.now >= until)

    def hold(self, name: str, until: Any) -> bool:
        """Press, and release once `until` is true. Returns False when that takes more than 5 s."""
        self.harness.pass_touch_guard()
        touch = self.press_at(*self.center_of(name))
        ends = self.harness.clock.now + 5
        while not (reached := until()) and self.harness.clock.now < ends:
            self.harness.run_frames(1)
        touch.touch_up()
        self.harness.run_frames(2)
        return bool(reached)

    def is_caret_visible(self) -> bool:
        """Whether the whole caret is inside the field."""
        x, top = self.field.cursor_pos
        return bool(
            self.field.focus
            and not self.field._cursor_blink
            and self.field.x <= x <= self.field.right
            and self.field.y <= top - self.field.line_height
            and top <= self.field.top + 1
        )


def check(window: TypingWindow) -> Iterator[str]:
    """Every problem as a sentence."""
    yield from _check_suggestions(window)
    yield from _check_slow_taps(window)
    yield from _holding(window)
    yield from _caret(window)
    yield from _undo(window)
    yield from _order_of_signs(window)
    yield from _full(window)
    yield from _random_edits(window)
    yield from _check_key_pitch(window)
    yield from _every_sign(window)
    yield from _two_thai_layouts(window)
    yield from _letters_grow(window)
    yield from _clearing(window)
    yield from _phone_number(window)
    yield from _check_cleared(window)


def _check_suggestions(window: TypingWindow) -> Iterator[str]:
    window.start_visit("ถนนหน้าบ้านชำร")
    offered = [spot.text for name, spot in window.touch_targets().items() if name.startswith("suggest.")]
    if not offered or offered != [word for word in suggest_words("ถนนหน้าบ้านชำร", "th") if word in offered]:
        yield f"the suggestions are {offered}"
    window.tap("suggest.1")
    if window.field.text != "ถนนหน้าบ้านชำรุด" or window.harness.sent[-1] != WriteText("text", "ถนนหน้าบ้านชำรุด"):
        yield f"tapping ชำรุด wrote {window.field.text}"
    window.tap("undo")
    if window.field.text != "ถนนหน้าบ้านชำร":
        yield f"undoing the suggestion left {window.field.text}"
    window.tap("key.english")
    window.start_visit("")
    window.tap("key.english")
    for key in ("key.w", "key.a", "key.t"):
        window.tap(key)
    window.tap("suggest.1")
    window.tap("suggest.1")
    if window.field.text != "water supply":
        yield f"two English suggestions wrote {window.field.text}"
    window.tap("key.numbers")
    if any(name.startswith("suggest.") for name in window.touch_targets()):
        yield "words are suggested while numbers are typed"


def _check_slow_taps(window: TypingWindow) -> Iterator[str]:
    """A slow finger on a key writes its character once, unless long presses are on; delete repeats after a delay."""
    window.start_visit("")
    window.hold_for("key.ก", SLOW_TAP_S)
    if window.field.text != "ก":
        yield f"a slow finger on ก wrote {window.field.text}"
    window.start_visit("", long_press_keys=True)
    window.hold_for("key.ก", SLOW_TAP_S - 0.5)
    if window.field.text != "ก":
        yield f"with long presses, a finger on ก for {SLOW_TAP_S - 0.5:g} s wrote {window.field.text}"
    window.start_visit("กกกก")
    window.hold_for("key.delete", 0.6)
    if window.field.text != "กกก":
        yield f"a slow finger on delete left {window.field.text}"
    window.start_visit("ก" * 60)
    window.hold("key.delete", lambda: len(window.field.text) <= 58)
    clock = window.harness.clock
    started = clock.now
    touch = window.press_at(*window.center_of("key.delete"))
    while len(window.field.text) > 20 and clock.now - started < 12:
        window.harness.run_frames(1)
    touch.touch_up()
    if not 3 < clock.now - started < 9:
        yield f"38 letters were deleted by holding in {clock.now - started:.1f} s"


def _holding(window: TypingWindow) -> Iterator[str]:
    window.start_visit("", long_press_keys=True)
    still = window.harness.screenshot()
    if not window.hold("key.ก", lambda: window.keyboard._is_held):
        yield "a long press is not recognised"
    if window.field.text != "ฏ":
        yield f"holding ก wrote {window.field.text}"
    window.tap("key.ก")
    if window.field.text != "ฏก":
        yield f"a tap after holding wrote {window.field.text}"
    window.start_visit("", long_press_keys=True)
    touch = window.press_at(*window.center_of("key.ก"))
    x, y = window.center_of("key.ก")
    while not window.keyboard._is_held:
        window.harness.run_frames(1)
    above = round(x), round(window.harness.window.height - y - 1.4 * window.keyboard.row_height)
    if window.harness.screenshot().getpixel(above) == still.getpixel(above):
        yield "the other character is not shown during a long press"
    touch.touch_move(*window.center_of("key.ด"))
    touch.touch_up()
    window.harness.run_frames(2)
    if window.field.text != "ด":
        yield f"sliding off a held key wrote {window.field.text}"
    window.tap("key.shift")
    window.hold("key.ฏ", lambda: window.keyboard._is_held)
    if window.field.text != "ดก":
        yield f"holding a shifted key wrote {window.field.text}"


def _caret(window: TypingWindow) -> Iterator[str]:
    window.start_visit(LONG_TEXT)
    if not window.is_caret_visible():
        yield "the caret of a long text is not visible"
    field, rng = window.field, random.Random(7)
    for _ in range(40):
        touch = window.press_at(
            *field.to_window(rng.uniform(field.x + 2, field.right - 2), rng.uniform(field.y, field.top))
        )
        touch.touch_up()
        window.harness.run_frames(1)
        caret = field.cursor_index()
        if len(clusters(field.text)) != len(clusters(field.text[:caret])) + len(clusters(field.text[caret:])):
            yield f"a touch set the caret into a character: {field.text[caret - 3 : caret + 3]}"
    scroll_before, caret = field.scroll_y, field.cursor_index()
    x, y = field.to_window(*field.center)
    touch = window.press_at(x, y)
    for step in range(1, 9):
        touch.touch_move(x, y - 40 * step)
    touch.touch_up()
    window.harness.run_frames(2)
    if field.scroll_y == scroll_before or field.cursor_index() != caret:
        yield "a finger that moves does not scroll, or moves the caret"
    window.tap("key.ก")
    if not window.is_caret_visible():
        yield "typing does not scroll back to the caret"
    caret = field.cursor_index()
    for option in ({"text_size": TextSize.LARGEST}, {"low_reach": True}, {}):
        window.accessibility(**option)
        if not window.is_caret_visible() or field.cursor_index() != caret:
            yield f"with {option} the caret is not visible, or moved"


def _undo(window: TypingWindow) -> Iterator[str]:
    window.start_visit("")
    if "undo" in window.touch_targets():
        yield "there is an undo button before anything was typed"
    for key in ["key.ก", "key.่"] * 15:
        window.tap(key)
    for _ in range(25):
        window.tap("undo")
    if window.field.text != "ก่ก่ก":
        yield f"undoing 25 changes left {window.field.text}"
    if not window.hold("undo", lambda: not window.field.undo_count):
        yield "a held undo does not repeat"
    window.tap("key.ก")
    window.start_visit("อื่น")
    if window.field.undo_count or window.field._history:
        yield "the changes of the previous visit can be undone"


def _order_of_signs(window: TypingWindow) -> Iterator[str]:
    """Characters in an impossible order are reordered, also in the middle of a text; undo reverts both changes."""
    window.start_visit("ขนม")
    field = window.field
    field.cursor = field.get_cursor_from_index(2)
    for key, expected, caret in (
        ("key.ำ", "ขนำม", 3),
        ("key.้", "ขน้ำม", 4),
        ("key.้", "ขน้ำม", 4),
        ("key.เ", "ขน้ำเม", 5),
        ("key.เ", "ขน้ำแม", 5),
    ):
        window.tap(key)
        if (field.text, field.cursor_index()) != (expected, caret):
            yield f"{key} made {field.text!r} with the caret at {field.cursor_index()}, not {expected!r} at {caret}"
    for expected, caret in (("ขน้ำเม", 5), ("ขน้ำม", 4), ("ขนำม", 3), ("ขนม", 2)):
        window.tap("undo")
        if (field.text, field.cursor_index()) != (expected, caret):
            yield f"undoing left {field.text!r} with the caret at {field.cursor_index()}, not {expected!r} at {caret}"


def _full(window: TypingWindow) -> Iterator[str]:
    most = int(window.field.max_chars)
    window.start_visit("น้ำ " * (most // 4 - 1) + "น้ำ")
    window.tap("key.ก")
    if len(window.field.text) != most or not window.field.is_full:
        yield "the last character is not accepted, or the field is not marked as full"
    window.tap("key.ก")
    if len(window.field.text) != most:
        yield "a full field accepts more"
    if not any("เต็มพื้นที่" in getattr(widget, "display_text", "") for widget in window.page.walk()):
        yield "no text says that the field is full"
    window.tap("key.delete")
    if window.field.is_full:
        yield "a field with space is marked as full"


def _random_edits(window: TypingWindow) -> Iterator[str]:
    """Random edits, compared with the same edits of a string."""
    signs = ("ก", "้", "ำ", " ", "\n", "น้ำท่วม", "เดือดร้อน", "x", "road ", "กกกกกกกกกกกกกก")
    field, rng = window.field, random.Random(8)
    window.start_visit(LONG_TEXT)
    text, caret = LONG_TEXT, len(LONG_TEXT)
    states = [text]
    for _ in range(400):
        chance = rng.random()
        if chance < 0.6:
            sign, instead = rng.choice(signs), rng.choice((0, 0, 2)) if caret > 1 else 0
            field.write(sign, instead)
            start = caret - instead
            reordered, press_at = edit_for_insertion(text[max(0, start - 40) : start], sign)
            changed = text[: start - reordered] + press_at + text[caret:]
            if press_at or reordered or instead:
                states.append(changed)
            text, caret = changed, start - reordered + len(press_at)
        elif chance < 0.8 and caret:
            length = len(clusters(text[max(0, caret - 40) : caret])[-1])
            field.delete_backward()
            text, caret = text[: caret - length] + text[caret:], caret - length
            states.append(text)
        else:
            caret = rng.randrange(len(text) + 1)
            field.cursor = field.get_cursor_from_index(caret)
        if field.text != text or field.cursor_index() != caret:
            yield f"an edit made {field.text[caret - 9 : caret + 9]!r} of {text[caret - 9 : caret + 9]!r}"
            return
        if max(map(field._text_width, field._lines)) > field.width - field.padding[0] - field.padding[2]:
            yield "a line is wider than the field"
            return
    for state in reversed(states[-150:-1]):
        field.undo()
        if field.text != state:
            yield "undo does not restore the same texts"
            return


def _check_key_pitch(window: TypingWindow) -> Iterator[str]:
    """The distance between keys in both directions, in each layout."""
    mm = PANEL_LONG_SIDE_MM / max(window.harness.window.size)
    for layout in ("th", "th_alphabet", "en", "numbers"):
        window.keyboard.layout = layout
        window.harness.run_frames(2)
        keys = [spot for name, spot in window.touch_targets().items() if name.startswith("key.")]
        rows = sorted({round(key.y + key.height / 2) for key in keys})
        pitches = [mm * (below - above) for above, below in pairwise(rows)]
        for row in rows:
            middles = sorted(key.x + key.width / 2 for key in keys if round(key.y + key.height / 2) == row)
            pitches += [mm * (right - left) for left, right in pairwise(middles)]
        if min(pitches) < MIN_KEY_PITCH_MM:
            yield f"{layout}: keys are {min(pitches):.1f} mm apart"


# The Thai block except characters found only in old books: yamakkan, fongman, angkhankhu, khomut.
THAI_KEYS = "".join(map(chr, (*range(0x0E01, 0x0E3B), *range(0x0E3F, 0x0E4E), *range(0x0E50, 0x0E5A))))


def _every_sign(window: TypingWindow) -> Iterator[str]:
    """Every character in daily use is on a key of each Thai layout, its shift layer or its numbers, and is written."""
    for layout in ("th", "th_alphabet"):
        window.start_visit("")
        if layout == "th_alphabet":
            window.tap("key.alphabet")
        missing = set(THAI_KEYS)
        for switch in ("", "key.shift", "key.numbers"):
            if switch and switch not in window.touch_targets():
                continue
            if switch:
                window.tap(switch)
            here = sorted(sign for sign in missing if f"key.{sign}" in window.touch_targets())
            missing.difference_update(here)
            window.field.show_text("")
            for sign in here[:1]:
                window.tap(f"key.{sign}")
            if window.field.text != "".join(here[:1]):
                yield f"{layout}: {here[:1]} wrote {window.field.text!r}"
        if missing:
            yield f"{layout}: {' '.join(sorted(missing))} cannot be typed"
        window.tap("key.thai")
        if window.keyboard.layout != layout:
            yield f"{layout}: the Thai key of the numbers leads to {window.keyboard.layout}"


def _two_thai_layouts(window: TypingWindow) -> Iterator[str]:
    """Switching is sent to the journey; numbers and English lead back to the chosen layout; both have suggestions."""
    window.start_visit("ถนนหน้าบ้านชำร")
    offered = [spot.text for name, spot in window.touch_targets().items() if name.startswith("suggest.")]
    window.tap("key.alphabet")
    if window.harness.sent[-1] != SetThaiKeyOrder(alphabetical=True):
        yield f"switching the layout sent {window.harness.sent[-1]}"
    if offered != [spot.text for name, spot in window.touch_targets().items() if name.startswith("suggest.")]:
        yield "the other layout has other suggestions"
    window.tap("suggest.1")
    if window.field.text != "ถนนหน้าบ้านชำรุด":
        yield f"on the alphabetical keys a suggestion wrote {window.field.text}"
    for there in ("key.numbers", "key.english"):
        window.tap(there)
        window.tap("key.thai")
        if window.keyboard.layout != "th_alphabet":
            yield f"from {there} the Thai key leads to {window.keyboard.layout}"
    chosen = replace(sample_journeys("th")["place"], accessibility=AccessibilityOptions(alphabetical_keys=True))
    window.harness.show(chosen)
    if window.harness.root_view.children[0].keyboard.layout != "th_alphabet":
        yield "the next view does not use the chosen layout"
    window.start_visit("")
    if window.keyboard.layout != "th":
        yield "the next visit has the layout of the previous one"


def _letters_grow(window: TypingWindow) -> Iterator[str]:
    """Larger text has larger letters on the keys, with all their ink on the key."""
    for layout, least in (
        ("th", 1.4 if window.keyboard.theme.portrait else 1.25),
        ("th_alphabet", 1.05),
        ("en", 1.25),
        ("numbers", 1.2),
        ("digits", 1.1),
    ):
        sizes = []
        for size in TextSize:
            window.start_visit("")
            window.accessibility(text_size=size)
            window.keyboard.layout = layout
            window.harness.run_frames(2)
            sizes.append(window.keyboard._glyph_px)
            for shifted in (False, True):
                window.keyboard.shifted = shifted
                window.harness.run_frames(2)
                yield from (f"{layout} at {size.value} %: {sentence}" for sentence in _ink_off_the_key(window))
            window.keyboard.shifted = False
        if not sizes[0] < sizes[1] <= sizes[2] or sizes[2] < least * sizes[0]:
            yield f"{layout}: the letters are {sizes} pixels high at 100, 140, 180 %"
    window.accessibility()
    window.keyboard.layout = "th"


def _ink_off_the_key(window: TypingWindow) -> Iterator[str]:
    """Characters whose ink is within a pixel of their key's straight edges: clipped, or over a neighbour."""
    picture = window.harness.screenshot()
    for name, spot in window.touch_targets().items():
        if not name.startswith("key."):
            continue
        left, top = round(spot.x), round(spot.y)
        right, bottom = round(spot.x + spot.width) - 1, round(spot.y + spot.height) - 1
        rounding = round(16 * window.keyboard.theme.unit)
        for x, y, to_x, to_y in (
            (left + rounding, top + 1, right - rounding, top + 2),
            (left + rounding, bottom - 1, right - rounding, bottom),
            (left + 1, top + rounding, left + 2, bottom - rounding),
            (right - 1, top + rounding, right, bottom - rounding),
        ):
            edge = picture.crop((x, y, to_x, to_y))
            ground: Any = edge.getpixel((0, 0))
            colours: set[Any] = {colour for _count, colour in edge.getcolors(4096) or ()}
            if any(max(map(abs, map(int.__sub__, colour, ground))) > 96 for colour in colours):
                yield f"{name} reaches its edge {'above' if y == top + 1 else 'elsewhere'}"


def _clearing(window: TypingWindow) -> Iterator[str]:
    """One press clears the field, another restores it; these buttons and the delete key are apart."""
    window.start_visit(LONG_TEXT)
    touch_targets = window.touch_targets()
    clear, delete = touch_targets["clear.story"], touch_targets["key.delete"]
    if clear.y + clear.height + 2 * delete.height > delete.y:
        yield "the clear button is beside the delete key"
    window.tap("clear.story")
    if window.field.text or window.harness.sent[-1] != WriteText("text", ""):
        yield "clearing leaves text"
    if "clear.story" in window.touch_targets() or "undo" not in window.touch_targets():
        yield "after clearing there is no undo button, or still a clear button"
    window.tap("undo")
    if window.field.text != LONG_TEXT or window.harness.sent[-1] != WriteText("text", LONG_TEXT):
        yield "undo does not restore the cleared text"
    page = window.harness.root_view.view(Screen.PLACE)
    window.harness.show(sample_journeys("th")["place"])
    page.location_note.field.focus = False
    window.show_sample("place", text_size=TextSize.LARGEST)
    window.tap("clear.spot")
    if page.location_note.field.text or "undo" not in window.touch_targets():
        yield "clearing a field without a keyboard does not show the undo button"


def _phone_number(window: TypingWindow) -> Iterator[str]:
    """Digits only, grouped from the first one on; deleting, undoing and typing in the middle keep the groups."""
    states = sample_journeys("th")
    window.harness.show(states["phone_empty"])
    field = window.harness.root_view.children[0].phone.field
    shown = []
    for figure in "0812345678":
        window.tap(f"key.{figure}")
        shown.append(field.text)
    if shown[2:] != ["081", "081-2", "081-23", "081-234", *(f"081-234-{'5678'[:end]}" for end in range(1, 5))]:
        yield f"the number is grouped as {shown}"
    if window.harness.sent[-1] != WriteText("phone", "081-234-5678"):
        yield f"the field sent {window.harness.sent[-1]}"
    window.tap("key.delete")
    window.tap("key.delete")
    window.tap("undo")
    if field.text != "081-234-567":
        yield f"deleting twice and undoing once left {field.text}"
    field.cursor = field.get_cursor_from_index(3)
    window.tap("key.9")
    if field.text != "081-923-4567" or field.cursor_index() != 5:
        yield f"a digit in the middle made {field.text}, the caret at {field.cursor_index()}"
    window.tap("key.delete")
    if field.text != "081-234-567" or field.cursor_index() != 3:
        yield f"deleting it made {field.text}, the caret at {field.cursor_index()}"
    field.write("ก+")
    window.tap("clear.phone")
    if field.text or "undo" not in window.touch_targets():
        yield "the number is not cleared, or cannot be restored"
    window.tap("undo")
    if field.text != "081-234-567":
        yield f"clearing undone left {field.text}"
    window.harness.show(states["attract"])


def _check_cleared(window: TypingWindow) -> Iterator[str]:
    window.start_visit("บุญมา เดือดร")
    window.tap("key.้")
    page = window.page
    window.harness.show(sample_journeys("th")["attract"])
    window.harness.run_frames(40)
    stored = repr(
        (vars(page.suggestions), page.suggestions._glyphs._textures, window.field._history, window.field.text)
    )
    if "บุญมา" in stored or "เดือดร" in stored or window.field.undo_count:
        yield "typed text, suggestions or undo steps are kept after the visit"


if __name__ == "__main__":
    sys.exit(run_check(parse_size(sys.argv[1]), lambda harness: check(TypingWindow(harness))))
