"""Runs in a process of its own with a real window: writes as people do, prints what went wrong, one a line.

python -m tests.unit.screens.typing_gui WIDTHxHEIGHT
"""

import random
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from importlib import import_module
from itertools import pairwise
from typing import Any

from journey.complaint.word_suggestions import suggest
from journey.events import ArrangeThaiKeys, WritePhone, WriteText
from journey.state import Comfort, Screen, TextSize
from thai.line_breaking import clusters
from thai.sign_order import typed
from tools.gui_checks.legibility import LEAST_PITCH, PANEL_MM
from tools.gui_checks.window_harness import Stage, report, size_of
from tools.sample_journeys import STORY, samples

SWITCHES = ("thai", "kedmanee", "alphabet", "english", "numbers", "shift")  # keys that stand where another one stood
SLOW_S = 1.5  # longer than any key waits
LONG = (STORY + "\n" + STORY) * 12


class Writer:
    """The page of telling, with a text, and a finger."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self._touch: Any = import_module("kivy.tests.common").UnitTestTouch
        self._empty = samples("th")["tell_empty"]
        self.begin("")
        self.page = stage.shell.children[0]
        self.field = self.page.story.field
        self.keyboard = self.page.keyboard

    def begin(self, text: str, **wishes: Any) -> None:
        """Another visit, whose text so far is this, with these wishes."""
        self.stage.show(samples("th")["attract"])
        visit = self._empty.visit
        assert visit is not None
        journey = replace(self._empty, visit=replace(visit, draft=replace(visit.draft, text=text)))
        self.stage.show(replace(journey, comfort=replace(journey.comfort, **wishes)))

    def comfort(self, **wishes: Any) -> None:
        """Other size or colours in the middle of writing."""
        visit = self._empty.visit
        assert visit is not None
        journey = replace(self._empty, visit=replace(visit, draft=replace(visit.draft, text=self.field.text)))
        self.stage.show(replace(journey, comfort=replace(journey.comfort, **wishes)))

    def comfort_of(self, name: str, **wishes: Any) -> None:
        """A sample state with these wishes."""
        journey = samples("th")[name]
        self.stage.show(replace(journey, comfort=replace(journey.comfort, **wishes)))

    def spots(self) -> dict[str, Any]:
        """What can be tapped."""
        return {spot.name: spot for spot in self.stage.shell.touchables()}

    def put(self, x: float, y: float) -> Any:
        """A finger comes down here; pixels, origin bottom left."""
        touch = self._touch(x, y)
        touch.touch_down()
        self.stage.frames(2)
        return touch

    def middle(self, name: str) -> tuple[float, float]:
        """Of what is named so."""
        spot = self.spots()[name]
        return spot.x + spot.width / 2, self.stage.window.height - spot.y - spot.height / 2

    def tap(self, name: str) -> None:
        """Down and up on what is named so: letters as quickly as can be, all else once touches count there."""
        if not name.startswith("key.") or name.removeprefix("key.") in SWITCHES:
            self.stage.rest()
        self.put(*self.middle(name)).touch_up()
        self.stage.frames(2)

    def hold_for(self, name: str, seconds: float) -> None:
        """Down, and up so much later."""
        until = time.monotonic() + seconds
        self.hold(name, lambda: time.monotonic() >= until)

    def hold(self, name: str, until: Any) -> bool:
        """Down, up once `until` says so. False when it does not within 5 s."""
        self.stage.rest()
        touch = self.put(*self.middle(name))
        ends = time.monotonic() + 5
        while not (came := until()) and time.monotonic() < ends:
            self.stage.frames(1)
        touch.touch_up()
        self.stage.frames(2)
        return bool(came)

    def caret_shows(self) -> bool:
        """Whether the whole caret lies in the field."""
        x, top = self.field.cursor_pos
        return bool(
            self.field.focus
            and not self.field._cursor_blink
            and self.field.x <= x <= self.field.right
            and self.field.y <= top - self.field.line_height
            and top <= self.field.top + 1
        )


def check(writer: Writer) -> Iterator[str]:
    """Everything that is wrong, as sentences."""
    yield from _suggestions(writer)
    yield from _slow_fingers(writer)
    yield from _holding(writer)
    yield from _caret(writer)
    yield from _undo(writer)
    yield from _order_of_signs(writer)
    yield from _full(writer)
    yield from _random_edits(writer)
    yield from _pitch(writer)
    yield from _every_sign(writer)
    yield from _two_thai_layouts(writer)
    yield from _letters_grow(writer)
    yield from _clearing(writer)
    yield from _phone_number(writer)
    yield from _nothing_is_left(writer)


def _suggestions(writer: Writer) -> Iterator[str]:
    writer.begin("ถนนหน้าบ้านชำร")
    offered = [spot.text for name, spot in writer.spots().items() if name.startswith("suggest.")]
    if not offered or offered != [word for word in suggest("ถนนหน้าบ้านชำร", "th") if word in offered]:
        yield f"offered are {offered}"
    writer.tap("suggest.1")
    if writer.field.text != "ถนนหน้าบ้านชำรุด" or writer.stage.sent[-1] != WriteText("ถนนหน้าบ้านชำรุด"):
        yield f"tapping ชำรุด wrote {writer.field.text}"
    writer.tap("undo")
    if writer.field.text != "ถนนหน้าบ้านชำร":
        yield f"undoing the suggestion left {writer.field.text}"
    writer.tap("key.english")
    writer.begin("")
    writer.tap("key.english")
    for key in ("key.w", "key.a", "key.t"):
        writer.tap(key)
    writer.tap("suggest.1")
    writer.tap("suggest.1")
    if writer.field.text != "water supply":
        yield f"two English suggestions wrote {writer.field.text}"
    writer.tap("key.numbers")
    if any(name.startswith("suggest.") for name in writer.spots()):
        yield "words are offered while numbers are written"


def _slow_fingers(writer: Writer) -> Iterator[str]:
    """A finger that lies on a key writes what stands there, once, unless holding is wished for; delete waits for it."""
    writer.begin("")
    writer.hold_for("key.ก", SLOW_S)
    if writer.field.text != "ก":
        yield f"a slow finger on ก wrote {writer.field.text}"
    writer.begin("", hold_keys=True)
    writer.hold_for("key.ก", SLOW_S - 0.5)
    if writer.field.text != "ก":
        yield f"where holding is wished for, a finger on ก for {SLOW_S - 0.5:g} s wrote {writer.field.text}"
    writer.begin("กกกก")
    writer.hold_for("key.delete", 0.6)
    if writer.field.text != "กกก":
        yield f"a slow finger on delete left {writer.field.text}"
    writer.begin("ก" * 60)
    writer.hold("key.delete", lambda: len(writer.field.text) <= 58)
    started = time.monotonic()
    touch = writer.put(*writer.middle("key.delete"))
    while len(writer.field.text) > 20 and time.monotonic() - started < 12:
        writer.stage.frames(1)
    touch.touch_up()
    if not 3 < time.monotonic() - started < 9:
        yield f"38 letters were deleted by holding in {time.monotonic() - started:.1f} s"


def _holding(writer: Writer) -> Iterator[str]:
    writer.begin("", hold_keys=True)
    still = writer.stage.picture()
    if not writer.hold("key.ก", lambda: writer.keyboard._held):
        yield "a held key is not taken for held"
    if writer.field.text != "ฏ":
        yield f"holding ก wrote {writer.field.text}"
    writer.tap("key.ก")
    if writer.field.text != "ฏก":
        yield f"a tap after holding wrote {writer.field.text}"
    writer.begin("", hold_keys=True)
    touch = writer.put(*writer.middle("key.ก"))
    x, y = writer.middle("key.ก")
    while not writer.keyboard._held:
        writer.stage.frames(1)
    above = round(x), round(writer.stage.window.height - y - 1.4 * writer.keyboard.row_height)
    if writer.stage.picture().getpixel(above) == still.getpixel(above):
        yield "the other sign is not shown while a key is held"
    touch.touch_move(*writer.middle("key.ด"))
    touch.touch_up()
    writer.stage.frames(2)
    if writer.field.text != "ด":
        yield f"sliding off a held key wrote {writer.field.text}"
    writer.tap("key.shift")
    writer.hold("key.ฏ", lambda: writer.keyboard._held)
    if writer.field.text != "ดก":
        yield f"holding a shifted key wrote {writer.field.text}"


def _caret(writer: Writer) -> Iterator[str]:
    writer.begin(LONG)
    if not writer.caret_shows():
        yield "the caret of a long text does not show"
    field, rng = writer.field, random.Random(7)
    for _ in range(40):
        touch = writer.put(*field.to_window(rng.uniform(field.x + 2, field.right - 2), rng.uniform(field.y, field.top)))
        touch.touch_up()
        writer.stage.frames(1)
        caret = field.cursor_index()
        if len(clusters(field.text)) != len(clusters(field.text[:caret])) + len(clusters(field.text[caret:])):
            yield f"a touch set the caret into a character: {field.text[caret - 3 : caret + 3]}"
    stood, caret = field.scroll_y, field.cursor_index()
    x, y = field.to_window(*field.center)
    touch = writer.put(x, y)
    for step in range(1, 9):
        touch.touch_move(x, y - 40 * step)
    touch.touch_up()
    writer.stage.frames(2)
    if field.scroll_y == stood or field.cursor_index() != caret:
        yield "a finger that moves does not scroll, or moves the caret"
    writer.tap("key.ก")
    if not writer.caret_shows():
        yield "after scrolling away, writing does not come back to the caret"
    caret = field.cursor_index()
    for wish in ({"text_size": TextSize.LARGEST}, {"low_reach": True}, {}):
        writer.comfort(**wish)
        if not writer.caret_shows() or field.cursor_index() != caret:
            yield f"with {wish} the caret does not show, or moved"


def _undo(writer: Writer) -> Iterator[str]:
    writer.begin("")
    if "undo" in writer.spots():
        yield "undo is offered where nothing was written"
    for key in ["key.ก", "key.่"] * 15:
        writer.tap(key)
    for _ in range(25):
        writer.tap("undo")
    if writer.field.text != "ก่ก่ก":
        yield f"25 changes taken back left {writer.field.text}"
    if not writer.hold("undo", lambda: not writer.field.steps):
        yield "a held undo does not go on"
    writer.tap("key.ก")
    writer.begin("อื่น")
    if writer.field.steps or writer.field._history:
        yield "the changes of the visit before can be undone"


def _order_of_signs(writer: Writer) -> Iterator[str]:
    """Signs in an impossible order come into the right one, in the middle of a text too; undoing takes both back."""
    writer.begin("ขนม")
    field = writer.field
    field.cursor = field.get_cursor_from_index(2)
    for key, expected, caret in (
        ("key.ำ", "ขนำม", 3),
        ("key.้", "ขน้ำม", 4),
        ("key.้", "ขน้ำม", 4),
        ("key.เ", "ขน้ำเม", 5),
        ("key.เ", "ขน้ำแม", 5),
    ):
        writer.tap(key)
        if (field.text, field.cursor_index()) != (expected, caret):
            yield f"{key} made {field.text!r} with the caret at {field.cursor_index()}, not {expected!r} at {caret}"
    for expected, caret in (("ขน้ำเม", 5), ("ขน้ำม", 4), ("ขนำม", 3), ("ขนม", 2)):
        writer.tap("undo")
        if (field.text, field.cursor_index()) != (expected, caret):
            yield f"undoing left {field.text!r} with the caret at {field.cursor_index()}, not {expected!r} at {caret}"


def _full(writer: Writer) -> Iterator[str]:
    most = int(writer.field.most)
    writer.begin("น้ำ " * (most // 4 - 1) + "น้ำ")
    writer.tap("key.ก")
    if len(writer.field.text) != most or not writer.field.full:
        yield "the last place is not taken, or the field does not say that it is full"
    writer.tap("key.ก")
    if len(writer.field.text) != most:
        yield "a full field takes more"
    if not any("เต็มพื้นที่" in getattr(widget, "said", "") for widget in writer.page.walk()):
        yield "nothing says that the field is full"
    writer.tap("key.delete")
    if writer.field.full:
        yield "a field with room says that it is full"


def _random_edits(writer: Writer) -> Iterator[str]:
    """The field against a plain string."""
    signs = ("ก", "้", "ำ", " ", "\n", "น้ำท่วม", "เดือดร้อน", "x", "road ", "กกกกกกกกกกกกกก")
    field, rng = writer.field, random.Random(8)
    writer.begin(LONG)
    text, caret = LONG, len(LONG)
    states = [text]
    for _ in range(400):
        chance = rng.random()
        if chance < 0.6:
            sign, instead = rng.choice(signs), rng.choice((0, 0, 2)) if caret > 1 else 0
            field.write(sign, instead)
            start = caret - instead
            reordered, put = typed(text[max(0, start - 40) : start], sign)
            changed = text[: start - reordered] + put + text[caret:]
            if put or reordered or instead:
                states.append(changed)
            text, caret = changed, start - reordered + len(put)
        elif chance < 0.8 and caret:
            length = len(clusters(text[max(0, caret - 40) : caret])[-1])
            field.delete_back()
            text, caret = text[: caret - length] + text[caret:], caret - length
            states.append(text)
        else:
            caret = rng.randrange(len(text) + 1)
            field.cursor = field.get_cursor_from_index(caret)
        if field.text != text or field.cursor_index() != caret:
            yield f"an edit made {field.text[caret - 9 : caret + 9]!r} of {text[caret - 9 : caret + 9]!r}"
            return
        if max(map(field._extent, field._lines)) > field.width - field.padding[0] - field.padding[2]:
            yield "a line is wider than the field"
            return
    for state in reversed(states[-150:-1]):
        field.undo()
        if field.text != state:
            yield "undoing does not come by the same ways"
            return


def _pitch(writer: Writer) -> Iterator[str]:
    """From key to key, both ways, on each layout one writes with."""
    mm = PANEL_MM / max(writer.stage.window.size)
    for layout in ("th", "th_alphabet", "en", "numbers"):
        writer.keyboard.layout = layout
        writer.stage.frames(2)
        keys = [spot for name, spot in writer.spots().items() if name.startswith("key.")]
        rows = sorted({round(key.y + key.height / 2) for key in keys})
        pitches = [mm * (below - above) for above, below in pairwise(rows)]
        for row in rows:
            middles = sorted(key.x + key.width / 2 for key in keys if round(key.y + key.height / 2) == row)
            pitches += [mm * (right - left) for left, right in pairwise(middles)]
        if min(pitches) < LEAST_PITCH:
            yield f"{layout}: keys stand {min(pitches):.1f} mm apart"


# The Thai block but for what stands in old books only: yamakkan, fongman, angkhankhu, khomut.
THAI = "".join(map(chr, (*range(0x0E01, 0x0E3B), *range(0x0E3F, 0x0E4E), *range(0x0E50, 0x0E5A))))


def _every_sign(writer: Writer) -> Iterator[str]:
    """Each sign in daily use stands on a key of each Thai layout, of its shift or of its numbers, and is written."""
    for layout in ("th", "th_alphabet"):
        writer.begin("")
        if layout == "th_alphabet":
            writer.tap("key.alphabet")
        missing = set(THAI)
        for switch in ("", "key.shift", "key.numbers"):
            if switch and switch not in writer.spots():
                continue
            if switch:
                writer.tap(switch)
            here = sorted(sign for sign in missing if f"key.{sign}" in writer.spots())
            missing.difference_update(here)
            writer.field.show_text("")
            for sign in here[:1]:
                writer.tap(f"key.{sign}")
            if writer.field.text != "".join(here[:1]):
                yield f"{layout}: {here[:1]} came out as {writer.field.text!r}"
        if missing:
            yield f"{layout}: {' '.join(sorted(missing))} cannot be written"
        writer.tap("key.thai")
        if writer.keyboard.layout != layout:
            yield f"{layout}: the key of Thai among the numbers leads to {writer.keyboard.layout}"


def _two_thai_layouts(writer: Writer) -> Iterator[str]:
    """The switch tells the visit; numbers and English lead back to the layout chosen; words are offered on both."""
    writer.begin("ถนนหน้าบ้านชำร")
    offered = [spot.text for name, spot in writer.spots().items() if name.startswith("suggest.")]
    writer.tap("key.alphabet")
    if writer.stage.sent[-1] != ArrangeThaiKeys(alphabetical=True):
        yield f"switching the layout sent {writer.stage.sent[-1]}"
    if offered != [spot.text for name, spot in writer.spots().items() if name.startswith("suggest.")]:
        yield "the other layout is offered other words"
    writer.tap("suggest.1")
    if writer.field.text != "ถนนหน้าบ้านชำรุด":
        yield f"on the alphabetical keys a suggestion wrote {writer.field.text}"
    for there in ("key.numbers", "key.english"):
        writer.tap(there)
        writer.tap("key.thai")
        if writer.keyboard.layout != "th_alphabet":
            yield f"from {there} the key of Thai leads to {writer.keyboard.layout}"
    chosen = replace(samples("th")["place"], comfort=Comfort(alphabet_keys=True))
    writer.stage.show(chosen)
    if writer.stage.shell.children[0].keyboard.layout != "th_alphabet":
        yield "the next page has forgotten the choice"
    writer.begin("")
    if writer.keyboard.layout != "th":
        yield "the next visit has the keys of the visit before"


def _letters_grow(writer: Writer) -> Iterator[str]:
    """Larger type has larger letters on the keys, all of their ink on the key."""
    for layout, least in (
        ("th", 1.4 if writer.keyboard.look.portrait else 1.25),
        ("th_alphabet", 1.05),
        ("en", 1.25),
        ("numbers", 1.2),
        ("digits", 1.1),
    ):
        sizes = []
        for size in TextSize:
            writer.begin("")
            writer.comfort(text_size=size)
            writer.keyboard.layout = layout
            writer.stage.frames(2)
            sizes.append(writer.keyboard._sign)
            for shifted in (False, True):
                writer.keyboard.shifted = shifted
                writer.stage.frames(2)
                yield from (f"{layout} at {size.value} %: {sentence}" for sentence in _ink_off_the_key(writer))
            writer.keyboard.shifted = False
        if not sizes[0] < sizes[1] <= sizes[2] or sizes[2] < least * sizes[0]:
            yield f"{layout}: the letters are {sizes} pixels high at 100, 140, 180 %"
    writer.comfort()
    writer.keyboard.layout = "th"


def _ink_off_the_key(writer: Writer) -> Iterator[str]:
    """Signs whose ink comes within a pixel of their key's straight edges: cut, or over a neighbour."""
    picture = writer.stage.picture()
    for name, spot in writer.spots().items():
        if not name.startswith("key."):
            continue
        left, top = round(spot.x), round(spot.y)
        right, bottom = round(spot.x + spot.width) - 1, round(spot.y + spot.height) - 1
        rounding = round(16 * writer.keyboard.look.u)
        for x, y, to_x, to_y in (
            (left + rounding, top + 1, right - rounding, top + 2),
            (left + rounding, bottom - 1, right - rounding, bottom),
            (left + 1, top + rounding, left + 2, bottom - rounding),
            (right - 1, top + rounding, right, bottom - rounding),
        ):
            edge = picture.crop((x, y, to_x, to_y))
            ground = edge.getpixel((0, 0))
            colours = {colour for _count, colour in edge.getcolors(4096) or ()}
            if any(max(map(abs, map(int.__sub__, colour, ground))) > 96 for colour in colours):
                yield f"{name} reaches its edge {'above' if y == top + 1 else 'elsewhere'}"


def _clearing(writer: Writer) -> Iterator[str]:
    """One touch clears the field, another restores it; the two buttons and the key of delete stand apart."""
    writer.begin(LONG)
    spots = writer.spots()
    clear, delete = spots["clear.story"], spots["key.delete"]
    if clear.y + clear.height + 2 * delete.height > delete.y:
        yield "the button that clears all stands beside the key of delete"
    writer.tap("clear.story")
    if writer.field.text or writer.stage.sent[-1] != WriteText(""):
        yield "clearing leaves something"
    if "clear.story" in writer.spots() or "undo" not in writer.spots():
        yield "after clearing, undo is not in sight, or there is still something to clear"
    writer.tap("undo")
    if writer.field.text != LONG or writer.stage.sent[-1] != WriteText(LONG):
        yield "undo does not bring back what was cleared"
    page = writer.stage.shell.page(Screen.PLACE)
    writer.stage.show(samples("th")["place"])
    page.spot.field.focus = False
    writer.comfort_of("place", text_size=TextSize.LARGEST)
    writer.tap("clear.spot")
    if page.spot.field.text or "undo" not in writer.spots():
        yield "clearing a field without the keyboard does not bring the button that undoes it"


def _phone_number(writer: Writer) -> Iterator[str]:
    """Figures only, in groups from the first on; deleting, undoing and writing in the middle keep the groups."""
    states = samples("th")
    writer.stage.show(states["phone_empty"])
    field = writer.stage.shell.children[0].phone.field
    shown = []
    for figure in "0812345678":
        writer.tap(f"key.{figure}")
        shown.append(field.text)
    if shown[2:] != ["081", "081-2", "081-23", "081-234", *(f"081-234-{'5678'[:end]}" for end in range(1, 5))]:
        yield f"the number is grouped as {shown}"
    if writer.stage.sent[-1] != WritePhone("081-234-5678"):
        yield f"the visit is told {writer.stage.sent[-1]}"
    writer.tap("key.delete")
    writer.tap("key.delete")
    writer.tap("undo")
    if field.text != "081-234-567":
        yield f"deleting twice and undoing once left {field.text}"
    field.cursor = field.get_cursor_from_index(3)
    writer.tap("key.9")
    if field.text != "081-923-4567" or field.cursor_index() != 5:
        yield f"a figure in the middle made {field.text}, the caret at {field.cursor_index()}"
    writer.tap("key.delete")
    if field.text != "081-234-567" or field.cursor_index() != 3:
        yield f"deleting it made {field.text}, the caret at {field.cursor_index()}"
    field.write("ก+")
    writer.tap("clear.phone")
    if field.text or "undo" not in writer.spots():
        yield "the number is not cleared, or cannot be brought back"
    writer.tap("undo")
    if field.text != "081-234-567":
        yield f"clearing undone left {field.text}"
    writer.stage.show(states["attract"])


def _nothing_is_left(writer: Writer) -> Iterator[str]:
    writer.begin("บุญมา เดือดร")
    writer.tap("key.้")
    page = writer.page
    writer.stage.show(samples("th")["attract"])
    writer.stage.frames(40)
    kept = repr((vars(page.suggestions), page.suggestions._glyphs._drawn, writer.field._history, writer.field.text))
    if "บุญมา" in kept or "เดือดร" in kept or writer.field.steps:
        yield "something of what was written, offered or undone is kept after the visit"


if __name__ == "__main__":
    sys.exit(report(size_of(sys.argv[1]), lambda stage: check(Writer(stage))))
