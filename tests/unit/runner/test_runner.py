"""The runner performs every effect, answers each exactly once, and keeps nothing of a visit that is over.

The far end is not the point here: devices and services are a few plain functions that obey, fail or hang on demand.
What the real ones do is tested through the real daemons in tests/devices.
"""

import errno
import logging
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from drivers.ports.card_reader import CardAddress, CardFault, CardReadError, CardReaderStatus, CitizenCard
from drivers.ports.letter_scanner import ScanError, ScannerStatus, Source
from drivers.ports.receipt_printer import PrinterStatus, PrintResult, PrintVerdict
from journey import effects, events
from journey.complaint.draft import Draft, LetterPage, RecognisedLine
from journey.events import Ticket
from journey.faults import Fault
from journey.pin import hash_pin
from journey.state import CardPhase, Hall, Journey, Minted, PrintPhase, Screen, Surroundings, Visit
from kiosk_app.runner import card_effects
from kiosk_app.runner.effect_runner import Runner
from kiosk_app.runner.outbox_service import Keeper
from kiosk_app.runner.ports import Devices, Picture, Reading, SaveError, Services
from kiosk_app.runner.scan_effects import PictureReady
from kiosk_app.runner.services import services
from kiosk_app.settings import parse
from protocol.messages import TrackAnswer
from protocol.staff_call import CallAnswer
from protocol.topics import Topic
from tests.scenarios.scenario import BOONMA, MINTED

FAR_FUTURE = 1e12
TICKET = Ticket(visit_id=1, sequence=77)
PAGE_ID = "1-1"
SECRETS = ("บุญมา", BOONMA.citizen_id, MINTED.code, "ไฟดับ")


class World:
    """Devices and services in one: each call is noted, and does what `behaviour` says for its name, if anything."""

    width_dots = 576

    def __init__(self) -> None:
        self.behaviour: dict[str, Callable[[], Any]] = {}
        self.calls: list[tuple[Any, ...]] = []
        self.slot = threading.Condition()
        self.slot_status = CardReaderStatus.EMPTY
        self.note: tuple[Minted, str] | None = None
        self.source = Source.FLATBED
        self.pages = [b"raw"]

    def act(self, name: str, usual: Any, *noted: Any) -> Any:
        self.calls.append((name, *noted))
        return self.behaviour[name]() if name in self.behaviour else usual

    def called(self, name: str) -> list[tuple[Any, ...]]:
        return [call[1:] for call in self.calls if call[0] == name]

    # the card reader
    def watch(self, on_change: Callable[[CardReaderStatus], None], stop: threading.Event) -> None:
        self.act("watch", None)
        told = None
        while not stop.is_set():
            if told is not self.slot_status:
                told = self.slot_status
                on_change(told)
            stop.wait(0.005)

    def read_citizen(self) -> CitizenCard:
        return self.act("read card", BOONMA)

    def read_citizen_id(self) -> str:
        return self.act("read card id", BOONMA.citizen_id)

    # the printer
    def status(self) -> PrinterStatus:
        return self.act("printer status", PrinterStatus.READY)

    def print_bitmap(self, job_id: str, image: Image.Image) -> PrintResult:
        return self.act("print", PrintResult(PrintVerdict.PRINTED, PrinterStatus.READY), job_id)

    # services
    def prepare(self, raw: bytes, turns: int, cancel: threading.Event) -> Picture:
        return self.act("prepare", Picture(b"jpeg of " + raw, 1000 + turns, 1400, b"small"), raw, turns, cancel)

    def recognise(self, jpeg: bytes, cancel: threading.Event) -> Reading:
        line = RecognisedLine("ไฟดับทุกคืน", 91.0, unsure=False)
        return self.act("recognise", Reading((line,), readable=True, confidence=91.0), jpeg, cancel)

    def find_code(self, raw: bytes, cancel: threading.Event) -> str | None:
        return self.act("find code", MINTED.code, raw)

    def save(self, draft: Draft, language: str, pictures: tuple[bytes, ...]) -> Minted:
        return self.act("save", MINTED, draft, language, pictures)

    def erase_note(self) -> None:
        self.act("erase note", None)
        self.note = None

    def keep_note(self, minted: Minted, language: str) -> None:
        self.note = (minted, language)

    def devices(self) -> Devices:
        return Devices(self, self, Scanner(self))  # type: ignore[arg-type]

    def services(self) -> Services:
        return Services(
            prepare=self.prepare,
            recognise=self.recognise,
            find_code=self.find_code,
            save=self.save,
            confirm_receipt=lambda submission, confirmed: self.act("confirm", None, submission, confirmed),
            draw_receipt=lambda effect: self.act("draw", Image.new("1", (576, 100), 1), effect),
            look_up=lambda code, language: self.act("look up", TrackAnswer(found=False, sentence="not yet"), code),
            look_around=lambda: self.act("look around", events.HealthChanged(network=True)),
            tell=lambda journey: self.act("tell", None, journey.staff_called),
            keep_note=self.keep_note,
            call_answer=lambda: self.act("call answer", None),
            erase_note=self.erase_note,
            read_note=lambda: self.note,
        )


class Scanner:
    def __init__(self, world: World) -> None:
        self.world = world

    def status(self) -> ScannerStatus:
        return self.world.act("scanner status", ScannerStatus.READY)

    @property
    def source(self) -> Source:
        return self.world.source

    def scan(
        self,
        on_page: Callable[[bytes], None],
        on_progress: Callable[[float], None],
        cancel: threading.Event,
        most: int = 1,
    ) -> None:
        for raw in self.world.pages[:most]:
            for percent in range(101):
                on_progress(percent / 100)
            on_page(self.world.act("scan", raw, cancel))


class Recorder:
    """Stands in for the journey: notes every event, and asks for what it is told to with the next one."""

    def __init__(self) -> None:
        self.events: list[events.Event] = []
        self.asks: list[effects.Effect] = []

    def __call__(self, journey: Journey, event: events.Event) -> tuple[Journey, tuple[effects.Effect, ...]]:
        self.events.append(event)
        asked, self.asks = tuple(self.asks), []
        return journey, asked


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def running() -> Iterator[list[Runner]]:
    """Runners to be stopped at the end."""
    runners: list[Runner] = []
    yield runners
    for runner in runners:
        runner.stop()


@pytest.fixture
def recorder() -> Recorder:
    return Recorder()


ONE_PAGE = Draft(topic=Topic.UTILITIES, text="ไฟดับ", pages=(LetterPage(PAGE_ID, 1000, 1400),))


@pytest.fixture
def recorded(world: World, recorder: Recorder, running: list[Runner]) -> Runner:
    """A runner whose journey only records, with a visit that has one page."""
    visit = Visit(visit_id=1, draft=ONE_PAGE)
    runner = Runner(Journey(visit=visit), world.devices(), world.services(), lambda: None, step=recorder)
    runner.pages.put(PAGE_ID, b"picture", b"small")
    running.append(runner)
    return runner


@pytest.fixture
def runner(world: World, running: list[Runner]) -> Runner:
    """A runner with the real journey, started."""
    hall = Hall(kiosk_id="KKN07", area="40", idle_seconds=1e9)
    runner = Runner(
        Journey(hall=hall, around=Surroundings(enrolled=True)), world.devices(), world.services(), lambda: None
    )
    running.append(runner)
    runner.start()
    return runner


def until(runner: Runner, true: Callable[[], Any]) -> None:
    """Let the runner work until something holds."""
    deadline = time.monotonic() + 20
    while not true():
        assert time.monotonic() < deadline, "never happened"
        runner.pump()
        time.sleep(0.002)


def ask(runner: Runner, recorder: Recorder, effect: effects.Effect) -> None:
    recorder.asks = [effect]
    runner.send(events.Touched())


def visit_of(runner: Runner) -> Visit:
    assert runner.journey.visit is not None
    return runner.journey.visit


TICKETED: list[tuple[effects.Effect, str, type]] = [
    (effects.ReadCard(TICKET), "read card", events.CardReadFailed),
    (effects.ReadCardId(TICKET), "read card id", events.CardReadFailed),
    (effects.ScanOnePage(TICKET), "scan", events.ScanFailed),
    (effects.ScanOnePage(TICKET), "prepare", events.ScanFailed),
    (effects.RecognisePage(TICKET, PAGE_ID), "recognise", events.RecognitionFailed),
    (effects.TurnPicture(TICKET, PAGE_ID), "prepare", events.RecognitionFailed),
    (effects.Save(TICKET, ONE_PAGE, "th"), "save", events.SaveFailed),
    (effects.PrintReceipt(TICKET, MINTED, "th", 1, 1, date_known=True), "draw", events.ReceiptPrinted),
    (effects.PrintReceipt(TICKET, MINTED, "th", 1, 1, date_known=True), "print", events.ReceiptPrinted),
    (effects.ReadPaperCode(TICKET), "scan", events.CodeNotRead),
    (effects.ReadPaperCode(TICKET), "find code", events.CodeNotRead),
    (effects.LookUp(TICKET, MINTED.code, "th"), "look up", events.LookUpFailed),
]
NAMES = [f"{type(effect).__name__} at {call}" for effect, call, _ in TICKETED]


def final_answers(recorder: Recorder) -> list[events.Event]:
    return [
        event
        for event in recorder.events
        if getattr(event, "ticket", None) == TICKET and not isinstance(event, events.PageProgress)
    ]


def test_every_ticketed_effect_is_on_the_list() -> None:
    ticketed = {kind for kind in effects.Effect.__args__ if "ticket" in kind.__dataclass_fields__}
    assert {type(effect) for effect, _, _ in TICKETED} == ticketed


@pytest.mark.parametrize(("effect", "call", "failure"), TICKETED, ids=NAMES)
def test_an_effect_that_works_is_answered_once(
    recorded: Runner, recorder: Recorder, effect: effects.Effect, call: str, failure: type
) -> None:
    ask(recorded, recorder, effect)
    until(recorded, lambda: final_answers(recorder))
    until(recorded, lambda: all(lane.idle for lane in recorded._lanes))
    recorded.pump()
    (answer,) = final_answers(recorder)
    assert failure is events.ReceiptPrinted or not isinstance(answer, failure)


@pytest.mark.parametrize(("effect", "call", "failure"), TICKETED, ids=NAMES)
def test_an_effect_that_breaks_is_answered_once_and_tells_no_secret(
    recorded: Runner,
    recorder: Recorder,
    world: World,
    caplog: pytest.LogCaptureFixture,
    effect: effects.Effect,
    call: str,
    failure: type,
) -> None:
    caplog.set_level(logging.DEBUG)

    def broken() -> None:
        raise RuntimeError(" ".join(SECRETS))

    world.behaviour[call] = broken
    ask(recorded, recorder, effect)
    until(recorded, lambda: final_answers(recorder))
    until(recorded, lambda: all(lane.idle for lane in recorded._lanes))
    recorded.pump()
    assert [type(answer) for answer in final_answers(recorder)] == [failure]
    assert "RuntimeError" in caplog.text
    assert not [secret for secret in SECRETS if secret in caplog.text]


@pytest.mark.parametrize(("effect", "call", "failure"), TICKETED, ids=NAMES)
def test_an_effect_that_hangs_is_answered_once_at_its_deadline(
    recorded: Runner, recorder: Recorder, world: World, effect: effects.Effect, call: str, failure: type
) -> None:
    begun, release = threading.Event(), threading.Event()

    def hang() -> None:
        begun.set()
        release.wait(10)
        raise RuntimeError("came back")

    world.behaviour[call] = hang
    ask(recorded, recorder, effect)
    assert begun.wait(20)
    for lane in recorded._lanes:
        lane.check(FAR_FUTURE)
    recorded.pump()
    assert [type(answer) for answer in final_answers(recorder)] == [failure]
    release.set()
    until(recorded, lambda: not any(lane._hung for lane in recorded._lanes))
    recorded.pump()
    assert len(final_answers(recorder)) == 1


def test_an_effect_that_cannot_begin_is_answered(recorded: Runner, recorder: Recorder) -> None:
    ask(recorded, recorder, effects.RecognisePage(TICKET, "no such page"))
    until(recorded, lambda: final_answers(recorder))
    assert final_answers(recorder) == [events.RecognitionFailed(TICKET, "no such page")]


def test_a_paper_that_may_have_come_out_is_asked_about(recorded: Runner, recorder: Recorder, world: World) -> None:
    begun, release = threading.Event(), threading.Event()
    world.behaviour["print"] = lambda: (begun.set(), release.wait(10))
    ask(recorded, recorder, effects.PrintReceipt(TICKET, MINTED, "th", 0, 2, date_known=True))
    assert begun.wait(20)
    assert world.called("print") == [(f"{MINTED.submission_id}:2",)]
    recorded._printing.lane.check(FAR_FUTURE)
    recorded.pump()
    expected = events.ReceiptPrinted(TICKET, PrintVerdict.PROBABLY_PRINTED, PrinterStatus.UNRESPONSIVE)
    assert final_answers(recorder) == [expected]
    release.set()


def test_a_receipt_that_was_never_drawn_was_not_printed(recorded: Runner, recorder: Recorder, world: World) -> None:
    world.behaviour["draw"] = lambda: 1 / 0
    ask(recorded, recorder, effects.PrintReceipt(TICKET, MINTED, "th", 0, 1, date_known=True))
    until(recorded, lambda: final_answers(recorder))
    assert final_answers(recorder) == [events.ReceiptPrinted(TICKET, PrintVerdict.NOT_PRINTED, PrinterStatus.READY)]
    assert world.called("print") == []


def test_a_print_still_waiting_at_the_wipe_does_not_print_for_the_next_citizen(
    recorded: Runner, recorder: Recorder, world: World
) -> None:
    begun, release = threading.Event(), threading.Event()
    world.behaviour["printer status"] = lambda: (begun.set(), release.wait(10), PrinterStatus.READY)[-1]
    recorded.tick(100.0)
    assert begun.wait(20)
    ask(recorded, recorder, effects.PrintReceipt(TICKET, MINTED, "th", 0, 1, date_known=True))
    ask(recorded, recorder, effects.Wipe(1))
    release.set()
    until(recorded, lambda: recorded._printing.lane.idle)
    assert world.called("print") == []


def test_the_words_of_a_driver_are_passed_on(recorded: Runner, recorder: Recorder, world: World) -> None:
    def fail(error: Exception) -> Callable[[], None]:
        def call() -> None:
            raise error

        return call

    world.behaviour["read card"] = fail(CardReadError(CardFault.MUTE))
    world.behaviour["scan"] = fail(ScanError(ScannerStatus.JAM))
    world.behaviour["save"] = fail(SaveError(Fault.STORE_FULL))
    for effect in (effects.ReadCard(TICKET), effects.ScanOnePage(TICKET), effects.Save(TICKET, ONE_PAGE, "th")):
        ask(recorded, recorder, effect)
    until(recorded, lambda: len(final_answers(recorder)) == 3)
    assert set(final_answers(recorder)) == {
        events.CardReadFailed(TICKET, CardFault.MUTE),
        events.ScanFailed(TICKET, ScannerStatus.JAM),
        events.SaveFailed(TICKET, Fault.STORE_FULL),
    }


def test_a_pin_is_checked_on_a_lane_and_nobody_waits_for_it(recorded: Runner, recorder: Recorder) -> None:
    hashed = hash_pin("246810", bytes(16))
    for number, pin in ((1, "246810"), (2, "246811")):
        began = time.process_time()
        ask(recorded, recorder, effects.CheckPin(number, pin, hashed))
        asked = events.PinChecked(number, right=number == 1)
        assert asked not in recorder.events, "the drawing thread went on"
        until(recorded, lambda asked=asked: asked in recorder.events)
        assert time.process_time() - began > 0.05
    assert [event for event in recorder.events if isinstance(event, events.PinChecked)] == [
        events.PinChecked(1, right=True),
        events.PinChecked(2, right=False),
    ]


def test_stopping_a_scan_leaves_recognition_alone(recorded: Runner, recorder: Recorder, world: World) -> None:
    release = threading.Event()
    world.behaviour["scan"] = lambda: release.wait(10) and b"raw"
    world.behaviour["recognise"] = lambda: release.wait(10)
    ask(recorded, recorder, effects.RecognisePage(TICKET, PAGE_ID))
    ask(recorded, recorder, effects.ScanOnePage(TICKET))
    until(recorded, lambda: world.called("scan") and world.called("recognise"))
    ask(recorded, recorder, effects.StopScan(1))
    assert world.called("scan")[0][0].is_set()
    assert not world.called("recognise")[0][1].is_set()
    release.set()


def test_dropping_or_turning_a_page_ends_its_recognition(recorded: Runner, recorder: Recorder, world: World) -> None:
    release = threading.Event()
    world.behaviour["recognise"] = lambda: release.wait(10)
    ask(recorded, recorder, effects.RecognisePage(TICKET, PAGE_ID))
    until(recorded, lambda: world.called("recognise"))
    ask(recorded, recorder, effects.DropPage(PAGE_ID))
    assert world.called("recognise")[0][1].is_set()
    assert PAGE_ID not in recorded.pages
    release.set()


def test_progress_is_told_in_steps(recorded: Runner, recorder: Recorder) -> None:
    ask(recorded, recorder, effects.ScanOnePage(TICKET))
    until(recorded, lambda: final_answers(recorder))
    told = [event.fraction for event in recorder.events if isinstance(event, events.PageProgress)]
    assert told == sorted(told)
    assert 40 <= len(told) <= 51


class TestFeeder:
    @pytest.fixture(autouse=True)
    def _stack(self, world: World) -> None:
        world.source, world.pages = Source.FEEDER, [b"one", b"two", b"three"]

    def outcome(self, recorder: Recorder) -> list[tuple[Any, ...]]:
        return [
            (event.page.page_id, event.more) if isinstance(event, events.PageScanned) else (type(event).__name__,)
            for event in final_answers(recorder)
        ]

    def test_pages_come_one_by_one_and_then_the_end(self, recorded: Runner, recorder: Recorder, world: World) -> None:
        ask(recorded, recorder, effects.ScanOnePage(TICKET, 20))
        until(recorded, lambda: events.ScanEnded(TICKET) in recorder.events)
        assert self.outcome(recorder) == [("1-1", True), ("1-2", True), ("1-3", True), ("ScanEnded",)]
        assert [call[0] for call in world.called("prepare")] == [b"one", b"two", b"three"]

    def test_no_more_than_the_letter_takes(self, recorded: Runner, recorder: Recorder) -> None:
        ask(recorded, recorder, effects.ScanOnePage(TICKET, 2))
        until(recorded, lambda: events.ScanEnded(TICKET) in recorder.events)
        assert len(self.outcome(recorder)) == 3

    def test_trouble_comes_behind_the_pages_before_it(self, recorded: Runner, recorder: Recorder, world: World) -> None:
        world.behaviour["scan"] = lambda: b"fine" if len(world.called("scan")) < 3 else jam()
        ask(recorded, recorder, effects.ScanOnePage(TICKET, 20))
        until(recorded, lambda: len(final_answers(recorder)) == 3)
        assert self.outcome(recorder) == [("1-1", True), ("1-2", True), ("ScanFailed",)]

    @pytest.mark.parametrize(("blank", "expected"), [((1,), 3), ((0, 1, 2), 1)])
    def test_empty_backs_are_left_out(
        self, recorded: Runner, recorder: Recorder, world: World, blank: tuple[int, ...], expected: int
    ) -> None:
        world.source = Source.DUPLEX
        world.behaviour["prepare"] = lambda: Picture(
            b"jpeg", 1000, 1400, b"small", blank=len(world.called("prepare")) - 1 in blank
        )
        ask(recorded, recorder, effects.ScanOnePage(TICKET, 20))
        until(recorded, lambda: len(final_answers(recorder)) == expected)
        last = final_answers(recorder)[-1]
        assert last == (events.ScanEnded(TICKET) if expected > 1 else events.ScanFailed(TICKET, ScannerStatus.NO_PAPER))


def jam() -> bytes:
    raise ScanError(ScannerStatus.JAM)


def test_send_pressed_again_after_a_late_save_does_not_save_twice(
    recorded: Runner, recorder: Recorder, world: World
) -> None:
    begun, release = threading.Event(), threading.Event()
    world.behaviour["save"] = lambda: (begun.set(), release.wait(10), MINTED)[-1]
    ask(recorded, recorder, effects.Save(TICKET, ONE_PAGE, "th"))
    assert begun.wait(20)
    recorded._store.check(FAR_FUTURE)
    recorded.pump()
    assert final_answers(recorder) == [events.SaveFailed(TICKET, Fault.SAVE_FAILED)]
    release.set()
    until(recorded, lambda: not recorded._store.stuck)
    again = replace(TICKET, sequence=78)
    ask(recorded, recorder, effects.Save(again, ONE_PAGE, "th"))
    until(recorded, lambda: events.Saved(again, MINTED) in recorder.events)
    assert len(world.called("save")) == 1


def test_what_is_saved_has_its_pictures_in_order(recorded: Runner, recorder: Recorder, world: World) -> None:
    recorded.pages.put("1-2", b"second", b"s")
    draft = replace(ONE_PAGE, pages=(LetterPage("1-2", 1, 1), LetterPage(PAGE_ID, 1, 1)))
    ask(recorded, recorder, effects.Save(TICKET, draft, "en"))
    ask(recorded, recorder, effects.Wipe(1))
    until(recorded, lambda: final_answers(recorder))
    assert world.called("save") == [(draft, "en", (b"second", b"picture"))]


def test_a_status_is_passed_on_when_it_is_news(runner: Runner, world: World) -> None:
    seen: list[PrinterStatus] = []
    runner._changed = lambda journey: seen.append(journey.around.printer)
    now = time.monotonic()
    runner.tick(now)
    until(runner, lambda: runner.journey.around.printer is PrinterStatus.READY)
    world.behaviour["printer status"] = lambda: PrinterStatus.PAPER_OUT
    runner.tick(now + 4)
    until(runner, lambda: runner.journey.around.printer is PrinterStatus.PAPER_OUT)
    asked = len(world.called("printer status"))
    runner.tick(now + 5)
    assert len(world.called("printer status")) == asked


def test_devices_that_are_not_there_are_told(world: World, running: list[Runner]) -> None:
    runner = Runner(Journey(), Devices(), world.services(), lambda: None)
    running.append(runner)
    runner.start()
    around = runner.journey.around
    assert (around.card_reader, around.printer, around.scanner) == (
        CardReaderStatus.NO_READER,
        PrinterStatus.ABSENT,
        ScannerStatus.ABSENT,
    )


def at_identify(runner: Runner, world: World) -> None:
    until(runner, lambda: runner.journey.around.card_reader is CardReaderStatus.EMPTY)
    world.slot_status = CardReaderStatus.CARD_PRESENT
    until(runner, lambda: runner.journey.screen is Screen.NOTICE)
    runner.send(events.AcceptNotice(1.0))


def test_a_card_is_read_and_places_its_holder(runner: Runner, world: World) -> None:
    at_identify(runner, world)
    until(runner, lambda: visit_of(runner).card_phase is CardPhase.READ)
    assert visit_of(runner).draft.card == BOONMA
    assert visit_of(runner).draft.area == "400115"


def test_a_card_that_places_nowhere_is_read_all_the_same(runner: Runner, world: World) -> None:
    world.behaviour["read card"] = lambda: replace(BOONMA, address=CardAddress(raw="99 ที่ไหนสักแห่ง"))
    at_identify(runner, world)
    until(runner, lambda: visit_of(runner).card_phase is CardPhase.READ)
    assert visit_of(runner).draft.area == "40"


def test_a_reader_that_hangs_is_replaced_and_watched_anew(
    runner: Runner, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(card_effects, "CARD_S", 0.05)
    monkeypatch.setattr(card_effects, "WATCH_PAUSE_S", 0.05)
    release = threading.Event()
    world.behaviour["read card"] = lambda: release.wait(10)
    at_identify(runner, world)
    until(runner, lambda: world.called("read card"))
    time.sleep(0.06)
    runner.tick()
    assert visit_of(runner).card_phase is CardPhase.FAILED
    assert runner.journey.around.card_reader is CardReaderStatus.UNRESPONSIVE
    monkeypatch.setattr(card_effects, "CARD_S", 20.0)  # what works again may be slow
    del world.behaviour["read card"]
    until(runner, lambda: visit_of(runner).card_phase is CardPhase.READ)
    assert len(world.called("watch")) == 2
    release.set()


def scan_a_page(runner: Runner, world: World) -> LetterPage:
    runner.send(events.Begin())
    for event in (events.AcceptNotice(1.0), events.WithoutCard(), events.ChooseTopic(Topic.LAND)):
        runner.send(event)
    while runner.journey.screen is not Screen.TELL:
        runner.send(events.Next())
    runner.send(events.TellByScan())
    runner.send(events.ScanPage())
    until(runner, lambda: visit_of(runner).draft.pages and visit_of(runner).draft.pages[0].lines is not None)
    return visit_of(runner).draft.pages[0]


def test_a_page_is_scanned_kept_recognised_and_turned(runner: Runner, world: World) -> None:
    page = scan_a_page(runner, world)
    assert page.current_text == "ไฟดับทุกคืน"
    assert runner.pages.picture(page.page_id) == b"jpeg of raw"
    runner.send(events.TurnPage(page.page_id))
    until(runner, lambda: visit_of(runner).draft.pages[0].width == 1001)
    assert runner.pages.picture(page.page_id) == b"jpeg of jpeg of raw"
    runner.send(events.RemovePage(page.page_id))
    assert page.page_id not in runner.pages


def sideways(world: World, quarters: int, readable: bool = True) -> None:
    line = RecognisedLine("ไฟดับทุกคืน", 91.0, unsure=False)
    world.behaviour["recognise"] = lambda: Reading((line,), readable, 91.0, turned=quarters)


def test_a_page_that_lay_on_its_side_is_kept_upright(runner: Runner, world: World) -> None:
    sideways(world, 3)
    page = scan_a_page(runner, world)
    assert (page.width, page.height, page.turns) == (1400, 1000, 1)
    assert runner.pages.picture(page.page_id) == b"jpeg of jpeg of raw"
    assert world.called("prepare")[-1][1] == 3
    assert page.current_text == "ไฟดับทุกคืน"


def test_what_could_not_be_read_proves_no_side(runner: Runner, world: World) -> None:
    sideways(world, 2, readable=False)
    page = scan_a_page(runner, world)
    assert page.turns == 0
    assert runner.pages.picture(page.page_id) == b"jpeg of raw"


def test_a_page_turned_by_hand_stays_as_it_was_turned(runner: Runner, world: World) -> None:
    page = scan_a_page(runner, world)
    sideways(world, 1)
    runner.send(events.TurnPage(page.page_id))
    until(runner, lambda: visit_of(runner).draft.pages[0].lines is not None)
    page = visit_of(runner).draft.pages[0]
    assert (page.turns, page.by_hand, len(world.called("prepare"))) == (1, True, 2)


def test_a_late_upright_picture_does_not_replace_the_one_turned_by_hand(runner: Runner, world: World) -> None:
    page = scan_a_page(runner, world)
    late = events.PageRecognised(Ticket(visit_of(runner).visit_id, 9999), page.page_id, (), True, 90.0, 1)
    ready = PictureReady(late.ticket, page, b"another", b"small", turned=False, read=late)
    runner._post(ready)
    runner.pump()
    assert runner.pages.picture(page.page_id) == b"jpeg of raw"


def test_a_wipe_leaves_no_picture(runner: Runner, world: World) -> None:
    page = scan_a_page(runner, world)
    runner.send(events.StartOver())
    runner.send(events.StartOverYes())
    assert runner.journey.visit is None
    assert page.page_id not in runner.pages
    assert world.called("erase note")


def test_a_page_that_arrives_after_the_visit_leaves_nothing_behind(runner: Runner, world: World) -> None:
    scan_a_page(runner, world)
    begun, release = threading.Event(), threading.Event()
    late = Picture(b"late", 1, 1, b"l")
    world.behaviour["prepare"] = lambda: (begun.set(), release.wait(10), late)[-1]
    runner.send(events.ScanPage())
    assert begun.wait(20)
    runner.send(events.StartOver())
    runner.send(events.StartOverYes())
    release.set()
    until(runner, lambda: runner._letter.images.idle)
    runner.pump()
    assert runner.pages._pictures == {}


def test_a_cancelled_page_is_not_kept(runner: Runner, world: World) -> None:
    page = scan_a_page(runner, world)
    begun, release = threading.Event(), threading.Event()
    late = Picture(b"late", 1, 1, b"l")
    world.behaviour["prepare"] = lambda: (begun.set(), release.wait(10), late)[-1]
    runner.send(events.ScanPage())
    assert begun.wait(20)
    runner.send(events.CancelScan())
    release.set()
    until(runner, lambda: runner._letter.images.idle)
    runner.pump()
    assert set(runner.pages._pictures) == {page.page_id}


def saved_visit(runner: Runner, world: World) -> None:
    scan_a_page(runner, world)
    while runner.journey.screen is not Screen.REVIEW:
        runner.send(events.Next())
    runner.send(events.Confirm())
    until(runner, lambda: runner.journey.screen is Screen.RECEIPT)


def test_from_send_to_paper(runner: Runner, world: World) -> None:
    saved_visit(runner, world)
    assert world.note == (MINTED, "th")
    assert world.called("print") == []  # not before code and number stand on the glass
    runner.tick()
    until(runner, lambda: runner.journey.around.printer is PrinterStatus.READY)
    runner.send(events.Painted(Screen.RECEIPT))
    until(runner, lambda: visit_of(runner).print_phase is PrintPhase.DONE)
    assert visit_of(runner).print_verdict is PrintVerdict.PRINTED
    runner.send(events.Finish())
    assert runner.journey.screen is Screen.FAREWELL
    assert world.note is None, "restarted during the farewell, the interface shows the code to nobody"
    until(runner, lambda: world.called("confirm") == [(MINTED.submission_id, True)])
    runner.send(events.Finish())


def test_a_restart_reopens_the_receipt(world: World, running: list[Runner]) -> None:
    world.note = (MINTED, "en")
    runner = Runner(Journey(around=Surroundings(enrolled=True)), world.devices(), world.services(), lambda: None)
    running.append(runner)
    runner.start()
    assert runner.journey.screen is Screen.RECEIPT
    assert visit_of(runner).minted == MINTED
    assert runner.journey.comfort.language == "en"


def test_calling_staff_is_told_at_once(runner: Runner, world: World) -> None:
    runner.send(events.AskStaff())
    until(runner, lambda: (True,) in world.called("tell"))


def _full() -> None:
    raise OSError(errno.ENOSPC, "No space left on device")


def test_a_full_disk_stops_new_visits_though_nothing_can_be_reported(runner: Runner, world: World) -> None:
    world.behaviour = {"look around": lambda: events.HealthChanged(outbox_open=False), "tell": _full}
    runner.tick(time.monotonic())
    until(runner, lambda: runner.journey.fault is Fault.STORE_FULL)
    world.behaviour = {"look around": lambda: events.HealthChanged(outbox_open=True), "tell": _full}
    runner.tick(FAR_FUTURE)
    until(runner, lambda: runner.journey.screen is Screen.ATTRACT)


def test_while_staff_are_called_the_answer_is_looked_for_each_second(runner: Runner, world: World) -> None:
    def answered(at: float) -> int:
        """A lane that is busy is asked at the next tick."""
        runner.tick(at)
        return len(world.called("call answer"))

    world.behaviour["call answer"] = lambda: events.CallAnswered(1, CallAnswer.COMING)
    runner.tick(999.0)
    runner.send(events.AskStaff())
    until(runner, lambda: (True,) in world.called("tell"))
    until(runner, lambda: answered(1000.0) == 1)
    until(runner, lambda: runner.journey.call is not None and runner.journey.call.answer is CallAnswer.COMING)
    assert answered(1000.9) == 1
    until(runner, lambda: answered(1001.1) == 2)
    runner.send(events.CancelCall())
    until(runner, lambda: world.called("tell")[-1] == (False,))
    looked = len(world.called("look around"))
    until(runner, lambda: answered(1020.0) and len(world.called("look around")) > looked)
    assert answered(1030.0) == 2


def test_a_look_around_that_fails_finds_the_store_broken(runner: Runner, world: World) -> None:
    world.behaviour["look around"] = _full
    runner.tick(time.monotonic())
    until(runner, lambda: runner.journey.fault is Fault.STORE_BROKEN)


def test_a_report_that_cannot_be_written_is_a_finding(tmp_path: Path) -> None:
    settings = parse({"paths": {"state": str(tmp_path / "state"), "runtime": str(tmp_path)}})
    keeper, told = Keeper(settings.paths.state, tmp_path), []

    def findings(devices: Mapping[str, str], unwritten: str) -> tuple[str, ...]:
        told.append(unwritten)
        return ()

    ours = services(settings, keeper, Hall, lambda code, language: TrackAnswer(found=False, sentence=""), findings)
    ours.tell(Journey())
    ours.tell(Journey())
    settings.paths.state.mkdir()
    ours.tell(Journey())
    ours.tell(Journey())
    assert told == ["", "No such file or directory", "No such file or directory", ""]


def test_a_store_that_fails_in_an_unknown_way_is_broken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    keeper = Keeper(tmp_path, tmp_path)
    monkeypatch.setattr(keeper, "enrolment", object)
    monkeypatch.setattr(keeper, "outbox", _full)
    assert keeper.fault() is Fault.STORE_BROKEN


def test_an_error_in_the_journey_ends_the_visit_and_not_the_kiosk(
    world: World, running: list[Runner], caplog: pytest.LogCaptureFixture
) -> None:
    def broken(journey: Journey, event: events.Event) -> tuple[Journey, tuple[effects.Effect, ...]]:
        raise KeyError("บุญมา")

    before = Journey(visit=Visit(visit_id=4, draft=ONE_PAGE), next_visit=5, around=Surroundings(enrolled=True))
    runner = Runner(before, Devices(), world.services(), lambda: None, step=broken)
    running.append(runner)
    runner.pages.put(PAGE_ID, b"picture", b"small")
    runner.send(events.Next())
    assert (runner.journey.screen, runner.journey.fault) == (Screen.FAULT, Fault.UNEXPECTED)
    assert runner.journey.visit is None
    assert runner.journey.next_visit == 5
    assert PAGE_ID not in runner.pages
    assert "KeyError" in caplog.text
    assert "บุญมา" not in caplog.text


def test_waking_happens_with_each_answer(world: World, running: list[Runner], recorder: Recorder) -> None:
    woken = threading.Event()
    runner = Runner(Journey(), world.devices(), world.services(), woken.set, step=recorder)
    running.append(runner)
    ask(runner, recorder, effects.ReadCardId(TICKET))
    assert woken.wait(20)


def test_stopping_ends_every_thread(world: World, running: list[Runner]) -> None:
    before = set(threading.enumerate())
    runner = Runner(Journey(), world.devices(), world.services(), lambda: None)
    runner.start()
    runner.tick()
    until(runner, lambda: runner.journey.around.printer is PrinterStatus.READY)
    assert set(threading.enumerate()) - before
    runner.stop()
    assert not set(threading.enumerate()) - before
