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

from journey.device_tests import DeviceUnderTest
from journey.events import (
    AcceptNotice,
    BeginVisit,
    ChooseArea,
    ChooseTopic,
    ConfirmCodeNoted,
    Next,
    OpenTechnician,
    RecordDeviceTest,
    RemovePage,
    Restart,
    RunDeviceTest,
    ScanPage,
    ScreenTouched,
    SetLanguage,
    SubmitTrackingCode,
    WriteText,
)
from journey.language import translate
from journey.screens import Screen
from journey.state import Contrast, Journey, TextSize
from protocol.topics import Topic
from screens.kivy_setup import TYPEFACES
from tools.gui_checks.drawn_items import Rect, bounds_of, list_drawn_items
from tools.gui_checks.layout_overflow import find_overflows
from tools.gui_checks.touch_input import TouchInput
from tools.gui_checks.typeface_characters import missing_characters
from tools.gui_checks.window_harness import WindowHarness, parse_size, run_check
from tools.sample_journeys import device_readiness, sample_journeys

FONT_ROLES = ("display", "headline", "button", "body", "body_small", "caption")
ROUNDING_PX = 1.0  # pixels


def check(harness: WindowHarness, language: str) -> list[str]:
    """Everything that is wrong, as sentences."""
    wrong: list[str] = []
    states = sample_journeys(language)
    shown = set()
    for name, journey in states.items():
        harness.show(journey)
        shown.add(journey.screen)
        looked_at = (
            *find_overflows(harness),
            *_non_standard_font_sizes(harness),
            *_missing_glyphs(harness),
            *_icons_without_label(harness),
            *_hanging_lines(harness),
        )
        wrong += [f"{name}: {sentence}" for sentence in looked_at]
    wrong += [f"no sample shows {screen}" for screen in set(Screen) - shown]
    wrong += _taps(harness, states, language)
    return wrong


def _taps(harness: WindowHarness, states: dict[str, Journey], language: str) -> list[str]:
    touch_input = TouchInput(harness)
    wrong = []

    def expect(name: str, tap: str, expected: Any) -> None:
        harness.show(states[name])
        sent = touch_input.tap(tap)
        good = isinstance(sent[-1], expected) if isinstance(expected, type) and sent else sent == [expected]
        if not good:
            wrong.append(f"{name}: tapping {tap} sent {sent}, not {expected}")

    other = "en" if language == "th" else "th"
    expect("attract", "begin", BeginVisit())
    expect("notice", "accept", AcceptNotice)
    expect("notice", "language", SetLanguage(other))
    expect("topic", "topic.utilities", ChooseTopic(Topic.UTILITIES))
    expect("tell", "next", Next())
    expect("scan_empty", "scan", ScanPage())
    wrong += _an_unknown_tambon(harness, states, touch_input)
    wrong += _the_card_picture(harness, states, touch_input)
    wrong += _removing_a_page(harness, states, touch_input)
    wrong += _writing(harness, states, touch_input)
    wrong += _choosing_an_area(harness, states, touch_input)
    wrong += _tracking(harness, states, touch_input)
    wrong += _a_hidden_number(harness, states, touch_input)
    wrong += _cleared_pages(harness, states)
    wrong += _receipt_without_paper(harness, states, touch_input)
    wrong += _next_step(harness, states)
    wrong += _promised_times(harness, states)
    wrong += _accessibility_and_back(harness, states)
    if harness.shell.height > harness.shell.width:
        wrong += _low_reach(harness, states)
    wrong += _technician(harness, states, touch_input)
    wrong += _technicians_way_in(harness, states, touch_input)
    wrong += _dark_screen(harness, states)
    return wrong


def _writing(harness: WindowHarness, states: dict[str, Journey], touch_input: TouchInput) -> list[str]:
    """Words typed key by key, shift included; deleting takes a letter with its marks."""
    draft = replace(states["tell_empty"].visit.draft, text="")  # type: ignore[union-attr]
    journey = replace(states["tell_empty"], visit=replace(states["tell_empty"].visit, draft=draft))  # type: ignore[type-var]
    harness.show(states["attract"])
    harness.show(journey)
    if "key.ก" not in {tap.name for tap in harness.shell.visible_touch_targets()}:
        touch_input.tap("key.thai")
    for key in ("key.น", "key.้", "key.ำ", "key.space", "key.shift", "key.ฎ", "key.ก"):
        sent = touch_input.tap(key)
    wrong = [] if sent == [WriteText("text", "น้ำ ฎก")] else [f"typing sent {sent}"]
    for expected in ("น้ำ ฎ", "น้ำ ", "น้ำ", ""):
        if (sent := touch_input.tap("key.delete")) != [WriteText("text", expected)]:
            wrong.append(f"deleting sent {sent}, not {expected!r}")
    touch_input.tap("key.english")
    if (sent := touch_input.tap("key.a")) != [WriteText("text", "a")]:
        wrong.append(f"English sent {sent}")
    return wrong


def _choosing_an_area(harness: WindowHarness, states: dict[str, Journey], touch_input: TouchInput) -> list[str]:
    harness.show(states["attract"])
    harness.show(states["place"])
    touch_input.tap("area.province")
    harness.run_frames(6)
    wrong = []
    first = next(tap.name for tap in harness.shell.visible_touch_targets() if tap.name.startswith("area."))
    if (sent := touch_input.tap(first)) != [ChooseArea(first.removeprefix("area."))]:
        wrong.append(f"touching {first} sent {sent}")
    harness.run_frames(6)
    if not any(len(tap.name) == len("area.4001") for tap in harness.shell.visible_touch_targets()):
        wrong.append("no districts came after the province")
    return wrong


def _tracking(harness: WindowHarness, states: dict[str, Journey], touch_input: TouchInput) -> list[str]:
    harness.show(states["attract"])
    harness.show(states["track"])
    for sign in "7KQ2M9XD4TBVS":
        touch_input.tap(f"key.{sign}")
    sent = touch_input.tap("submit")
    return [] if sent == [SubmitTrackingCode("7KQ2M9XD4TBVS")] else [f"the code pad sent {sent}"]


def _an_unknown_tambon(harness: WindowHarness, states: dict[str, Journey], touch_input: TouchInput) -> list[str]:
    """Whoever does not know the tambon, or the district, says so and goes on with the level above."""
    wrong = []
    for level, area in (("tambon", "4001"), ("district", "40")):
        harness.show(states["attract"])
        harness.show(states["place"])
        touch_input.tap(f"area.{level}")
        sent = touch_input.tap("area.unknown")
        if sent != [ChooseArea(area, subareas_unknown=True)]:
            wrong.append(f"not knowing the {level} sent {sent}")
        if "spot" not in {tap.name for tap in harness.shell.visible_touch_targets()}:
            wrong.append(f"after the unknown {level} the list stays")
    harness.show(states["place"])
    touch_input.tap("area.province")
    if "area.unknown" in {tap.name for tap in harness.shell.visible_touch_targets()}:
        wrong.append("a place without province is offered")
    harness.show(states["attract"])
    harness.show(states["place_unknown"])
    labels = {tap.name: tap.text for tap in harness.shell.visible_touch_targets()}["area.tambon"]
    return wrong if "ไม่ทราบ" in labels or "know" in labels else [*wrong, f"the unknown tambon is shown as {labels}"]


def _the_card_picture(harness: WindowHarness, states: dict[str, Journey], _finger: TouchInput) -> list[str]:
    """The chip is at the edge that goes in; a reader that wants it below shows the card's back without gold."""
    wrong = []
    for name, seen in (("identify_waiting", True), ("identify_chip_down", False)):
        harness.show(states[name])
        (picture,) = [each for each in harness.shell.children[0].walk(restrict=True) if hasattr(each, "chip_side")][-1:]
        x, y = picture.to_window(*picture.pos)
        glass = harness.screenshot()
        unit = picture.height / 97.6  # pixels of a millimetre: slot and card
        gold = tuple(round(255 * part) for part in picture.theme.gold[:3])
        column = [glass.getpixel((round(x + picture.width / 2), round(glass.height - y - picture.height + mm * unit)))
                  for mm in range(16, 97)]  # fmt: skip
        gold_mm = [mm for mm, colour in enumerate(column, start=16) if colour == gold]
        if bool(gold_mm) is not seen or any(mm > 16 + 85.6 / 2 for mm in gold_mm):
            wrong.append(f"{name}: gold is seen {gold_mm} mm below the slot's top")
    return wrong


def _removing_a_page(harness: WindowHarness, states: dict[str, Journey], touch_input: TouchInput) -> list[str]:
    """One touch takes no page away; another page is another question."""
    harness.show(states["attract"])
    harness.show(states["scan_pages"])
    sent = [
        touch_input.tap("remove"),
        touch_input.tap("page.1"),
        touch_input.tap("remove"),
        touch_input.tap("remove.sure"),
    ]
    expected: list[list[Any]] = [[], [], [], [RemovePage("page-1")]]
    return [] if sent == expected else [f"removing a page sent {sent}"]


def _a_hidden_number(harness: WindowHarness, states: dict[str, Journey], touch_input: TouchInput) -> list[str]:
    """With the card out the number is not shown, and another one can be written over it."""
    harness.show(states["phone"])
    harness.show(states["phone_covered"])
    sent = [touch_input.tap(key) for key in ("key.0", "key.8")][-1]
    return [] if sent == [WriteText("phone", "08")] else ["with the card out, typing goes on behind the hidden number"]


def _cleared_pages(harness: WindowHarness, states: dict[str, Journey]) -> list[str]:
    """After a visit nothing of it stands in any widget, shown or not."""
    for name in ("identify_read", "tell", "scan_read", "review", "contact", "phone", "receipt_printed", "tracked"):
        harness.show(states[name])
    harness.show(states["attract"])
    harness.run_frames(40)
    texts = []
    for page in harness.shell.built_views():
        for widget in _walk(page):
            texts += [getattr(widget, name, "") or "" for name in ("text", "display_text", "literal_text")]
    everything = "\n".join(texts)
    secrets = ("บุญมา", "0812345678", "จักรยานยนต์", "7KQ2", "KKN07A-000123", "สมศักดิ์", "ครัวเรือน", "หน้าวัด")
    return [f"«{secret}» is still there after the visit" for secret in secrets if secret in everything]


def _receipt_without_paper(harness: WindowHarness, states: dict[str, Journey], touch_input: TouchInput) -> list[str]:
    """Whoever leaves without paper has the code in sight, is not told to keep a receipt, and leaves no code behind."""
    harness.show(states["overlay_no_paper"])
    card = harness.shell.children[0]
    shown = [getattr(widget, "display_text", "") for widget in card.walk(restrict=True)]
    wrong = [] if "7KQ2  M9XD  4TBVS" in shown else [f"asked whether the code is kept, one sees {shown}"]
    if (sent := touch_input.tap("end")) != [ConfirmCodeNoted()]:
        wrong.append(f"a kept code sent {sent}")
    receipt = {
        name: _check_sentence(harness, states[name], "Keep your receipt") for name in ("farewell", "farewell_no_paper")
    }
    if receipt != {"farewell": True, "farewell_no_paper": False}:
        wrong.append(f"keeping the receipt is asked for in {receipt}")
    if card.tracking_code_text or card.case_number_text or card.qr_content:
        wrong.append("the code is still in the card that showed it")
    return wrong


def _next_step(harness: WindowHarness, states: dict[str, Journey]) -> list[str]:
    """The filled button is what to do next; where nothing is yet, no other button stands in its place."""
    wrong = []
    pages = {"receipt_no_paper": "finish", "receipt_printed": "finish", "receipt_new_paper": "print_again"}
    for name, filled in pages.items():
        harness.show(states[name])
        footer = harness.shell.children[0].footer
        filled_names = {button.name for button in footer.walk(restrict=True) if getattr(button, "kind", "") == "filled"}
        if filled_names != {filled}:
            wrong.append(f"{name}: the filled button is {filled_names}")
    harness.show(states["identify_read"])
    following = next(touchable for touchable in harness.shell.visible_touch_targets() if touchable.name == "next")
    harness.show(states["identify_waiting"])
    for touchable in harness.shell.visible_touch_targets():
        beside = touchable.x >= following.x + following.width or touchable.x + touchable.width <= following.x
        if not beside and touchable.y < following.y + following.height and touchable.y + touchable.height > following.y:
            wrong.append(f"identify_waiting: {touchable.name} stands in the place of Next")
    return wrong


def _promised_times(harness: WindowHarness, states: dict[str, Journey]) -> list[str]:
    """Nobody is promised a receipt that cannot be printed, or left alone with a story that cannot be saved. In a wide
    window the notice has the place of the three steps."""
    wrong = []
    for name, message, says in (
        ("attract", "Take receipt", True),
        ("attract_no_paper", "Take receipt", False),
        ("attract_no_paper", "Get your code", harness.shell.height > harness.shell.width),
        ("identify_read", "Leave the card in until your receipt is printed", True),
        ("identify_read_no_paper", "Leave the card in until your receipt is printed", False),
        ("identify_read_no_paper", "Leave the card in until your case is saved", True),
        ("review_store_full", "Please go to the service desk", False),
        ("review_store_full", "Your case has not been sent yet", True),
    ):
        if _check_sentence(harness, states[name], message) is not says:
            wrong.append(f"{name} {'does not say' if says else 'says'} «{message}»")
    return wrong


def _check_sentence(harness: WindowHarness, journey: Journey, message: str) -> bool:
    harness.show(journey)
    return any(getattr(widget, "message", "").startswith(message) for widget in harness.shell.walk())


def _non_standard_font_sizes(harness: WindowHarness) -> list[str]:
    """Words in another size than the six of the theme. Those that shrink to fit count by the size they wish for."""
    top = harness.shell.children[0]
    if not hasattr(top, "theme"):  # the dark screen says nothing
        return []
    usual = [getattr(top.theme, name) for name in FONT_ROLES]
    text_widgets = [widget for widget in top.walk(restrict=True) if getattr(widget, "display_text", "")]
    sizes = {getattr(widget, "type_size", widget.font_size): widget.display_text for widget in text_widgets}
    return [
        f"«{words[:30]}» is set in {size / top.theme.unit:.0f}"
        for size, words in sizes.items()
        if min(abs(size - one) for one in usual) > ROUNDING_PX
    ]


def _missing_glyphs(harness: WindowHarness) -> list[str]:
    """Signs that the typeface they are set in does not have: they are drawn as boxes or as nothing."""
    problems = []
    for widget in harness.shell.children[0].walk(restrict=True):
        if (font := getattr(widget, "font_name", "")) in TYPEFACES and (
            lacking := missing_characters(widget.text, font)
        ):
            problems.append(f"«{widget.text[:30]}» is set in {font}, which has no {' '.join(lacking)}")
    return problems


def _technicians_way_in(harness: WindowHarness, states: dict[str, Journey], touch_input: TouchInput) -> list[str]:
    """A finger that rests on the emblem asks for the PIN, on every screen; one that slides off or is lifted does not.
    The PIN is one dot a digit."""
    touch: Any = import_module("kivy.tests.common").UnitTestTouch
    hold: Any = import_module("screens.widgets.emblem").LongPressArea
    wrong = []
    for name, journey in {journey.screen: (name, journey) for name, journey in states.items()}.values():
        harness.show(replace(journey, overlay=None, asleep=False))
        emblem = next(widget for widget in harness.shell.children[0].walk(restrict=True) if isinstance(widget, hold))
        emblem._long_press_timer.timeout = 0.1
        x, y = emblem.to_window(*emblem.center)
        for slides, expected in ((0, [OpenTechnician()]), (2 * emblem.width, [])):
            harness.sent.clear()
            finger_down = touch(x, y)
            finger_down.touch_down()
            finger_down.touch_move(x + slides, y)
            harness.wait(0.2)
            finger_down.touch_up()
            if (sent := [event for event in harness.sent if isinstance(event, OpenTechnician)]) != expected:
                wrong.append(f"{name}: resting on the emblem, sliding {slides:.0f} pixels, sent {sent}")
    harness.show(states["attract"])
    harness.show(states["technician_pin"])
    before = harness.screenshot()
    for _digit in range(4):
        touch_input.tap("key.4")
    dots = next(w for w in harness.shell.children[0].walk(restrict=True) if type(w).__name__ == "PinDots")
    y = dots.to_window(*dots.pos)[1]
    shown = _device_test_runs(before, harness.screenshot(), round(harness.window.height - y - dots.height / 2))
    return wrong if shown == 4 else [*wrong, f"four digits of the PIN show {shown} dots"]


def _device_test_runs(before: Image.Image, after: Image.Image, row: int) -> int:
    """How many places of a row of pixels changed, neighbours counted as one."""
    line = (0, row, before.width, row + 1)
    changed = ImageChops.difference(before.crop(line), after.crop(line)).convert("L").tobytes()
    return sum(now > 0 and last == 0 for last, now in pairwise(b"\0" + changed))


def _technician(harness: WindowHarness, states: dict[str, Journey], touch_input: TouchInput) -> list[str]:
    """Trials are asked for and judged, a restart only when pressed twice, and every mark on the glass is hit."""
    harness.show(states["technician"])
    wrong = []
    if (sent := touch_input.tap("test.printer")) != [RunDeviceTest(DeviceUnderTest.PRINTER)]:
        wrong.append(f"trying the printer sent {sent}")
    page = harness.shell.view(Screen.TECHNICIAN)
    here = states["technician"]
    for language in ("en", "th"):
        harness.show(replace(here, accessibility=replace(here.accessibility, language=language)))
        readiness = [(line.name, line.sentence) for line in reversed(page.readiness_rows.children)]
        if readiness != device_readiness(language):
            wrong.append(f"in {language} the report says {readiness}")
    page.restart("reboot")
    page.restart("interface")
    if (sent := [event for event in harness.sent if isinstance(event, Restart)]) != []:
        wrong.append(f"a restart pressed once sent {sent}")
    page.restart("interface")
    if harness.sent[-1] != Restart(reboot=False):
        wrong.append("a restart pressed twice was not sent")
    touch_input.tap("test.touch")
    touch: Any = import_module("kivy.tests.common").UnitTestTouch
    for across, up in import_module("screens.staff.touch_test").TARGET_POSITIONS:
        hit = touch(across * harness.window.width, up * harness.window.height)
        hit.touch_down()
        hit.touch_up()
    last = harness.sent[-2] if isinstance(harness.sent[-1], ScreenTouched) else harness.sent[-1]
    if not (isinstance(last, RecordDeviceTest) and last.target is DeviceUnderTest.TOUCH and last.passed):
        wrong.append(f"touching every mark sent {last}")
    harness.show(states["technician_device_tests"])
    if {"test.printer.yes", "test.printer.no"} - {tap.name for tap in harness.shell.visible_touch_targets()}:
        wrong.append("nobody can say whether the slip came out")
    return wrong


def _dark_screen(harness: WindowHarness, states: dict[str, Journey]) -> list[str]:
    """At night nothing glows, and the tap that wakes presses nothing."""
    harness.show(states["dark"])
    if harness.screenshot().getextrema() != ((0, 0), (0, 0), (0, 0)):
        return ["at night something glows"]
    middle: Any = import_module("kivy.tests.common").UnitTestTouch(
        harness.window.width / 2, 0.2 * harness.window.height
    )
    harness.sent.clear()
    middle.touch_down()
    middle.touch_up()
    return [] if harness.sent == [ScreenTouched()] else [f"the tap that wakes sent {harness.sent}"]


def _low_reach(harness: WindowHarness, states: dict[str, Journey]) -> list[str]:
    """Whatever is to be touched stands in the lower half; with the keyboard up, which fills it, in the lower 72 %. In
    the largest type too, of every page once."""
    wrong: list[str] = []
    largest = {(journey.screen, journey.overlay): (name, journey) for name, journey in states.items()}
    large = [(f"{name} in the largest type", j, TextSize.LARGEST) for name, j in largest.values()]
    for name, journey, size in [*((name, j, TextSize.NORMAL) for name, j in states.items()), *large]:
        if name.startswith("attract"):  # what stands high up there is on the card of wishes too, opened low down
            continue
        harness.show(replace(journey, accessibility=replace(journey.accessibility, low_reach=True, text_size=size)))
        tray = getattr(harness.shell.children[0], "tray", None)
        highest = (0.28 if tray is not None and tray.height else 0.5) * harness.shell.height
        wrong += [
            f"{name} in low reach: {tap.name} stands at {1 - tap.y / harness.shell.height:.0%} of the height"
            for tap in harness.shell.visible_touch_targets()
            if tap.y < highest - 2
        ]
        wrong += [
            f"{name} in low reach: {sentence}"
            for sentence in (*find_overflows(harness), *_icons_without_label(harness))
        ]
    waiting = states["identify_waiting"]
    harness.show(
        replace(waiting, accessibility=replace(waiting.accessibility, low_reach=True, text_size=TextSize.LARGEST))
    )
    if "without_card" not in {tap.name for tap in harness.shell.visible_touch_targets()}:
        wrong.append("low down in the largest type one cannot go on without a card")
    wrong += _visible_in_low_reach(harness)
    if harness.window.height > harness.window.width:
        wrong += _room_in_the_largest_type(harness, states)
    return wrong + _two_panes(harness, states["overlay_comfort"])


# What must be seen at once, by state: texts by their ids, pictures by their class.
_VISIBLE_WITHOUT_SCROLLING = {
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


def _visible_in_low_reach(harness: WindowHarness) -> list[str]:
    """With low buttons nothing that matters has to be scrolled to, in no size of type and neither language."""
    window = Rect(0, 0, *harness.window.size)
    wrong = []
    for language in ("th", "en"):
        states = sample_journeys(language)
        for (name, parts), size in product(_VISIBLE_WITHOUT_SCROLLING.items(), TextSize):
            journey = states[name]
            harness.show(replace(journey, accessibility=replace(journey.accessibility, low_reach=True, text_size=size)))
            harness.run_frames(6)
            seen = [
                p
                for p in list_drawn_items(harness.shell.children[0], harness.window.size)
                if p.clip.intersection(window).contains(p.ink)
            ]
            texts = "\n".join(getattr(item.widget, "display_text", "") for item in seen)
            shown = {
                type(w).__name__ for w in harness.shell.children[0].walk(restrict=True) if _is_fully_visible(w, window)
            }
            wrong += [
                f"{name} in low reach at {size.value} % in {language}: {part} is not in sight"
                for part in parts
                if part not in shown and translate(part, language) not in texts
            ]
            wrong += [f"{name} in low reach at {size.value} % in {language}: {s}" for s in find_overflows(harness)]
    return wrong


def _room_in_the_largest_type(harness: WindowHarness, states: dict[str, Journey]) -> list[str]:
    """Long content scrolls up into the blank that low reach leaves; the letter's text has room and its tools words; the
    card's picture gives way before the page has to scroll."""
    wrong, height = [], harness.window.height

    def show(name: str, low_reach: bool) -> Any:
        accessibility = replace(states[name].accessibility, low_reach=low_reach, text_size=TextSize.LARGEST)
        harness.show(replace(states[name], accessibility=accessibility))
        return harness.shell.children[0]

    page = show("review", True)
    if page.scroll.height < 0.6 * height or page.scroll.top_blank < 0.2 * height:
        wrong.append(f"review in low reach scrolls in {page.scroll.height / height:.0%} of the height")
    page = show("scan_read", True)
    (text,) = [widget for widget in page.body.walk(restrict=True) if hasattr(widget, "_update_scrollable")]
    if text.height < 0.2 * height:
        wrong.append(f"the letter's text has {text.height / height:.0%} of the height")
    page.scroll.scroll_y = 0
    harness.run_frames()
    if abs(text._clip.y - text.to_window(*text.pos)[1]) > 1:
        wrong.append("the letter's text is cut where it stood before the page was scrolled")
    page = show("scan_read", False)
    wrong += _icons_without_label(harness)
    page.confirms_remove = True
    harness.run_frames()
    wrong += [*_icons_without_label(harness), *find_overflows(harness)]
    page.confirms_remove = False
    if show("identify_waiting", False).scroll.do_scroll_y:
        wrong.append("the page for the card scrolls in the largest type")
    return wrong


def _is_fully_visible(widget: Any, window: Rect) -> bool:
    """Whether all of a widget is in sight."""
    place, around = bounds_of(widget), widget.parent
    while around is not None and around.parent is not around:
        if hasattr(around, "do_scroll_y") and not bounds_of(around).contains(place):
            return False
        around = around.parent
    return window.contains(place)


def _two_panes(harness: WindowHarness, journey: Journey) -> list[str]:
    """Low down in the largest type the card of wishes has leaves; between them they have them all."""

    def option_names() -> list[str]:
        return [tap.name for tap in harness.shell.visible_touch_targets() if tap.name.startswith("option.")]

    harness.show(journey)
    all_of_them = option_names()
    harness.show(
        replace(journey, accessibility=replace(journey.accessibility, low_reach=True, text_size=TextSize.LARGEST))
    )
    first, wrong = option_names(), []
    seen: list[str] = []
    while not set(option_names()) & set(seen):
        seen += option_names()
        wrong += [f"a leaf of the card: {sentence}" for sentence in find_overflows(harness)]
        TouchInput(harness).tap("more")
    if sorted(seen) != sorted(all_of_them) or option_names() != first:
        wrong.append(f"the leaves of the card have {seen}, and after them {option_names()}")
    TouchInput(harness).tap("more")
    harness.show(replace(journey, overlay=None))
    harness.show(
        replace(journey, accessibility=replace(journey.accessibility, low_reach=True, text_size=TextSize.LARGEST))
    )
    return wrong if option_names() == first else [*wrong, "the card comes up with its second leaf"]


def _accessibility_and_back(harness: WindowHarness, states: dict[str, Journey]) -> list[str]:
    """Larger type and other colours on every screen, and back: words and ground are as before."""
    wrong = []
    for name, journey in {journey.screen: (name, journey) for name, journey in states.items()}.values():
        harness.show(journey)
        before = _texts_and_backgrounds(harness)
        for options in ({"text_size": TextSize.LARGE}, {"contrast": Contrast.DARK}, {"contrast": Contrast.LIGHT}, {}):
            harness.shell.show(replace(journey, accessibility=replace(journey.accessibility, **options)))
            harness.run_frames(2)
        changed = [was for was, now in zip(before, _texts_and_backgrounds(harness), strict=True) if was != now]
        if changed:
            wrong.append(f"{name} does not come back from larger type and contrast: {changed[0]}")
    return wrong


def _hanging_lines(harness: WindowHarness) -> list[str]:
    """A separator parts what stands on one line; at a line's end or beginning it parts nothing."""
    texts = [(widget, line) for widget in harness.shell.walk() for line in getattr(widget, "text", "").splitlines()]
    return [
        f"«{line}» has a separator at its end"
        for widget, line in texts
        if getattr(widget, "message", "") and line.strip("·") != line
    ]


def _icons_without_label(harness: WindowHarness) -> list[str]:
    """Buttons that show an icon and no word."""
    seen = {tap.name for tap in harness.shell.visible_touch_targets()}
    buttons = [each for each in harness.shell.children[0].walk(restrict=True) if hasattr(each, "spoken")]
    return [
        f"{button.name} is a bare icon"
        for button in buttons
        if button.icon
        and button.name in seen
        and not any(getattr(word, "display_text", "") for word in button.walk(restrict=True))
    ]


def _texts_and_backgrounds(harness: WindowHarness) -> list[Any]:
    """Every word on the glass with its size and colour, and the colour of the window's corner."""
    shown = [
        (word.display_text, word.font_size, tuple(word.color))
        for word in harness.shell.walk()
        if hasattr(word, "display_text")
    ]
    return [*shown, harness.screenshot().getpixel((2, 2))]


def _walk(widget: Any) -> Iterator[Any]:
    """All widgets, folded away or not."""
    yield widget
    for child in getattr(widget, "all_children", widget.children):
        yield from _walk(child)


if __name__ == "__main__":
    sys.exit(run_check(parse_size(sys.argv[1]), lambda harness: check(harness, sys.argv[2])))
