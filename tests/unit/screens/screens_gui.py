"""Runs in a process of its own with a real window: shows states, taps them, prints what went wrong, one a line.

python -m tests.unit.screens.screens_gui WIDTHxHEIGHT LANGUAGE
"""

import sys
from collections.abc import Iterator
from dataclasses import replace
from importlib import import_module
from itertools import pairwise, product
from typing import Any

from PIL import Image, ImageChops

from journey.device_tests import Part
from journey.events import (
    AcceptNotice,
    Begin,
    ChooseArea,
    ChooseTopic,
    CodeKept,
    JudgeTrial,
    Next,
    OpenTechnician,
    RemovePage,
    Restart,
    ScanPage,
    SetLanguage,
    SubmitCode,
    Touched,
    TryOut,
    WritePhone,
    WriteText,
)
from journey.language import say
from journey.state import Contrast, Journey, Screen, TextSize
from protocol.topics import Topic
from screens.kivy_setup import TYPEFACES
from tools.gui_checks.drawn_items import Rect, pieces, place_of
from tools.gui_checks.layout_overflow import misfits
from tools.gui_checks.typeface_characters import missing
from tools.gui_checks.window_harness import Stage, report, size_of
from tools.sample_journeys import readiness, samples

SIZES = ("display", "headline", "button", "body", "second", "caption")
ROUNDING = 1.0  # pixels


class Finger:
    """Taps what is named, as a person would."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._touch: Any = import_module("kivy.tests.common").UnitTestTouch

    def tap(self, name: str) -> list[Any]:
        """Touch the middle of the named thing, keys at once, all else once touches count there; returns what it sent
        besides Touched."""
        if not name.startswith("key."):
            self._stage.rest()
        found = {tap.name: tap for tap in self._stage.shell.touchables()}
        if name not in found:
            raise LookupError(f"{name} is not there; there is {', '.join(found)}")
        tap = found[name]
        before = len(self._stage.sent)
        touch = self._touch(tap.x + tap.width / 2, self._stage.window.height - tap.y - tap.height / 2)
        touch.touch_down()
        self._stage.frames(2)
        touch.touch_up()
        self._stage.frames(2)
        sent = self._stage.sent[before:]
        if Touched() not in sent:
            raise LookupError(f"tapping {name} did not tell that somebody is here")
        return [event for event in sent if event != Touched()]


def check(stage: Stage, language: str) -> list[str]:
    """Everything that is wrong, as sentences."""
    wrong: list[str] = []
    states = samples(language)
    shown = set()
    for name, journey in states.items():
        stage.show(journey)
        shown.add(journey.screen)
        looked_at = (
            *misfits(stage),
            *_unusual_type(stage),
            *_blank_signs(stage),
            *_bare_icons(stage),
            *_hanging(stage),
        )
        wrong += [f"{name}: {sentence}" for sentence in looked_at]
    wrong += [f"no sample shows {screen}" for screen in set(Screen) - shown]
    wrong += _taps(stage, states, language)
    return wrong


def _taps(stage: Stage, states: dict[str, Journey], language: str) -> list[str]:
    finger = Finger(stage)
    wrong = []

    def expect(name: str, tap: str, expected: Any) -> None:
        stage.show(states[name])
        sent = finger.tap(tap)
        good = isinstance(sent[-1], expected) if isinstance(expected, type) and sent else sent == [expected]
        if not good:
            wrong.append(f"{name}: tapping {tap} sent {sent}, not {expected}")

    other = "en" if language == "th" else "th"
    expect("attract", "begin", Begin())
    expect("notice", "accept", AcceptNotice)
    expect("notice", "language", SetLanguage(other))
    expect("topic", "topic.utilities", ChooseTopic(Topic.UTILITIES))
    expect("tell", "next", Next())
    expect("scan_empty", "scan", ScanPage())
    wrong += _an_unknown_tambon(stage, states, finger)
    wrong += _the_card_picture(stage, states, finger)
    wrong += _removing_a_page(stage, states, finger)
    wrong += _writing(stage, states, finger)
    wrong += _choosing_an_area(stage, states, finger)
    wrong += _tracking(stage, states, finger)
    wrong += _a_hidden_number(stage, states, finger)
    wrong += _forgetting(stage, states)
    wrong += _without_paper(stage, states, finger)
    wrong += _next_step(stage, states)
    wrong += _promises(stage, states)
    wrong += _comfort_and_back(stage, states)
    if stage.shell.height > stage.shell.width:
        wrong += _low_reach(stage, states)
    wrong += _technician(stage, states, finger)
    wrong += _technicians_way_in(stage, states, finger)
    wrong += _darkness(stage, states)
    return wrong


def _writing(stage: Stage, states: dict[str, Journey], finger: Finger) -> list[str]:
    """Words typed key by key, shift included; deleting takes a letter with its marks."""
    draft = replace(states["tell_empty"].visit.draft, text="")  # type: ignore[union-attr]
    journey = replace(states["tell_empty"], visit=replace(states["tell_empty"].visit, draft=draft))  # type: ignore[type-var]
    stage.show(states["attract"])
    stage.show(journey)
    if "key.ก" not in {tap.name for tap in stage.shell.touchables()}:
        finger.tap("key.thai")
    for key in ("key.น", "key.้", "key.ำ", "key.space", "key.shift", "key.ฎ", "key.ก"):
        sent = finger.tap(key)
    wrong = [] if sent == [WriteText("น้ำ ฎก")] else [f"typing sent {sent}"]
    for expected in ("น้ำ ฎ", "น้ำ ", "น้ำ", ""):
        if (sent := finger.tap("key.delete")) != [WriteText(expected)]:
            wrong.append(f"deleting sent {sent}, not {expected!r}")
    finger.tap("key.english")
    if (sent := finger.tap("key.a")) != [WriteText("a")]:
        wrong.append(f"English sent {sent}")
    return wrong


def _choosing_an_area(stage: Stage, states: dict[str, Journey], finger: Finger) -> list[str]:
    stage.show(states["attract"])
    stage.show(states["place"])
    finger.tap("area.province")
    stage.frames(6)
    wrong = []
    first = next(tap.name for tap in stage.shell.touchables() if tap.name.startswith("area."))
    if (sent := finger.tap(first)) != [ChooseArea(first.removeprefix("area."))]:
        wrong.append(f"touching {first} sent {sent}")
    stage.frames(6)
    if not any(len(tap.name) == len("area.4001") for tap in stage.shell.touchables()):
        wrong.append("no districts came after the province")
    return wrong


def _tracking(stage: Stage, states: dict[str, Journey], finger: Finger) -> list[str]:
    stage.show(states["attract"])
    stage.show(states["track"])
    for sign in "7KQ2M9XD4TBVS":
        finger.tap(f"key.{sign}")
    sent = finger.tap("submit")
    return [] if sent == [SubmitCode("7KQ2M9XD4TBVS")] else [f"the code pad sent {sent}"]


def _an_unknown_tambon(stage: Stage, states: dict[str, Journey], finger: Finger) -> list[str]:
    """Whoever does not know the tambon, or the district, says so and goes on with the level above."""
    wrong = []
    for level, area in (("tambon", "4001"), ("district", "40")):
        stage.show(states["attract"])
        stage.show(states["place"])
        finger.tap(f"area.{level}")
        sent = finger.tap("area.unknown")
        if sent != [ChooseArea(area, rest_unknown=True)]:
            wrong.append(f"not knowing the {level} sent {sent}")
        if "spot" not in {tap.name for tap in stage.shell.touchables()}:
            wrong.append(f"after the unknown {level} the list stays")
    stage.show(states["place"])
    finger.tap("area.province")
    if "area.unknown" in {tap.name for tap in stage.shell.touchables()}:
        wrong.append("a place without province is offered")
    stage.show(states["attract"])
    stage.show(states["place_unknown"])
    said = {tap.name: tap.text for tap in stage.shell.touchables()}["area.tambon"]
    return wrong if "ไม่ทราบ" in said or "know" in said else [*wrong, f"the unknown tambon is shown as {said}"]


def _the_card_picture(stage: Stage, states: dict[str, Journey], _finger: Finger) -> list[str]:
    """The chip is at the edge that goes in; a reader that wants it below shows the card's back without gold."""
    wrong = []
    for name, seen in (("identify_waiting", True), ("identify_chip_down", False)):
        stage.show(states[name])
        (picture,) = [each for each in stage.shell.children[0].walk(restrict=True) if hasattr(each, "chip_side")][-1:]
        x, y = picture.to_window(*picture.pos)
        glass = stage.picture()
        unit = picture.height / 97.6  # pixels of a millimetre: slot and card
        gold = tuple(round(255 * part) for part in picture.look.gold[:3])
        column = [glass.getpixel((round(x + picture.width / 2), round(glass.height - y - picture.height + mm * unit)))
                  for mm in range(16, 97)]  # fmt: skip
        found = [mm for mm, colour in enumerate(column, start=16) if colour == gold]
        if bool(found) is not seen or any(mm > 16 + 85.6 / 2 for mm in found):
            wrong.append(f"{name}: gold is seen {found} mm below the slot's top")
    return wrong


def _removing_a_page(stage: Stage, states: dict[str, Journey], finger: Finger) -> list[str]:
    """One touch takes no page away; another page is another question."""
    stage.show(states["attract"])
    stage.show(states["scan_pages"])
    sent = [finger.tap("remove"), finger.tap("page.1"), finger.tap("remove"), finger.tap("remove.sure")]
    expected: list[list[Any]] = [[], [], [], [RemovePage("page-1")]]
    return [] if sent == expected else [f"removing a page sent {sent}"]


def _a_hidden_number(stage: Stage, states: dict[str, Journey], finger: Finger) -> list[str]:
    """With the card out the number is not shown, and another one can be written over it."""
    stage.show(states["phone"])
    stage.show(states["phone_covered"])
    sent = [finger.tap(key) for key in ("key.0", "key.8")][-1]
    return [] if sent == [WritePhone("08")] else ["with the card out, typing goes on behind the hidden number"]


def _forgetting(stage: Stage, states: dict[str, Journey]) -> list[str]:
    """After a visit nothing of it stands in any widget, shown or not."""
    for name in ("identify_read", "tell", "scan_read", "review", "contact", "phone", "receipt_printed", "tracked"):
        stage.show(states[name])
    stage.show(states["attract"])
    stage.frames(40)
    told = []
    for page in stage.shell.built():
        for widget in _everything(page):
            told += [getattr(widget, name, "") or "" for name in ("text", "said", "words")]
    everything = "\n".join(told)
    secrets = ("บุญมา", "0812345678", "จักรยานยนต์", "7KQ2", "KKN07A-000123", "สมศักดิ์", "ครัวเรือน", "หน้าวัด")
    return [f"«{secret}» is still there after the visit" for secret in secrets if secret in everything]


def _without_paper(stage: Stage, states: dict[str, Journey], finger: Finger) -> list[str]:
    """Whoever leaves without paper has the code in sight, is not told to keep a receipt, and leaves no code behind."""
    stage.show(states["overlay_no_paper"])
    card = stage.shell.children[0]
    shown = [getattr(widget, "said", "") for widget in card.walk(restrict=True)]
    wrong = [] if "7KQ2  M9XD  4TBVS" in shown else [f"asked whether the code is kept, one sees {shown}"]
    if (sent := finger.tap("end")) != [CodeKept()]:
        wrong.append(f"a kept code sent {sent}")
    receipt = {name: _says(stage, states[name], "Keep your receipt") for name in ("farewell", "farewell_no_paper")}
    if receipt != {"farewell": True, "farewell_no_paper": False}:
        wrong.append(f"keeping the receipt is asked for in {receipt}")
    if card.code or card.number or card.content:
        wrong.append("the code is still in the card that showed it")
    return wrong


def _next_step(stage: Stage, states: dict[str, Journey]) -> list[str]:
    """The filled button is what to do next; where nothing is yet, no other button stands in its place."""
    wrong = []
    pages = {"receipt_no_paper": "finish", "receipt_printed": "finish", "receipt_new_paper": "print_again"}
    for name, filled in pages.items():
        stage.show(states[name])
        footer = stage.shell.children[0].footer
        found = {button.name for button in footer.walk(restrict=True) if getattr(button, "kind", "") == "filled"}
        if found != {filled}:
            wrong.append(f"{name}: the filled button is {found}")
    stage.show(states["identify_read"])
    following = next(touchable for touchable in stage.shell.touchables() if touchable.name == "next")
    stage.show(states["identify_waiting"])
    for touchable in stage.shell.touchables():
        beside = touchable.x >= following.x + following.width or touchable.x + touchable.width <= following.x
        if not beside and touchable.y < following.y + following.height and touchable.y + touchable.height > following.y:
            wrong.append(f"identify_waiting: {touchable.name} stands in the place of Next")
    return wrong


def _promises(stage: Stage, states: dict[str, Journey]) -> list[str]:
    """Nobody is promised a receipt that cannot be printed, or left alone with a story that cannot be saved. In a wide
    window the notice has the place of the three steps."""
    wrong = []
    for name, message, says in (
        ("attract", "Take receipt", True),
        ("attract_no_paper", "Take receipt", False),
        ("attract_no_paper", "Get your code", stage.shell.height > stage.shell.width),
        ("identify_read", "Leave the card in until your receipt is printed", True),
        ("identify_read_no_paper", "Leave the card in until your receipt is printed", False),
        ("identify_read_no_paper", "Leave the card in until your case is saved", True),
        ("review_store_full", "Please go to the service desk", False),
        ("review_store_full", "Your case has not been sent yet", True),
    ):
        if _says(stage, states[name], message) is not says:
            wrong.append(f"{name} {'does not say' if says else 'says'} «{message}»")
    return wrong


def _says(stage: Stage, journey: Journey, message: str) -> bool:
    stage.show(journey)
    return any(getattr(widget, "message", "").startswith(message) for widget in stage.shell.walk())


def _unusual_type(stage: Stage) -> list[str]:
    """Words in another size than the six of the look. Those that shrink to fit count by the size they wish for."""
    top = stage.shell.children[0]
    if not hasattr(top, "look"):  # the dark screen says nothing
        return []
    usual = [getattr(top.look, name) for name in SIZES]
    said = [widget for widget in top.walk(restrict=True) if getattr(widget, "said", "")]
    sizes = {getattr(widget, "type_size", widget.font_size): widget.said for widget in said}
    return [
        f"«{words[:30]}» is set in {size / top.look.u:.0f}"
        for size, words in sizes.items()
        if min(abs(size - one) for one in usual) > ROUNDING
    ]


def _blank_signs(stage: Stage) -> list[str]:
    """Signs that the typeface they are set in does not have: they are drawn as boxes or as nothing."""
    found = []
    for widget in stage.shell.children[0].walk(restrict=True):
        if (font := getattr(widget, "font_name", "")) in TYPEFACES and (lacking := missing(widget.text, font)):
            found.append(f"«{widget.text[:30]}» is set in {font}, which has no {' '.join(lacking)}")
    return found


def _technicians_way_in(stage: Stage, states: dict[str, Journey], finger: Finger) -> list[str]:
    """A finger that rests on the emblem asks for the PIN, on every screen; one that slides off or is lifted does not.
    The PIN is one dot a digit."""
    touch: Any = import_module("kivy.tests.common").UnitTestTouch
    hold: Any = import_module("screens.widgets.emblem").Hold
    wrong = []
    for name, journey in {journey.screen: (name, journey) for name, journey in states.items()}.values():
        stage.show(replace(journey, overlay=None, asleep=False))
        emblem = next(widget for widget in stage.shell.children[0].walk(restrict=True) if isinstance(widget, hold))
        emblem._resting.timeout = 0.1
        x, y = emblem.to_window(*emblem.center)
        for slides, expected in ((0, [OpenTechnician()]), (2 * emblem.width, [])):
            stage.sent.clear()
            finger_down = touch(x, y)
            finger_down.touch_down()
            finger_down.touch_move(x + slides, y)
            stage.wait(0.2)
            finger_down.touch_up()
            if (sent := [event for event in stage.sent if isinstance(event, OpenTechnician)]) != expected:
                wrong.append(f"{name}: resting on the emblem, sliding {slides:.0f} pixels, sent {sent}")
    stage.show(states["attract"])
    stage.show(states["technician_pin"])
    before = stage.picture()
    for _digit in range(4):
        finger.tap("key.4")
    dots = next(w for w in stage.shell.children[0].walk(restrict=True) if type(w).__name__ == "Dots")
    y = dots.to_window(*dots.pos)[1]
    shown = _runs(before, stage.picture(), round(stage.window.height - y - dots.height / 2))
    return wrong if shown == 4 else [*wrong, f"four digits of the PIN show {shown} dots"]


def _runs(before: Image.Image, after: Image.Image, row: int) -> int:
    """How many places of a row of pixels changed, neighbours counted as one."""
    line = (0, row, before.width, row + 1)
    changed = ImageChops.difference(before.crop(line), after.crop(line)).convert("L").tobytes()
    return sum(now > 0 and last == 0 for last, now in pairwise(b"\0" + changed))


def _technician(stage: Stage, states: dict[str, Journey], finger: Finger) -> list[str]:
    """Trials are asked for and judged, a restart only when pressed twice, and every mark on the glass is hit."""
    stage.show(states["technician"])
    wrong = []
    if (sent := finger.tap("try.printer")) != [TryOut(Part.PRINTER)]:
        wrong.append(f"trying the printer sent {sent}")
    page = stage.shell.page(Screen.TECHNICIAN)
    here = states["technician"]
    for language in ("en", "th"):
        stage.show(replace(here, comfort=replace(here.comfort, language=language)))
        told = [(line.name, line.sentence) for line in reversed(page.lines.children)]
        if told != readiness(language):
            wrong.append(f"in {language} the report says {told}")
    page.restart("machine")
    page.restart("interface")
    if (sent := [event for event in stage.sent if isinstance(event, Restart)]) != []:
        wrong.append(f"a restart pressed once sent {sent}")
    page.restart("interface")
    if stage.sent[-1] != Restart(machine=False):
        wrong.append("a restart pressed twice was not sent")
    finger.tap("try.touch")
    touch: Any = import_module("kivy.tests.common").UnitTestTouch
    for across, up in import_module("screens.staff.touch_test").MARKS:
        hit = touch(across * stage.window.width, up * stage.window.height)
        hit.touch_down()
        hit.touch_up()
    last = stage.sent[-2] if isinstance(stage.sent[-1], Touched) else stage.sent[-1]
    if not (isinstance(last, JudgeTrial) and last.part is Part.TOUCH and last.passed):
        wrong.append(f"touching every mark sent {last}")
    stage.show(states["technician_trials"])
    if {"try.printer.yes", "try.printer.no"} - {tap.name for tap in stage.shell.touchables()}:
        wrong.append("nobody can say whether the slip came out")
    return wrong


def _darkness(stage: Stage, states: dict[str, Journey]) -> list[str]:
    """At night nothing glows, and the tap that wakes presses nothing."""
    stage.show(states["dark"])
    if stage.picture().getextrema() != ((0, 0), (0, 0), (0, 0)):
        return ["at night something glows"]
    middle: Any = import_module("kivy.tests.common").UnitTestTouch(stage.window.width / 2, 0.2 * stage.window.height)
    stage.sent.clear()
    middle.touch_down()
    middle.touch_up()
    return [] if stage.sent == [Touched()] else [f"the tap that wakes sent {stage.sent}"]


def _low_reach(stage: Stage, states: dict[str, Journey]) -> list[str]:
    """Whatever is to be touched stands in the lower half; with the keyboard up, which fills it, in the lower 72 %. In
    the largest type too, of every page once."""
    wrong: list[str] = []
    largest = {(journey.screen, journey.overlay): (name, journey) for name, journey in states.items()}
    large = [(f"{name} in the largest type", j, TextSize.LARGEST) for name, j in largest.values()]
    for name, journey, size in [*((name, j, TextSize.NORMAL) for name, j in states.items()), *large]:
        if name.startswith("attract"):  # what stands high up there is on the card of wishes too, opened low down
            continue
        stage.show(replace(journey, comfort=replace(journey.comfort, low_reach=True, text_size=size)))
        tray = getattr(stage.shell.children[0], "tray", None)
        highest = (0.28 if tray is not None and tray.height else 0.5) * stage.shell.height
        wrong += [
            f"{name} in low reach: {tap.name} stands at {1 - tap.y / stage.shell.height:.0%} of the height"
            for tap in stage.shell.touchables()
            if tap.y < highest - 2
        ]
        wrong += [f"{name} in low reach: {sentence}" for sentence in (*misfits(stage), *_bare_icons(stage))]
    waiting = states["identify_waiting"]
    stage.show(replace(waiting, comfort=replace(waiting.comfort, low_reach=True, text_size=TextSize.LARGEST)))
    if "without_card" not in {tap.name for tap in stage.shell.touchables()}:
        wrong.append("low down in the largest type one cannot go on without a card")
    wrong += _in_sight_low_down(stage)
    if stage.window.height > stage.window.width:
        wrong += _room_in_the_largest_type(stage, states)
    return wrong + _two_leaves(stage, states["overlay_comfort"])


# What must be seen at once, by state: texts by their ids, pictures by their class.
_AT_ONCE = {
    "identify_waiting": ("Insert the gold chip first and leave the card in", "Continue without a card", "CardPicture"),
    "receipt_printing": ("KKN07A-000123-41", "Do not forget your ID card", "QrCode"),
    "receipt_printed": ("KKN07A-000123-41", "Do not forget your ID card", "QrCode", "PrinterPicture"),
    "receipt_asking": ("KKN07A-000123-41", "Do not forget your ID card", "QrCode", "Yes, it did"),
    "receipt_no_paper": (
        "KKN07A-000123-41",
        "Do not forget your ID card",
        "QrCode",
        "The receipt printer is out of paper",
    ),
    "farewell": ("Thank you for telling us", "Please take your card"),
}


def _in_sight_low_down(stage: Stage) -> list[str]:
    """With low buttons nothing that matters has to be scrolled to, in no size of type and neither language."""
    window = Rect(0, 0, *stage.window.size)
    wrong = []
    for language in ("th", "en"):
        states = samples(language)
        for (name, parts), size in product(_AT_ONCE.items(), TextSize):
            journey = states[name]
            stage.show(replace(journey, comfort=replace(journey.comfort, low_reach=True, text_size=size)))
            stage.frames(6)
            seen = [p for p in pieces(stage.shell.children[0], stage.window.size) if p.clip.meets(window).holds(p.ink)]
            said = "\n".join(getattr(piece.widget, "said", "") for piece in seen)
            shown = {type(w).__name__ for w in stage.shell.children[0].walk(restrict=True) if _whole(w, window)}
            wrong += [
                f"{name} in low reach at {size.value} % in {language}: {part} is not in sight"
                for part in parts
                if part not in shown and say(part, language) not in said
            ]
            wrong += [f"{name} in low reach at {size.value} % in {language}: {s}" for s in misfits(stage)]
    return wrong


def _room_in_the_largest_type(stage: Stage, states: dict[str, Journey]) -> list[str]:
    """Long content scrolls up into the blank that low reach leaves; the letter's text has room and its tools words; the
    card's picture gives way before the page has to scroll."""
    wrong, height = [], stage.window.height

    def show(name: str, low_reach: bool) -> Any:
        comfort = replace(states[name].comfort, low_reach=low_reach, text_size=TextSize.LARGEST)
        stage.show(replace(states[name], comfort=comfort))
        return stage.shell.children[0]

    page = show("review", True)
    if page.scroll.height < 0.6 * height or page.scroll.head < 0.2 * height:
        wrong.append(f"review in low reach scrolls in {page.scroll.height / height:.0%} of the height")
    page = show("scan_read", True)
    (text,) = [widget for widget in page.body.walk(restrict=True) if hasattr(widget, "_judge")]
    if text.height < 0.2 * height:
        wrong.append(f"the letter's text has {text.height / height:.0%} of the height")
    page.scroll.scroll_y = 0
    stage.frames()
    if abs(text._clip.y - text.to_window(*text.pos)[1]) > 1:
        wrong.append("the letter's text is cut where it stood before the page was scrolled")
    page = show("scan_read", False)
    wrong += _bare_icons(stage)
    page.removing = True
    stage.frames()
    wrong += [*_bare_icons(stage), *misfits(stage)]
    page.removing = False
    if show("identify_waiting", False).scroll.do_scroll_y:
        wrong.append("the page for the card scrolls in the largest type")
    return wrong


def _whole(widget: Any, window: Rect) -> bool:
    """Whether all of a widget is in sight."""
    place, around = place_of(widget), widget.parent
    while around is not None and around.parent is not around:
        if hasattr(around, "do_scroll_y") and not place_of(around).holds(place):
            return False
        around = around.parent
    return window.holds(place)


def _two_leaves(stage: Stage, journey: Journey) -> list[str]:
    """Low down in the largest type the card of wishes has leaves; between them they have them all."""

    def wishes() -> list[str]:
        return [tap.name for tap in stage.shell.touchables() if tap.name.startswith("wish.")]

    stage.show(journey)
    all_of_them = wishes()
    stage.show(replace(journey, comfort=replace(journey.comfort, low_reach=True, text_size=TextSize.LARGEST)))
    first, seen, wrong = wishes(), [], []
    while not set(wishes()) & set(seen):
        seen += wishes()
        wrong += [f"a leaf of the card: {sentence}" for sentence in misfits(stage)]
        Finger(stage).tap("more")
    if sorted(seen) != sorted(all_of_them) or wishes() != first:
        wrong.append(f"the leaves of the card have {seen}, and after them {wishes()}")
    Finger(stage).tap("more")
    stage.show(replace(journey, overlay=None))
    stage.show(replace(journey, comfort=replace(journey.comfort, low_reach=True, text_size=TextSize.LARGEST)))
    return wrong if wishes() == first else [*wrong, "the card comes up with its second leaf"]


def _comfort_and_back(stage: Stage, states: dict[str, Journey]) -> list[str]:
    """Larger type and other colours on every screen, and back: words and ground are as before."""
    wrong = []
    for name, journey in {journey.screen: (name, journey) for name, journey in states.items()}.values():
        stage.show(journey)
        before = _words_and_ground(stage)
        for wish in ({"text_size": TextSize.LARGE}, {"contrast": Contrast.DARK}, {"contrast": Contrast.LIGHT}, {}):
            stage.shell.show(replace(journey, comfort=replace(journey.comfort, **wish)))
            stage.frames(2)
        changed = [was for was, now in zip(before, _words_and_ground(stage), strict=True) if was != now]
        if changed:
            wrong.append(f"{name} does not come back from larger type and contrast: {changed[0]}")
    return wrong


def _hanging(stage: Stage) -> list[str]:
    """A separator parts what stands on one line; at a line's end or beginning it parts nothing."""
    texts = [(widget, line) for widget in stage.shell.walk() for line in getattr(widget, "text", "").splitlines()]
    return [
        f"«{line}» has a separator at its end"
        for widget, line in texts
        if getattr(widget, "message", "") and line.strip("·") != line
    ]


def _bare_icons(stage: Stage) -> list[str]:
    """Buttons that show an icon and no word."""
    seen = {tap.name for tap in stage.shell.touchables()}
    buttons = [each for each in stage.shell.children[0].walk(restrict=True) if hasattr(each, "spoken")]
    return [
        f"{button.name} is a bare icon"
        for button in buttons
        if button.icon
        and button.name in seen
        and not any(getattr(word, "said", "") for word in button.walk(restrict=True))
    ]


def _words_and_ground(stage: Stage) -> list[Any]:
    """Every word on the glass with its size and colour, and the colour of the window's corner."""
    shown = [(word.said, word.font_size, tuple(word.color)) for word in stage.shell.walk() if hasattr(word, "said")]
    return [*shown, stage.picture().getpixel((2, 2))]


def _everything(widget: Any) -> Iterator[Any]:
    """All widgets, folded away or not."""
    yield widget
    for child in getattr(widget, "parts", widget.children):
        yield from _everything(child)


if __name__ == "__main__":
    sys.exit(report(size_of(sys.argv[1]), lambda stage: check(stage, sys.argv[2])))
