"""Runs in its own process with a real window: shows all sample states, taps targets, prints each problem on a line.

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
    AnswerSetup,
    BeginVisit,
    ChooseArea,
    ChooseSetupOption,
    ChooseStars,
    ChooseTopic,
    ConfirmCodeNoted,
    JudgeSetupTask,
    Next,
    OpenRating,
    OpenTechnician,
    RecordDeviceTest,
    RemovePage,
    Restart,
    RunDeviceTest,
    ScanPage,
    ScreenTouched,
    SetLanguage,
    SubmitRating,
    SubmitTrackingCode,
    TrySetupTask,
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
ROUNDING_PX = 1.0


def check(harness: WindowHarness, language: str) -> list[str]:
    """Every problem as a sentence."""
    problems: list[str] = []
    states = sample_journeys(language)
    shown = set()
    for name, journey in states.items():
        harness.show(journey)
        shown.add(journey.screen)
        state_problems = (
            *find_overflows(harness),
            *_non_standard_font_sizes(harness),
            *_missing_glyphs(harness),
            *_icons_without_label(harness),
            *_hanging_lines(harness),
        )
        problems += [f"{name}: {sentence}" for sentence in state_problems]
    problems += [f"no sample shows {screen}" for screen in set(Screen) - shown]
    problems += _taps(harness, states, language)
    return problems


def _taps(harness: WindowHarness, states: dict[str, Journey], language: str) -> list[str]:
    touch_input = TouchInput(harness)
    problems = []

    def expect(name: str, tap: str, expected: Any) -> None:
        harness.show(states[name])
        sent = touch_input.tap(tap)
        good = isinstance(sent[-1], expected) if isinstance(expected, type) and sent else sent == [expected]
        if not good:
            problems.append(f"{name}: tapping {tap} sent {sent}, not {expected}")

    other = "en" if language == "th" else "th"
    expect("attract", "begin", BeginVisit())
    expect("notice", "accept", AcceptNotice)
    expect("notice", "language", SetLanguage(other))
    expect("topic", "topic.utilities", ChooseTopic(Topic.UTILITIES))
    expect("tell", "next", Next())
    expect("scan_empty", "scan", ScanPage())
    expect("setup_network_kind", "option.dhcp", ChooseSetupOption("network.kind", "dhcp"))
    expect("setup_network_try_no_manager", "next", TrySetupTask())
    expect("setup_printer_try_judge", "secondary", JudgeSetupTask(passed=False))
    expect("setup_screen_width", "width.-10", AnswerSetup("screen.width", "258"))
    expect("setup_screen_rotation", "turn", AnswerSetup("screen.rotation", "90"))
    expect("setup_pin_new", "key.4", AnswerSetup("pin.new", "4"))
    problems += _an_unknown_tambon(harness, states, touch_input)
    problems += _the_card_picture(harness, states, touch_input)
    problems += _removing_a_page(harness, states, touch_input)
    problems += _writing(harness, states, touch_input)
    problems += _choosing_an_area(harness, states, touch_input)
    problems += _tracking(harness, states, touch_input)
    problems += _a_hidden_number(harness, states, touch_input)
    problems += _cleared_pages(harness, states)
    problems += _receipt_without_paper(harness, states, touch_input)
    problems += _next_step(harness, states)
    problems += _promised_times(harness, states)
    problems += _accessibility_and_back(harness, states)
    if harness.root_view.height > harness.root_view.width:
        problems += _low_reach(harness, states)
    problems += _technician(harness, states, touch_input)
    problems += _technicians_way_in(harness, states, touch_input)
    problems += _dark_screen(harness, states)
    return problems


def _writing(harness: WindowHarness, states: dict[str, Journey], touch_input: TouchInput) -> list[str]:
    """Texts are typed key by key, shift included; delete removes a letter with its marks."""
    draft = replace(states["tell_empty"].visit.draft, text="")  # type: ignore[union-attr]
    journey = replace(states["tell_empty"], visit=replace(states["tell_empty"].visit, draft=draft))  # type: ignore[type-var]
    harness.show(states["attract"])
    harness.show(journey)
    if "key.ก" not in {tap.name for tap in harness.root_view.visible_touch_targets()}:
        touch_input.tap("key.thai")
    for key in ("key.น", "key.้", "key.ำ", "key.space", "key.shift", "key.ฎ", "key.ก"):
        sent = touch_input.tap(key)
    problems = [] if sent == [WriteText("text", "น้ำ ฎก")] else [f"typing sent {sent}"]
    for expected in ("น้ำ ฎ", "น้ำ ", "น้ำ", ""):
        if (sent := touch_input.tap("key.delete")) != [WriteText("text", expected)]:
            problems.append(f"deleting sent {sent}, not {expected!r}")
    touch_input.tap("key.english")
    if (sent := touch_input.tap("key.a")) != [WriteText("text", "a")]:
        problems.append(f"English sent {sent}")
    return problems


def _choosing_an_area(harness: WindowHarness, states: dict[str, Journey], touch_input: TouchInput) -> list[str]:
    harness.show(states["attract"])
    harness.show(states["place"])
    touch_input.tap("area.province")
    harness.run_frames(6)
    problems = []
    first = next(tap.name for tap in harness.root_view.visible_touch_targets() if tap.name.startswith("area."))
    if (sent := touch_input.tap(first)) != [ChooseArea(first.removeprefix("area."))]:
        problems.append(f"touching {first} sent {sent}")
    harness.run_frames(6)
    if not any(len(tap.name) == len("area.4001") for tap in harness.root_view.visible_touch_targets()):
        problems.append("no districts came after the province")
    return problems


def _tracking(harness: WindowHarness, states: dict[str, Journey], touch_input: TouchInput) -> list[str]:
    harness.show(states["attract"])
    harness.show(states["track"])
    for sign in "7KQ2M9XD4TBVS":
        touch_input.tap(f"key.{sign}")
    sent = touch_input.tap("submit")
    problems = [] if sent == [SubmitTrackingCode("7KQ2M9XD4TBVS")] else [f"the code pad sent {sent}"]
    for state, name, expected in (
        ("tracked_closed", "rate", OpenRating()),
        ("rate", "stars_9_4", ChooseStars("9", 4)),
        ("rate_not_sent", "submit", SubmitRating()),
        ("tracked_survey", "survey", OpenRating()),
        ("survey", "stars_survey-2_5", ChooseStars("survey-2", 5)),
    ):
        harness.show(states[state])
        if (sent := touch_input.tap(name)) != [expected]:
            problems.append(f"{name} of {state} sent {sent}")
    return problems


def _an_unknown_tambon(harness: WindowHarness, states: dict[str, Journey], touch_input: TouchInput) -> list[str]:
    """A citizen who does not know the tambon or the district continues with the level above."""
    problems = []
    for level, area in (("tambon", "4001"), ("district", "40")):
        harness.show(states["attract"])
        harness.show(states["place"])
        touch_input.tap(f"area.{level}")
        sent = touch_input.tap("area.unknown")
        if sent != [ChooseArea(area, subareas_unknown=True)]:
            problems.append(f"not knowing the {level} sent {sent}")
        if "spot" not in {tap.name for tap in harness.root_view.visible_touch_targets()}:
            problems.append(f"after the unknown {level} the list stays")
    harness.show(states["place"])
    touch_input.tap("area.province")
    if "area.unknown" in {tap.name for tap in harness.root_view.visible_touch_targets()}:
        problems.append("a place without province is offered")
    harness.show(states["attract"])
    harness.show(states["place_unknown"])
    tambon = {tap.name: tap.text for tap in harness.root_view.visible_touch_targets()}["area.tambon"]
    is_marked = "ไม่ทราบ" in tambon or "know" in tambon
    return problems if is_marked else [*problems, f"the unknown tambon is shown as {tambon}"]


def _the_card_picture(harness: WindowHarness, states: dict[str, Journey], _finger: TouchInput) -> list[str]:
    """The chip is at the edge that goes into the slot; for a reader with the chip down the card's back is shown."""
    problems = []
    for name, seen in (("identify_waiting", True), ("identify_chip_down", False)):
        harness.show(states[name])
        (picture,) = [each for each in harness.root_view.children[0].walk(restrict=True) if hasattr(each, "chip_side")][
            -1:
        ]
        x, y = picture.to_window(*picture.pos)
        screen = harness.screenshot()
        unit = picture.height / 97.6  # pixels of a millimetre: slot and card
        gold = tuple(round(255 * part) for part in picture.theme.gold[:3])
        column = [screen.getpixel((round(x + picture.width / 2), round(screen.height - y - picture.height + mm * unit)))
                  for mm in range(16, 97)]  # fmt: skip
        gold_mm = [mm for mm, colour in enumerate(column, start=16) if colour == gold]
        if bool(gold_mm) is not seen or any(mm > 16 + 85.6 / 2 for mm in gold_mm):
            problems.append(f"{name}: gold is visible {gold_mm} mm below the slot's top")
    return problems


def _removing_a_page(harness: WindowHarness, states: dict[str, Journey], touch_input: TouchInput) -> list[str]:
    """One press removes no page; choosing another page cancels the confirmation."""
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
    """While the card is out the number is hidden, and another one can be typed over it."""
    harness.show(states["phone"])
    harness.show(states["phone_covered"])
    sent = [touch_input.tap(key) for key in ("key.0", "key.8")][-1]
    return [] if sent == [WriteText("phone", "08")] else ["with the card out, typing goes on behind the hidden number"]


def _cleared_pages(harness: WindowHarness, states: dict[str, Journey]) -> list[str]:
    """After a visit no widget, shown or hidden, has any data of it."""
    for name in (
        "identify_read",
        "tell",
        "scan_read",
        "review",
        "contact",
        "phone",
        "receipt_printed",
        "tracked_question",
        "rate",
    ):
        harness.show(states[name])
    harness.show(states["attract"])
    harness.run_frames(40)
    texts = []
    for page in harness.root_view.built_views():
        for widget in _walk(page):
            texts += [getattr(widget, name, "") or "" for name in ("text", "display_text", "literal_text", "url")]
    everything = "\n".join(texts)
    secrets = ("บุญมา", "0812345678", "จักรยานยนต์", "7KQ2", "KKN07A-000123", "สมศักดิ์", "ครัวเรือน", "หน้าวัด")
    return [f"«{secret}» is still there after the visit" for secret in secrets if secret in everything]


def _receipt_without_paper(harness: WindowHarness, states: dict[str, Journey], touch_input: TouchInput) -> list[str]:
    """A citizen without a receipt sees the code before leaving, is not asked to keep a receipt, and leaves no code."""
    harness.show(states["overlay_no_paper"])
    card = harness.root_view.children[0]
    shown = [getattr(widget, "display_text", "") for widget in card.walk(restrict=True)]
    problems = [] if "7KQ2  M9XD  4TBVS" in shown else [f"the question about the code shows {shown}"]
    if (sent := touch_input.tap("end")) != [ConfirmCodeNoted()]:
        problems.append(f"a kept code sent {sent}")
    receipt = {
        name: _check_sentence(harness, states[name], "Keep your receipt") for name in ("farewell", "farewell_no_paper")
    }
    if receipt != {"farewell": True, "farewell_no_paper": False}:
        problems.append(f"the citizen is asked to keep the receipt in {receipt}")
    if any(card.tracking_code):
        problems.append("the code is still in the overlay")
    return problems


def _next_step(harness: WindowHarness, states: dict[str, Journey]) -> list[str]:
    """The filled button is the next step; while there is none, no other button takes its place."""
    problems = []
    pages = {"receipt_no_paper": "finish", "receipt_printed": "finish", "receipt_new_paper": "print_again"}
    for name, filled in pages.items():
        harness.show(states[name])
        footer = harness.root_view.children[0].footer
        names = {button.name for button in footer.walk(restrict=True) if getattr(button, "kind", "") == "filled"}
        if names != {filled}:
            problems.append(f"{name}: the filled button is {names}")
    harness.show(states["identify_read"])
    following = next(target for target in harness.root_view.visible_touch_targets() if target.name == "next")
    harness.show(states["identify_waiting"])
    for target in harness.root_view.visible_touch_targets():
        beside = target.x >= following.x + following.width or target.x + target.width <= following.x
        if not beside and target.y < following.y + following.height and target.y + target.height > following.y:
            problems.append(f"identify_waiting: {target.name} is in the place of Next")
    return problems


def _promised_times(harness: WindowHarness, states: dict[str, Journey]) -> list[str]:
    """No text promises a receipt that cannot be printed; a story that cannot be saved has advice. In landscape the
    banner takes the place of the three steps."""
    problems = []
    for name, message, says in (
        ("attract", "Take receipt", True),
        ("attract_no_paper", "Take receipt", False),
        ("attract_no_paper", "Get your code", harness.root_view.height > harness.root_view.width),
        ("identify_read", "Leave the card in until your receipt is printed", True),
        ("identify_read_no_paper", "Leave the card in until your receipt is printed", False),
        ("identify_read_no_paper", "Leave the card in until your case is saved", True),
        ("review_store_full", "Please go to the service desk", False),
        ("review_store_full", "Your case has not been sent yet", True),
    ):
        if _check_sentence(harness, states[name], message) is not says:
            problems.append(f"{name} {'does not say' if says else 'says'} «{message}»")
    return problems


def _check_sentence(harness: WindowHarness, journey: Journey, message: str) -> bool:
    harness.show(journey)
    return any(getattr(widget, "message", "").startswith(message) for widget in harness.root_view.walk())


def _non_standard_font_sizes(harness: WindowHarness) -> list[str]:
    """Texts in a size that is none of the six of the theme. Texts that shrink to fit count by their unshrunk size."""
    top = harness.root_view.children[0]
    if not hasattr(top, "theme"):  # the dark screen
        return []
    usual = [getattr(top.theme, name) for name in FONT_ROLES]
    labels = [widget for widget in top.walk(restrict=True) if getattr(widget, "display_text", "")]
    sizes = {getattr(label, "type_size", label.font_size): label.display_text for label in labels}
    return [
        f"«{words[:30]}» is set in {size / top.theme.unit:.0f}"
        for size, words in sizes.items()
        if min(abs(size - one) for one in usual) > ROUNDING_PX
    ]


def _missing_glyphs(harness: WindowHarness) -> list[str]:
    """Characters that their typeface lacks: they are drawn as boxes or not at all."""
    problems = []
    for widget in harness.root_view.children[0].walk(restrict=True):
        if (font := getattr(widget, "font_name", "")) in TYPEFACES and (
            lacking := missing_characters(widget.text, font)
        ):
            problems.append(f"«{widget.text[:30]}» is set in {font}, which has no {' '.join(lacking)}")
    return problems


def _technicians_way_in(harness: WindowHarness, states: dict[str, Journey], touch_input: TouchInput) -> list[str]:
    """A long press on the emblem opens the PIN screen, on every screen; a finger that slides off does not. The PIN
    shows one dot for each digit."""
    touch: Any = import_module("kivy.tests.common").UnitTestTouch
    hold: Any = import_module("screens.widgets.emblem").TechnicianEntryArea
    problems = []
    for name, journey in {journey.screen: (name, journey) for name, journey in states.items()}.values():
        harness.show(replace(journey, overlay=None, asleep=False))
        emblem = next(
            widget for widget in harness.root_view.children[0].walk(restrict=True) if isinstance(widget, hold)
        )
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
                problems.append(f"{name}: resting on the emblem, sliding {slides:.0f} pixels, sent {sent}")
    harness.show(states["attract"])
    harness.show(states["technician_pin"])
    before = harness.screenshot()
    for _digit in range(4):
        touch_input.tap("key.4")
    dots = next(w for w in harness.root_view.children[0].walk(restrict=True) if type(w).__name__ == "PinDots")
    y = dots.to_window(*dots.pos)[1]
    shown = _changed_runs(before, harness.screenshot(), round(harness.window.height - y - dots.height / 2))
    return problems if shown == 4 else [*problems, f"four digits of the PIN show {shown} dots"]


def _changed_runs(before: Image.Image, after: Image.Image, row: int) -> int:
    """How many places in a row of pixels changed; adjacent pixels count as one."""
    line = (0, row, before.width, row + 1)
    changed = ImageChops.difference(before.crop(line), after.crop(line)).convert("L").tobytes()
    return sum(now > 0 and last == 0 for last, now in pairwise(b"\0" + changed))


def _technician(harness: WindowHarness, states: dict[str, Journey], touch_input: TouchInput) -> list[str]:
    """Device tests start and their results are recorded; a restart needs two presses; the touch test can be passed."""
    harness.show(states["technician"])
    problems = []
    if (sent := touch_input.tap("test.printer")) != [RunDeviceTest(DeviceUnderTest.PRINTER)]:
        problems.append(f"testing the printer sent {sent}")
    page = harness.root_view.view(Screen.TECHNICIAN)
    technician_state = states["technician"]
    for language in ("en", "th"):
        harness.show(
            replace(technician_state, accessibility=replace(technician_state.accessibility, language=language))
        )
        report = [(row.name, row.sentence) for row in reversed(page.readiness_rows.children)]
        if report != device_readiness(language):
            problems.append(f"in {language} the report is {report}")
    page.restart("reboot")
    page.restart("interface")
    if (sent := [event for event in harness.sent if isinstance(event, Restart)]) != []:
        problems.append(f"a restart pressed once sent {sent}")
    page.restart("interface")
    if harness.sent[-1] != Restart(reboot=False):
        problems.append("a restart pressed twice was not sent")
    touch_input.tap("test.touch")
    touch: Any = import_module("kivy.tests.common").UnitTestTouch
    for across, up in import_module("screens.staff.touch_test").TARGET_POSITIONS:
        hit = touch(across * harness.window.width, up * harness.window.height)
        hit.touch_down()
        hit.touch_up()
    last = harness.sent[-2] if isinstance(harness.sent[-1], ScreenTouched) else harness.sent[-1]
    if not (isinstance(last, RecordDeviceTest) and last.target is DeviceUnderTest.TOUCH and last.passed):
        problems.append(f"hitting every target sent {last}")
    harness.show(states["technician_device_tests"])
    if {"test.printer.yes", "test.printer.no"} - {tap.name for tap in harness.root_view.visible_touch_targets()}:
        problems.append("there are no buttons for the result of the print test")
    return problems


def _dark_screen(harness: WindowHarness, states: dict[str, Journey]) -> list[str]:
    """At night the screen is black, and the tap that wakes it presses nothing."""
    harness.show(states["dark"])
    if harness.screenshot().getextrema() != ((0, 0), (0, 0), (0, 0)):
        return ["at night the screen is not black"]
    middle: Any = import_module("kivy.tests.common").UnitTestTouch(
        harness.window.width / 2, 0.2 * harness.window.height
    )
    harness.sent.clear()
    middle.touch_down()
    middle.touch_up()
    return [] if harness.sent == [ScreenTouched()] else [f"the tap that wakes it sent {harness.sent}"]


def _low_reach(harness: WindowHarness, states: dict[str, Journey]) -> list[str]:
    """In low reach all touch targets are in the lower half; with a keyboard, which fills it, in the lower 72 %. Every
    view is also checked once in the largest text size."""
    problems: list[str] = []
    largest = {(journey.screen, journey.overlay): (name, journey) for name, journey in states.items()}
    large = [(f"{name} in the largest text", j, TextSize.LARGEST) for name, j in largest.values()]
    for name, journey, size in [*((name, j, TextSize.NORMAL) for name, j in states.items()), *large]:
        # The attract screen's high targets are also in the accessibility overlay, which opens low. The set-up is for
        # a technician, and its longest lists need the whole height.
        if name.startswith(("attract", "setup_")):
            continue
        harness.show(replace(journey, accessibility=replace(journey.accessibility, low_reach=True, text_size=size)))
        tray = getattr(harness.root_view.children[0], "tray", None)
        highest = (0.28 if tray is not None and tray.height else 0.5) * harness.root_view.height
        problems += [
            f"{name} in low reach: {tap.name} is at {1 - tap.y / harness.root_view.height:.0%} of the height"
            for tap in harness.root_view.visible_touch_targets()
            if tap.y < highest - 2
        ]
        problems += [
            f"{name} in low reach: {sentence}"
            for sentence in (*find_overflows(harness), *_icons_without_label(harness))
        ]
    waiting = states["identify_waiting"]
    harness.show(
        replace(waiting, accessibility=replace(waiting.accessibility, low_reach=True, text_size=TextSize.LARGEST))
    )
    if "without_card" not in {tap.name for tap in harness.root_view.visible_touch_targets()}:
        problems.append("in low reach in the largest text one cannot continue without a card")
    problems += _visible_in_low_reach(harness)
    if harness.window.height > harness.window.width:
        problems += _space_in_the_largest_text(harness, states)
    return problems + _overlay_leaves(harness, states["overlay_comfort"])


# What must be visible without scrolling, by state: texts by their ids, pictures by their class.
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
    """In low reach everything important is visible without scrolling, in every text size and both languages."""
    window = Rect(0, 0, *harness.window.size)
    problems = []
    for language in ("th", "en"):
        states = sample_journeys(language)
        for (name, parts), size in product(_VISIBLE_WITHOUT_SCROLLING.items(), TextSize):
            journey = states[name]
            harness.show(replace(journey, accessibility=replace(journey.accessibility, low_reach=True, text_size=size)))
            harness.run_frames(6)
            seen = [
                p
                for p in list_drawn_items(harness.root_view.children[0], harness.window.size)
                if p.clip.intersection(window).contains(p.ink)
            ]
            text = "\n".join(getattr(item.widget, "display_text", "") for item in seen)
            shown = {
                type(w).__name__
                for w in harness.root_view.children[0].walk(restrict=True)
                if _is_fully_visible(w, window)
            }
            problems += [
                f"{name} in low reach at {size.value} % in {language}: {part} is not visible"
                for part in parts
                if part not in shown and translate(part, language) not in text
            ]
            problems += [f"{name} in low reach at {size.value} % in {language}: {s}" for s in find_overflows(harness)]
    return problems


def _space_in_the_largest_text(harness: WindowHarness, states: dict[str, Journey]) -> list[str]:
    """Long content scrolls up into the blank that low reach leaves; the letter's text has enough space and its tools
    have labels; the picture of the card shrinks before the view has to scroll."""
    problems, height = [], harness.window.height

    def show(name: str, low_reach: bool) -> Any:
        accessibility = replace(states[name].accessibility, low_reach=low_reach, text_size=TextSize.LARGEST)
        harness.show(replace(states[name], accessibility=accessibility))
        return harness.root_view.children[0]

    page = show("review", True)
    if page.scroll.height < 0.6 * height or page.scroll.top_blank < 0.2 * height:
        problems.append(f"review in low reach scrolls in {page.scroll.height / height:.0%} of the height")
    page = show("scan_read", True)
    (text,) = [widget for widget in page.body.walk(restrict=True) if hasattr(widget, "_update_scrollable")]
    if text.height < 0.2 * height:
        problems.append(f"the letter's text has {text.height / height:.0%} of the height")
    page.scroll.scroll_y = 0
    harness.run_frames()
    if abs(text._clip.y - text.to_window(*text.pos)[1]) > 1:
        problems.append("the letter's text is clipped at its place before the view was scrolled")
    page = show("scan_read", False)
    problems += _icons_without_label(harness)
    page.confirms_remove = True
    harness.run_frames()
    problems += [*_icons_without_label(harness), *find_overflows(harness)]
    page.confirms_remove = False
    if show("identify_waiting", False).scroll.do_scroll_y:
        problems.append("the view for the card scrolls in the largest text")
    return problems


def _is_fully_visible(widget: Any, window: Rect) -> bool:
    """Whether the whole widget is visible."""
    rect, ancestor = bounds_of(widget), widget.parent
    while ancestor is not None and ancestor.parent is not ancestor:
        if hasattr(ancestor, "do_scroll_y") and not bounds_of(ancestor).contains(rect):
            return False
        ancestor = ancestor.parent
    return window.contains(rect)


def _overlay_leaves(harness: WindowHarness, journey: Journey) -> list[str]:
    """In low reach in the largest text the accessibility overlay has several leaves, together with all options."""

    def option_names() -> list[str]:
        return [tap.name for tap in harness.root_view.visible_touch_targets() if tap.name.startswith("option.")]

    harness.show(journey)
    all_names = option_names()
    harness.show(
        replace(journey, accessibility=replace(journey.accessibility, low_reach=True, text_size=TextSize.LARGEST))
    )
    first, problems = option_names(), []
    seen: list[str] = []
    while not set(option_names()) & set(seen):
        seen += option_names()
        problems += [f"a leaf of the overlay: {sentence}" for sentence in find_overflows(harness)]
        TouchInput(harness).tap("more")
    if sorted(seen) != sorted(all_names) or option_names() != first:
        problems.append(f"the leaves of the overlay have {seen}, and after them {option_names()}")
    TouchInput(harness).tap("more")
    harness.show(replace(journey, overlay=None))
    harness.show(
        replace(journey, accessibility=replace(journey.accessibility, low_reach=True, text_size=TextSize.LARGEST))
    )
    return problems if option_names() == first else [*problems, "the overlay opens with its second leaf"]


def _accessibility_and_back(harness: WindowHarness, states: dict[str, Journey]) -> list[str]:
    """After other text sizes and colours, and back, the texts and backgrounds of every screen are as before."""
    problems = []
    for name, journey in {journey.screen: (name, journey) for name, journey in states.items()}.values():
        harness.show(journey)
        before = _texts_and_backgrounds(harness)
        for options in ({"text_size": TextSize.LARGE}, {"contrast": Contrast.DARK}, {"contrast": Contrast.LIGHT}, {}):
            harness.root_view.show(replace(journey, accessibility=replace(journey.accessibility, **options)))
            harness.run_frames(2)
        changed = [was for was, now in zip(before, _texts_and_backgrounds(harness), strict=True) if was != now]
        if changed:
            problems.append(f"{name} does not return from larger text and contrast: {changed[0]}")
    return problems


def _hanging_lines(harness: WindowHarness) -> list[str]:
    """Lines that begin or end with a separator, where it separates nothing."""
    texts = [(widget, line) for widget in harness.root_view.walk() for line in getattr(widget, "text", "").splitlines()]
    return [
        f"«{line}» has a separator at its end"
        for widget, line in texts
        if getattr(widget, "message", "") and line.strip("·") != line
    ]


def _icons_without_label(harness: WindowHarness) -> list[str]:
    """Buttons with an icon and no text."""
    seen = {tap.name for tap in harness.root_view.visible_touch_targets()}
    buttons = [each for each in harness.root_view.children[0].walk(restrict=True) if hasattr(each, "spoken")]
    return [
        f"{button.name} has an icon only"
        for button in buttons
        if button.icon
        and button.name in seen
        and not any(getattr(word, "display_text", "") for word in button.walk(restrict=True))
    ]


def _texts_and_backgrounds(harness: WindowHarness) -> list[Any]:
    """Every text on the screen with its size and colour, and the colour of the window's corner."""
    shown = [
        (word.display_text, word.font_size, tuple(word.color))
        for word in harness.root_view.walk()
        if hasattr(word, "display_text")
    ]
    return [*shown, harness.screenshot().getpixel((2, 2))]


def _walk(widget: Any) -> Iterator[Any]:
    """All widgets, including those in hidden Collapsibles."""
    yield widget
    for child in getattr(widget, "all_children", widget.children):
        yield from _walk(child)


if __name__ == "__main__":
    sys.exit(run_check(parse_size(sys.argv[1]), lambda harness: check(harness, sys.argv[2])))
