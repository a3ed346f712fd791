"""The runner performs every effect, returns one result for each, and keeps nothing of a visit that has ended.

Devices and services are fakes that work, fail or hang on demand. The real ones are tested with their daemons in
tests/devices.
"""

import errno
import logging
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import partial
from operator import contains
from pathlib import Path
from typing import Any, TypeVar

import pytest
from PIL import Image

from drivers.ports.card_reader import CardAddress, CardFault, CardReadError, CardReaderStatus, CitizenCard
from drivers.ports.letter_scanner import ScanError, ScannerStatus, Source
from drivers.ports.receipt_printer import PrinterStatus, PrintResult, PrintVerdict
from journey import effects, events
from journey.complaint.draft import Draft, LetterPage, RecognisedLine
from journey.device_tests import DeviceTest, DeviceUnderTest
from journey.events import RequestId
from journey.faults import Fault
from journey.pin import hash_pin
from journey.screens import Screen
from journey.setup.setup_state import Pairs, SetupTask, TaskOutcome
from journey.state import CardPhase, Environment, Journey, KioskProfile, PrintPhase, SavedSubmission, Visit
from kiosk_app.outbox.receipt_note import ReceiptNote
from kiosk_app.receipt import ReceiptContent
from kiosk_app.runner import card_effects, print_effects
from kiosk_app.runner.centre_link import CentreLink
from kiosk_app.runner.effect_runner import EffectRunner
from kiosk_app.runner.outbox_service import OutboxService
from kiosk_app.runner.ports import Devices, Picture, RecognisedText, SaveError, Services
from kiosk_app.runner.scan_effects import PictureReady
from kiosk_app.settings import parse
from protocol.messages import TrackingResponse
from protocol.staff_call import StaffCallResponse
from protocol.topics import Topic
from simulators.sample_data import BOONMA, SAVED_SUBMISSION
from tests import waiting

FAR_FUTURE = 1e12
REQUEST_ID = RequestId(visit_id=1, sequence=77)
PAGE_ID = "1-1"
SECRETS = ("บุญมา", BOONMA.citizen_id, SAVED_SUBMISSION.code, "ไฟดับ")

ResultT = TypeVar("ResultT")


def hanging_call(begun: threading.Event, release: threading.Event, result: object = None) -> Callable[[], Any]:
    """A call that sets `begun` and returns `result` once `release` is set, after 10 s at the latest."""

    def call() -> object:
        begun.set()
        release.wait(10)
        return result

    return call


class FakeEnvironment:
    """Devices and services in one: records every call; `behaviour` replaces the result of a call by its name."""

    width_dots = 576

    def __init__(self) -> None:
        self.behaviour: dict[str, Callable[[], Any]] = {}
        self.calls: list[tuple[Any, ...]] = []
        self.slot = threading.Condition()
        self.slot_status = CardReaderStatus.EMPTY
        self.note: ReceiptNote | None = None
        self.source = Source.FLATBED
        self.pages = [b"raw"]

    def record_call(self, name: str, default: ResultT, *arguments: Any) -> ResultT:
        self.calls.append((name, *arguments))
        replacement: Callable[[], ResultT] = self.behaviour.get(name, lambda: default)
        return replacement()

    def calls_of(self, name: str) -> list[tuple[Any, ...]]:
        return [call[1:] for call in self.calls if call[0] == name]

    # the card reader
    def watch(self, on_change: Callable[[CardReaderStatus], None], stop: threading.Event) -> None:
        self.record_call("watch", None)
        reported = None
        while not stop.is_set():
            if reported is not self.slot_status:
                reported = self.slot_status
                on_change(reported)
            stop.wait(0.005)

    def read_citizen(self) -> CitizenCard:
        return self.record_call("read card", BOONMA)

    def read_citizen_id(self) -> str:
        return self.record_call("read card id", BOONMA.citizen_id)

    # the printer
    def status(self) -> PrinterStatus:
        return self.record_call("printer status", PrinterStatus.READY)

    def print_bitmap(self, job_id: str, image: Image.Image) -> PrintResult:
        return self.record_call("print", PrintResult(PrintVerdict.PRINTED, PrinterStatus.READY), job_id)

    # services
    def prepare(self, raw: bytes, turns: int, cancel: threading.Event) -> Picture:
        return self.record_call("prepare", Picture(b"jpeg of " + raw, 1000 + turns, 1400, b"small"), raw, turns, cancel)

    def recognise(
        self, jpeg: bytes, cancel: threading.Event, on_line: Callable[[RecognisedLine, float], None]
    ) -> RecognisedText:
        line = RecognisedLine("ไฟดับทุกคืน", 91.0, is_uncertain=False)
        on_line(line, 1.0)
        return self.record_call("recognise", RecognisedText((line,), is_readable=True, confidence=91.0), jpeg, cancel)

    def find_code(self, raw: bytes, cancel: threading.Event) -> str | None:
        return self.record_call("find code", SAVED_SUBMISSION.code, raw)

    def save(self, draft: Draft, language: str, pictures: tuple[bytes, ...]) -> SavedSubmission:
        return self.record_call("save", SAVED_SUBMISSION, draft, language, pictures)

    def erase_receipt_note(self) -> None:
        self.record_call("erase note", None)
        self.note = None

    def save_receipt_note(self, note: ReceiptNote) -> None:
        self.note = note

    def read_receipt_note(self) -> ReceiptNote | None:
        return self.note

    def confirm_receipt(self, submission_id: str, confirmed: bool) -> None:
        self.record_call("confirm", None, submission_id, confirmed)

    def draw_receipt(self, content: ReceiptContent, width_dots: int) -> Image.Image:
        return self.record_call("draw", Image.new("1", (width_dots, 100), 1), content)

    def rate(self, code: str, stars: tuple[tuple[str, int], ...], language: str) -> TrackingResponse:
        return self.record_call("rate", TrackingResponse(found=True, sentence="-", has_rated=True), code, stars)

    def look_up(self, code: str, language: str) -> TrackingResponse:
        return self.record_call("look up", TrackingResponse(found=False, sentence="not yet"), code)

    def write_report(self, journey: Journey) -> None:
        self.record_call("tell", None, journey.is_staff_called)

    def read_call_response(self) -> events.StaffCallResponded | None:
        return self.record_call("call answer", None)

    def read_environment(self) -> events.EnvironmentChanged:
        return self.record_call("look around", events.EnvironmentChanged(centre_reachable=True))

    def run_device_test(self, target: DeviceUnderTest, max_volume_percent: int) -> DeviceTest:
        return DeviceTest(target, None, 0.0)

    def save_device_tests(self, device_tests: tuple[DeviceTest, ...], max_volume_percent: int) -> None:
        pass

    def load_device_tests(self) -> tuple[tuple[DeviceTest, ...], int]:
        return (), 100

    def restart(self, reboot: bool) -> None:
        pass

    def switch_backlight(self, lit: bool) -> None:
        pass

    def perform_setup_task(self, task: SetupTask, answers: Pairs) -> TaskOutcome:
        return self.record_call("setup task", TaskOutcome(True, "settings.saved"), task, answers)

    def save_setup_progress(self, page: str, answers: Pairs, skipped: tuple[str, ...]) -> None:
        self.record_call("setup progress", None, page, answers, skipped)

    def devices(self) -> Devices:
        return Devices(self, self, FakeScanner(self))  # type: ignore[arg-type]

    def services(self) -> Services:
        return Services(store=self, centre=self, images=self, appliance=self)


class FakeScanner:
    def __init__(self, fakes: FakeEnvironment) -> None:
        self.fakes = fakes

    def status(self) -> ScannerStatus:
        return self.fakes.record_call("scanner status", ScannerStatus.READY)

    @property
    def source(self) -> Source:
        return self.fakes.source

    def scan(
        self,
        on_page: Callable[[bytes], None],
        on_progress: Callable[[float], None],
        cancel: threading.Event,
        max_pages: int = 1,
    ) -> None:
        for raw in self.fakes.pages[:max_pages]:
            for percent in range(101):
                on_progress(percent / 100)
            on_page(self.fakes.record_call("scan", raw, cancel))


class RecordingStep:
    """Replaces the journey: records every event, and requests the effects it was given with the next one."""

    def __init__(self) -> None:
        self.events: list[events.Event] = []
        self.next_effects: list[effects.Effect] = []

    def __call__(self, journey: Journey, event: events.Event) -> tuple[Journey, tuple[effects.Effect, ...]]:
        self.events.append(event)
        requested, self.next_effects = tuple(self.next_effects), []
        return journey, requested


@pytest.fixture
def fakes(monkeypatch: pytest.MonkeyPatch) -> FakeEnvironment:
    fakes = FakeEnvironment()
    monkeypatch.setattr(print_effects, "draw_receipt", fakes.draw_receipt)
    return fakes


@pytest.fixture
def started_runners() -> Iterator[list[EffectRunner]]:
    """Runners to stop at the end."""
    runners: list[EffectRunner] = []
    yield runners
    for runner in runners:
        runner.stop()


@pytest.fixture
def recorder() -> RecordingStep:
    return RecordingStep()


ONE_PAGE = Draft(topic=Topic.UTILITIES, text="ไฟดับ", pages=(LetterPage(PAGE_ID, 1000, 1400),))


@pytest.fixture
def recording_runner(
    fakes: FakeEnvironment, recorder: RecordingStep, started_runners: list[EffectRunner]
) -> EffectRunner:
    """A runner whose journey only records, with a visit that has one page."""
    visit = Visit(visit_id=1, draft=ONE_PAGE)
    runner = EffectRunner(Journey(visit=visit), fakes.devices(), fakes.services(), lambda: None, step=recorder)
    runner.pages.put(PAGE_ID, b"picture", b"small")
    started_runners.append(runner)
    return runner


@pytest.fixture
def runner(fakes: FakeEnvironment, started_runners: list[EffectRunner]) -> EffectRunner:
    """A runner with the real journey, started."""
    kiosk = KioskProfile(kiosk_id="KKN07", area="40", idle_seconds=1e9)
    runner = EffectRunner(
        Journey(kiosk=kiosk, environment=Environment(enrolled=True)), fakes.devices(), fakes.services(), lambda: None
    )
    started_runners.append(runner)
    runner.start()
    return runner


def wait_until(runner: EffectRunner, condition: Callable[[], Any]) -> None:
    """Run the runner until a condition holds."""

    def check_or_pump() -> bool:
        if condition():
            return True
        runner.pump()
        return False

    waiting.wait_until(check_or_pump, interval_s=0.002)


def request_effect(runner: EffectRunner, recorder: RecordingStep, effect: effects.Effect) -> None:
    recorder.next_effects = [effect]
    runner.send(events.ScreenTouched())


def visit_of(runner: EffectRunner) -> Visit:
    assert runner.journey.visit is not None
    return runner.journey.visit


EFFECTS_WITH_RESULT: list[tuple[effects.Effect, str, type]] = [
    (effects.ReadCard(REQUEST_ID), "read card", events.CardReadFailed),
    (effects.ReadCitizenId(REQUEST_ID), "read card id", events.CardReadFailed),
    (effects.ScanPages(REQUEST_ID), "scan", events.ScanFailed),
    (effects.ScanPages(REQUEST_ID), "prepare", events.ScanFailed),
    (effects.RecognisePage(REQUEST_ID, PAGE_ID), "recognise", events.RecognitionFailed),
    (effects.RotatePicture(REQUEST_ID, PAGE_ID), "prepare", events.RecognitionFailed),
    (effects.SaveSubmission(REQUEST_ID, ONE_PAGE, "th"), "save", events.SaveFailed),
    (effects.PrintReceipt(REQUEST_ID, SAVED_SUBMISSION, "th", 1, 1, date_known=True), "draw", events.PrintFinished),
    (effects.PrintReceipt(REQUEST_ID, SAVED_SUBMISSION, "th", 1, 1, date_known=True), "print", events.PrintFinished),
    (effects.ReadReceiptCode(REQUEST_ID), "scan", events.ReceiptCodeReadFailed),
    (effects.ReadReceiptCode(REQUEST_ID), "find code", events.ReceiptCodeReadFailed),
    (effects.LookUp(REQUEST_ID, SAVED_SUBMISSION.code, "th"), "look up", events.LookUpFailed),
    (effects.SendRating(REQUEST_ID, SAVED_SUBMISSION.code, (("7", 5),), "th"), "rate", events.RatingFailed),
]
EFFECT_IDS = [f"{type(effect).__name__} at {call}" for effect, call, _ in EFFECTS_WITH_RESULT]


PROGRESS = (events.ScanProgress, events.ReadingProgress)


def final_answers(recorder: RecordingStep) -> list[events.Event]:
    return [
        event
        for event in recorder.events
        if getattr(event, "request_id", None) == REQUEST_ID
        and not isinstance(event, events.ScanProgress | events.ReadingProgress)
    ]


def test_every_effect_with_a_result_is_listed() -> None:
    kinds_with_result = {kind for kind in effects.Effect.__subclasses__() if "request_id" in kind.__annotations__}
    assert {type(effect) for effect, _, _ in EFFECTS_WITH_RESULT} == kinds_with_result


@pytest.mark.parametrize(("effect", "call", "failure"), EFFECTS_WITH_RESULT, ids=EFFECT_IDS)
def test_a_successful_effect_has_one_result(
    recording_runner: EffectRunner, recorder: RecordingStep, effect: effects.Effect, call: str, failure: type
) -> None:
    request_effect(recording_runner, recorder, effect)
    wait_until(recording_runner, lambda: final_answers(recorder))
    wait_until(recording_runner, lambda: all(worker.is_idle for worker in recording_runner._workers))
    recording_runner.pump()
    (answer,) = final_answers(recorder)
    assert failure is events.PrintFinished or not isinstance(answer, failure)


@pytest.mark.parametrize(("effect", "call", "failure"), EFFECTS_WITH_RESULT, ids=EFFECT_IDS)
def test_a_failing_effect_has_one_result_and_logs_no_personal_data(
    recording_runner: EffectRunner,
    recorder: RecordingStep,
    fakes: FakeEnvironment,
    caplog: pytest.LogCaptureFixture,
    effect: effects.Effect,
    call: str,
    failure: type,
) -> None:
    caplog.set_level(logging.DEBUG)

    def broken() -> None:
        raise RuntimeError(" ".join(SECRETS))

    fakes.behaviour[call] = broken
    request_effect(recording_runner, recorder, effect)
    wait_until(recording_runner, lambda: final_answers(recorder))
    wait_until(recording_runner, lambda: all(worker.is_idle for worker in recording_runner._workers))
    recording_runner.pump()
    assert [type(answer) for answer in final_answers(recorder)] == [failure]
    assert "RuntimeError" in caplog.text
    assert not [secret for secret in SECRETS if secret in caplog.text]


@pytest.mark.parametrize(("effect", "call", "failure"), EFFECTS_WITH_RESULT, ids=EFFECT_IDS)
def test_a_hanging_effect_has_one_result_at_its_deadline(
    recording_runner: EffectRunner,
    recorder: RecordingStep,
    fakes: FakeEnvironment,
    effect: effects.Effect,
    call: str,
    failure: type,
) -> None:
    begun, release = threading.Event(), threading.Event()

    def hang() -> None:
        begun.set()
        release.wait(10)
        raise RuntimeError("came back")

    fakes.behaviour[call] = hang
    request_effect(recording_runner, recorder, effect)
    assert begun.wait(20)
    for worker in recording_runner._workers:
        worker.check_deadline(FAR_FUTURE)
    recording_runner.pump()
    assert [type(answer) for answer in final_answers(recorder)] == [failure]
    release.set()
    wait_until(recording_runner, lambda: not any(worker._hung_count for worker in recording_runner._workers))
    recording_runner.pump()
    assert len(final_answers(recorder)) == 1


def test_an_effect_that_cannot_start_has_a_result(recording_runner: EffectRunner, recorder: RecordingStep) -> None:
    request_effect(recording_runner, recorder, effects.RecognisePage(REQUEST_ID, "no such page"))
    wait_until(recording_runner, lambda: final_answers(recorder))
    assert final_answers(recorder) == [events.RecognitionFailed(REQUEST_ID, "no such page")]


def test_the_citizen_is_asked_about_a_probably_printed_receipt(
    recording_runner: EffectRunner, recorder: RecordingStep, fakes: FakeEnvironment
) -> None:
    begun, release = threading.Event(), threading.Event()
    fakes.behaviour["print"] = hanging_call(begun, release)
    request_effect(
        recording_runner, recorder, effects.PrintReceipt(REQUEST_ID, SAVED_SUBMISSION, "th", 0, 2, date_known=True)
    )
    assert begun.wait(20)
    assert fakes.calls_of("print") == [(f"{SAVED_SUBMISSION.submission_id}:2",)]
    recording_runner._print_effects.worker.check_deadline(FAR_FUTURE)
    recording_runner.pump()
    expected = events.PrintFinished(REQUEST_ID, PrintVerdict.PROBABLY_PRINTED, PrinterStatus.UNRESPONSIVE)
    assert final_answers(recorder) == [expected]
    release.set()


def test_a_receipt_that_could_not_be_drawn_counts_as_not_printed(
    recording_runner: EffectRunner, recorder: RecordingStep, fakes: FakeEnvironment
) -> None:
    fakes.behaviour["draw"] = lambda: 1 / 0
    request_effect(
        recording_runner, recorder, effects.PrintReceipt(REQUEST_ID, SAVED_SUBMISSION, "th", 0, 1, date_known=True)
    )
    wait_until(recording_runner, lambda: final_answers(recorder))
    assert final_answers(recorder) == [events.PrintFinished(REQUEST_ID, PrintVerdict.NOT_PRINTED, PrinterStatus.READY)]
    assert fakes.calls_of("print") == []


def test_a_queued_print_is_cancelled_at_the_end_of_the_visit(
    recording_runner: EffectRunner, recorder: RecordingStep, fakes: FakeEnvironment
) -> None:
    begun, release = threading.Event(), threading.Event()
    fakes.behaviour["printer status"] = hanging_call(begun, release, PrinterStatus.READY)
    recording_runner.tick(100.0)
    assert begun.wait(20)
    request_effect(
        recording_runner, recorder, effects.PrintReceipt(REQUEST_ID, SAVED_SUBMISSION, "th", 0, 1, date_known=True)
    )
    request_effect(recording_runner, recorder, effects.EraseVisitData(1))
    release.set()
    wait_until(recording_runner, lambda: recording_runner._print_effects.worker.is_idle)
    assert fakes.calls_of("print") == []


def test_the_error_of_a_driver_is_passed_on(
    recording_runner: EffectRunner, recorder: RecordingStep, fakes: FakeEnvironment
) -> None:
    def fail(error: Exception) -> Callable[[], None]:
        def call() -> None:
            raise error

        return call

    fakes.behaviour["read card"] = fail(CardReadError(CardFault.MUTE))
    fakes.behaviour["scan"] = fail(ScanError(ScannerStatus.JAM))
    fakes.behaviour["save"] = fail(SaveError(Fault.STORE_FULL))
    for effect in (
        effects.ReadCard(REQUEST_ID),
        effects.ScanPages(REQUEST_ID),
        effects.SaveSubmission(REQUEST_ID, ONE_PAGE, "th"),
    ):
        request_effect(recording_runner, recorder, effect)
    wait_until(recording_runner, lambda: len(final_answers(recorder)) == 3)
    assert set(final_answers(recorder)) == {
        events.CardReadFailed(REQUEST_ID, CardFault.MUTE),
        events.ScanFailed(REQUEST_ID, ScannerStatus.JAM),
        events.SaveFailed(REQUEST_ID, Fault.STORE_FULL),
    }


def test_a_pin_is_checked_on_a_worker_without_blocking(recording_runner: EffectRunner, recorder: RecordingStep) -> None:
    hashed = hash_pin("246810", bytes(16))
    for number, pin in ((1, "246810"), (2, "246811")):
        began = time.process_time()
        request_effect(recording_runner, recorder, effects.CheckPin(number, pin, hashed))
        result = events.PinChecked(number, correct=number == 1)
        assert result not in recorder.events, "the drawing thread continued"
        wait_until(recording_runner, partial(contains, recorder.events, result))
        assert time.process_time() - began > 0.05
    assert [event for event in recorder.events if isinstance(event, events.PinChecked)] == [
        events.PinChecked(1, correct=True),
        events.PinChecked(2, correct=False),
    ]


def test_stopping_a_scan_does_not_stop_recognition(
    recording_runner: EffectRunner, recorder: RecordingStep, fakes: FakeEnvironment
) -> None:
    release = threading.Event()
    fakes.behaviour["scan"] = lambda: release.wait(10) and b"raw"
    fakes.behaviour["recognise"] = lambda: release.wait(10)
    request_effect(recording_runner, recorder, effects.RecognisePage(REQUEST_ID, PAGE_ID))
    request_effect(recording_runner, recorder, effects.ScanPages(REQUEST_ID))
    wait_until(recording_runner, lambda: fakes.calls_of("scan") and fakes.calls_of("recognise"))
    request_effect(recording_runner, recorder, effects.StopScan(1))
    assert fakes.calls_of("scan")[0][0].is_set()
    assert not fakes.calls_of("recognise")[0][1].is_set()
    release.set()


def test_dropping_or_rotating_a_page_cancels_its_recognition(
    recording_runner: EffectRunner, recorder: RecordingStep, fakes: FakeEnvironment
) -> None:
    release = threading.Event()
    fakes.behaviour["recognise"] = lambda: release.wait(10)
    request_effect(recording_runner, recorder, effects.RecognisePage(REQUEST_ID, PAGE_ID))
    wait_until(recording_runner, lambda: fakes.calls_of("recognise"))
    request_effect(recording_runner, recorder, effects.DropPage(PAGE_ID))
    assert fakes.calls_of("recognise")[0][1].is_set()
    assert PAGE_ID not in recording_runner.pages
    release.set()


def test_progress_is_posted_in_steps(recording_runner: EffectRunner, recorder: RecordingStep) -> None:
    request_effect(recording_runner, recorder, effects.ScanPages(REQUEST_ID))
    wait_until(recording_runner, lambda: final_answers(recorder))
    fractions = [event.fraction for event in recorder.events if isinstance(event, events.ScanProgress)]
    assert fractions == sorted(fractions)
    assert 40 <= len(fractions) <= 51


class TestFeeder:
    @pytest.fixture(autouse=True)
    def _stack(self, fakes: FakeEnvironment) -> None:
        fakes.source, fakes.pages = Source.FEEDER, [b"one", b"two", b"three"]

    def outcome(self, recorder: RecordingStep) -> list[tuple[Any, ...]]:
        return [
            (event.page.page_id, event.more_pages_follow)
            if isinstance(event, events.PageScanned)
            else (type(event).__name__,)
            for event in final_answers(recorder)
        ]

    def test_pages_are_posted_one_by_one_before_the_end(
        self, recording_runner: EffectRunner, recorder: RecordingStep, fakes: FakeEnvironment
    ) -> None:
        request_effect(recording_runner, recorder, effects.ScanPages(REQUEST_ID, 20))
        wait_until(recording_runner, lambda: events.ScanEnded(REQUEST_ID) in recorder.events)
        assert self.outcome(recorder) == [("1-1", True), ("1-2", True), ("1-3", True), ("ScanEnded",)]
        assert [call[0] for call in fakes.calls_of("prepare")] == [b"one", b"two", b"three"]

    def test_a_feeder_scans_no_more_pages_than_the_letter_may_have(
        self, recording_runner: EffectRunner, recorder: RecordingStep
    ) -> None:
        request_effect(recording_runner, recorder, effects.ScanPages(REQUEST_ID, 2))
        wait_until(recording_runner, lambda: events.ScanEnded(REQUEST_ID) in recorder.events)
        assert len(self.outcome(recorder)) == 3

    def test_a_failure_is_posted_after_the_pages_before_it(
        self, recording_runner: EffectRunner, recorder: RecordingStep, fakes: FakeEnvironment
    ) -> None:
        fakes.behaviour["scan"] = lambda: b"fine" if len(fakes.calls_of("scan")) < 3 else jammed_result()
        request_effect(recording_runner, recorder, effects.ScanPages(REQUEST_ID, 20))
        wait_until(recording_runner, lambda: len(final_answers(recorder)) == 3)
        assert self.outcome(recorder) == [("1-1", True), ("1-2", True), ("ScanFailed",)]

    @pytest.mark.parametrize(("blank", "expected"), [((1,), 3), ((0, 1, 2), 1)])
    def test_blank_backs_are_left_out(
        self,
        recording_runner: EffectRunner,
        recorder: RecordingStep,
        fakes: FakeEnvironment,
        blank: tuple[int, ...],
        expected: int,
    ) -> None:
        fakes.source = Source.DUPLEX
        fakes.behaviour["prepare"] = lambda: Picture(
            b"jpeg", 1000, 1400, b"small", blank=len(fakes.calls_of("prepare")) - 1 in blank
        )
        request_effect(recording_runner, recorder, effects.ScanPages(REQUEST_ID, 20))
        wait_until(recording_runner, lambda: len(final_answers(recorder)) == expected)
        last = final_answers(recorder)[-1]
        assert last == (
            events.ScanEnded(REQUEST_ID) if expected > 1 else events.ScanFailed(REQUEST_ID, ScannerStatus.NO_PAPER)
        )


def jammed_result() -> bytes:
    raise ScanError(ScannerStatus.JAM)


def test_send_pressed_again_after_a_late_save_does_not_save_twice(
    recording_runner: EffectRunner, recorder: RecordingStep, fakes: FakeEnvironment
) -> None:
    begun, release = threading.Event(), threading.Event()
    fakes.behaviour["save"] = hanging_call(begun, release, SAVED_SUBMISSION)
    request_effect(recording_runner, recorder, effects.SaveSubmission(REQUEST_ID, ONE_PAGE, "th"))
    assert begun.wait(20)
    recording_runner._store_worker.check_deadline(FAR_FUTURE)
    recording_runner.pump()
    assert final_answers(recorder) == [events.SaveFailed(REQUEST_ID, Fault.SAVE_FAILED)]
    release.set()
    wait_until(recording_runner, lambda: not recording_runner._store_worker.is_stuck)
    again = replace(REQUEST_ID, sequence=78)
    request_effect(recording_runner, recorder, effects.SaveSubmission(again, ONE_PAGE, "th"))
    wait_until(recording_runner, lambda: events.SaveSucceeded(again, SAVED_SUBMISSION) in recorder.events)
    assert len(fakes.calls_of("save")) == 1


def test_a_saved_submission_has_its_pages_in_order(
    recording_runner: EffectRunner, recorder: RecordingStep, fakes: FakeEnvironment
) -> None:
    recording_runner.pages.put("1-2", b"second", b"s")
    draft = replace(ONE_PAGE, pages=(LetterPage("1-2", 1, 1), LetterPage(PAGE_ID, 1, 1)))
    request_effect(recording_runner, recorder, effects.SaveSubmission(REQUEST_ID, draft, "en"))
    request_effect(recording_runner, recorder, effects.EraseVisitData(1))
    wait_until(recording_runner, lambda: final_answers(recorder))
    assert fakes.calls_of("save") == [(draft, "en", (b"second", b"picture"))]


def test_a_status_is_sent_only_when_it_changes(runner: EffectRunner, fakes: FakeEnvironment) -> None:
    seen: list[PrinterStatus] = []
    runner._on_change = lambda journey: seen.append(journey.environment.printer)
    now = time.monotonic()
    runner.tick(now)
    wait_until(runner, lambda: runner.journey.environment.printer is PrinterStatus.READY)
    fakes.behaviour["printer status"] = lambda: PrinterStatus.PAPER_OUT
    runner.tick(now + 4)
    wait_until(runner, lambda: runner.journey.environment.printer is PrinterStatus.PAPER_OUT)
    call_count = len(fakes.calls_of("printer status"))
    runner.tick(now + 5)
    assert len(fakes.calls_of("printer status")) == call_count


def test_absent_devices_are_reported(fakes: FakeEnvironment, started_runners: list[EffectRunner]) -> None:
    runner = EffectRunner(Journey(), Devices(), fakes.services(), lambda: None)
    started_runners.append(runner)
    runner.start()
    environment = runner.journey.environment
    assert (environment.card_reader, environment.printer, environment.scanner) == (
        CardReaderStatus.NO_READER,
        PrinterStatus.ABSENT,
        ScannerStatus.ABSENT,
    )


def open_identify(runner: EffectRunner, fakes: FakeEnvironment) -> None:
    wait_until(runner, lambda: runner.journey.environment.card_reader is CardReaderStatus.EMPTY)
    fakes.slot_status = CardReaderStatus.CARD_PRESENT
    wait_until(runner, lambda: runner.journey.screen is Screen.NOTICE)
    runner.send(events.AcceptNotice(1.0))


def test_a_card_is_read_and_sets_the_area(runner: EffectRunner, fakes: FakeEnvironment) -> None:
    open_identify(runner, fakes)
    wait_until(runner, lambda: visit_of(runner).card_phase is CardPhase.READ)
    assert visit_of(runner).draft.card == BOONMA
    assert visit_of(runner).draft.area == "400115"


def test_a_card_with_an_unknown_address_is_read(runner: EffectRunner, fakes: FakeEnvironment) -> None:
    fakes.behaviour["read card"] = lambda: replace(BOONMA, address=CardAddress(raw="99 ที่ไหนสักแห่ง"))
    open_identify(runner, fakes)
    wait_until(runner, lambda: visit_of(runner).card_phase is CardPhase.READ)
    assert visit_of(runner).draft.area == "40"


def test_a_reader_that_hangs_is_watched_again(
    runner: EffectRunner, fakes: FakeEnvironment, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(card_effects, "CARD_DEADLINE_S", 0.05)
    monkeypatch.setattr(card_effects, "WATCH_RETRY_PAUSE_S", 0.05)
    release = threading.Event()
    fakes.behaviour["read card"] = lambda: release.wait(10)
    open_identify(runner, fakes)
    wait_until(runner, lambda: fakes.calls_of("read card"))
    time.sleep(0.06)
    runner.tick()
    assert visit_of(runner).card_phase is CardPhase.FAILED
    assert runner.journey.environment.card_reader is CardReaderStatus.UNRESPONSIVE
    monkeypatch.setattr(card_effects, "CARD_DEADLINE_S", 20.0)  # the recovered reader may be slow
    del fakes.behaviour["read card"]
    wait_until(runner, lambda: visit_of(runner).card_phase is CardPhase.READ)
    assert len(fakes.calls_of("watch")) == 2
    release.set()


def scan_a_page(runner: EffectRunner, fakes: FakeEnvironment) -> LetterPage:
    runner.send(events.BeginVisit())
    for event in (events.AcceptNotice(1.0), events.ContinueWithoutCard(), events.ChooseTopic(Topic.LAND)):
        runner.send(event)
    while runner.journey.screen is not Screen.STORY:
        runner.send(events.Next())
    runner.send(events.SwitchToScan())
    runner.send(events.ScanPage())
    wait_until(runner, lambda: visit_of(runner).draft.pages and visit_of(runner).draft.pages[0].lines is not None)
    return visit_of(runner).draft.pages[0]


def test_a_page_is_scanned_stored_recognised_and_rotated(runner: EffectRunner, fakes: FakeEnvironment) -> None:
    page = scan_a_page(runner, fakes)
    assert page.current_text == "ไฟดับทุกคืน"
    assert runner.pages.picture(page.page_id) == b"jpeg of raw"
    runner.send(events.RotatePage(page.page_id))
    wait_until(runner, lambda: visit_of(runner).draft.pages[0].width == 1001)
    assert runner.pages.picture(page.page_id) == b"jpeg of jpeg of raw"
    runner.send(events.RemovePage(page.page_id))
    assert page.page_id not in runner.pages


def scan_sideways_page(fakes: FakeEnvironment, quarters: int, is_readable: bool = True) -> None:
    line = RecognisedLine("ไฟดับทุกคืน", 91.0, is_uncertain=False, box=(0.0, 0.0, 0.2, 0.1))
    fakes.behaviour["recognise"] = lambda: RecognisedText((line,), is_readable, 91.0, quarter_turns=quarters)


def test_a_page_scanned_sideways_is_stored_upright(runner: EffectRunner, fakes: FakeEnvironment) -> None:
    scan_sideways_page(fakes, 3)
    page = scan_a_page(runner, fakes)
    assert (page.width, page.height, page.picture_version) == (1400, 1000, 1)
    assert runner.pages.picture(page.page_id) == b"jpeg of jpeg of raw"
    assert fakes.calls_of("prepare")[-1][1] == 3
    assert page.current_text == "ไฟดับทุกคืน"


def test_the_first_line_is_shown_before_the_page_is_recognised(runner: EffectRunner, fakes: FakeEnvironment) -> None:
    shown: list[tuple[str, float]] = []

    def recognise(jpeg: bytes, cancel: threading.Event, on_line: Callable[[RecognisedLine, float], None]) -> object:
        lines = [RecognisedLine(text, 91.0, is_uncertain=False) for text in ("บรรทัดแรก", "บรรทัดที่สอง")]
        on_line(lines[0], 0.5)
        on_line(lines[1], 0.6)  # too soon after the first to lay the text out again
        waiting.wait_until(lambda: bool(visit_of(runner).draft.pages[0].lines_so_far))
        page = visit_of(runner).draft.pages[0]
        shown.append(("".join(line.text for line in page.lines_so_far), page.read_fraction))
        assert page.current_text == ""
        return RecognisedText(tuple(lines), is_readable=True, confidence=91.0)

    fakes.recognise = recognise  # type: ignore[method-assign, assignment]
    page = scan_a_page(runner, fakes)
    assert shown == [("บรรทัดแรก", 0.5)]
    assert (page.lines_so_far, page.read_fraction) == ((), 0.0)
    assert page.current_text == "บรรทัดแรก\nบรรทัดที่สอง"


def test_an_unreadable_page_is_not_rotated(runner: EffectRunner, fakes: FakeEnvironment) -> None:
    scan_sideways_page(fakes, 2, is_readable=False)
    page = scan_a_page(runner, fakes)
    assert page.picture_version == 0
    assert runner.pages.picture(page.page_id) == b"jpeg of raw"


def test_a_page_rotated_by_hand_is_not_rotated_again(runner: EffectRunner, fakes: FakeEnvironment) -> None:
    page = scan_a_page(runner, fakes)
    scan_sideways_page(fakes, 1)
    runner.send(events.RotatePage(page.page_id))
    wait_until(runner, lambda: visit_of(runner).draft.pages[0].lines is not None)
    page = visit_of(runner).draft.pages[0]
    assert (page.picture_version, page.rotated_by_hand, len(fakes.calls_of("prepare"))) == (1, True, 2)
    assert page.lines is not None
    assert page.lines[0].box == (0.0, 0.8, 0.1, 1.0), "its places are on the picture as the citizen turned it"


def test_a_late_upright_picture_does_not_replace_one_rotated_by_hand(
    runner: EffectRunner, fakes: FakeEnvironment
) -> None:
    page = scan_a_page(runner, fakes)
    late = events.PageRecognised(RequestId(visit_of(runner).visit_id, 9999), page.page_id, (), True, 90.0, 1)
    ready = PictureReady(late.request_id, page, b"another", b"small", is_rotated=False, recognised=late)
    runner._post(ready)
    runner.pump()
    assert runner.pages.picture(page.page_id) == b"jpeg of raw"


def test_the_end_of_a_visit_leaves_no_picture(runner: EffectRunner, fakes: FakeEnvironment) -> None:
    page = scan_a_page(runner, fakes)
    runner.send(events.StartOver())
    runner.send(events.ConfirmStartOver())
    assert runner.journey.visit is None
    assert page.page_id not in runner.pages
    assert fakes.calls_of("erase note")


def test_a_page_that_arrives_after_the_visit_leaves_nothing_behind(
    runner: EffectRunner, fakes: FakeEnvironment
) -> None:
    scan_a_page(runner, fakes)
    begun, release = threading.Event(), threading.Event()
    late = Picture(b"late", 1, 1, b"l")
    fakes.behaviour["prepare"] = hanging_call(begun, release, late)
    runner.send(events.ScanPage())
    assert begun.wait(20)
    runner.send(events.StartOver())
    runner.send(events.ConfirmStartOver())
    release.set()
    wait_until(runner, lambda: runner._scan_effects.image_worker.is_idle)
    runner.pump()
    assert runner.pages._pictures == {}


def test_a_cancelled_page_is_not_stored(runner: EffectRunner, fakes: FakeEnvironment) -> None:
    page = scan_a_page(runner, fakes)
    begun, release = threading.Event(), threading.Event()
    late = Picture(b"late", 1, 1, b"l")
    fakes.behaviour["prepare"] = hanging_call(begun, release, late)
    runner.send(events.ScanPage())
    assert begun.wait(20)
    runner.send(events.CancelScan())
    release.set()
    wait_until(runner, lambda: runner._scan_effects.image_worker.is_idle)
    runner.pump()
    assert set(runner.pages._pictures) == {page.page_id}


def saved_visit(runner: EffectRunner, fakes: FakeEnvironment) -> None:
    scan_a_page(runner, fakes)
    while runner.journey.screen is not Screen.REVIEW:
        runner.send(events.Next())
    runner.send(events.SubmitComplaint())
    wait_until(runner, lambda: runner.journey.screen is Screen.RECEIPT)


def test_a_confirmed_complaint_is_saved_and_its_receipt_printed(runner: EffectRunner, fakes: FakeEnvironment) -> None:
    saved_visit(runner, fakes)
    assert fakes.note == ReceiptNote(SAVED_SUBMISSION, "th")
    assert fakes.calls_of("print") == []  # not before code and case number are visible
    runner.tick()
    wait_until(runner, lambda: runner.journey.environment.printer is PrinterStatus.READY)
    runner.send(events.ScreenShown(Screen.RECEIPT))
    wait_until(runner, lambda: visit_of(runner).print_phase is PrintPhase.DONE)
    assert visit_of(runner).print_verdict is PrintVerdict.PRINTED
    runner.send(events.Finish())
    assert runner.journey.screen is Screen.FAREWELL
    assert fakes.note is None, "an interface restarted during the farewell does not show the code"
    wait_until(runner, lambda: fakes.calls_of("confirm") == [(SAVED_SUBMISSION.submission_id, True)])
    runner.send(events.Finish())


def test_a_restart_reopens_the_receipt(fakes: FakeEnvironment, started_runners: list[EffectRunner]) -> None:
    fakes.note = ReceiptNote(SAVED_SUBMISSION, "en")
    runner = EffectRunner(
        Journey(environment=Environment(enrolled=True)), fakes.devices(), fakes.services(), lambda: None
    )
    started_runners.append(runner)
    runner.start()
    assert runner.journey.screen is Screen.RECEIPT
    assert visit_of(runner).saved == SAVED_SUBMISSION
    assert runner.journey.accessibility.language == "en"


def test_a_staff_call_is_reported_at_once(runner: EffectRunner, fakes: FakeEnvironment) -> None:
    runner.send(events.RequestStaff())
    wait_until(runner, lambda: (True,) in fakes.calls_of("tell"))


def _raise_full() -> None:
    raise OSError(errno.ENOSPC, "No space left on device")


def test_a_full_disk_stops_new_visits_when_no_report_can_be_written(
    runner: EffectRunner, fakes: FakeEnvironment
) -> None:
    fakes.behaviour = {"look around": lambda: events.EnvironmentChanged(outbox_writable=False), "tell": _raise_full}
    runner.tick(time.monotonic())
    wait_until(runner, lambda: runner.journey.fault is Fault.STORE_FULL)
    fakes.behaviour = {"look around": lambda: events.EnvironmentChanged(outbox_writable=True), "tell": _raise_full}
    runner.tick(FAR_FUTURE)
    wait_until(runner, lambda: runner.journey.screen is Screen.ATTRACT)


def test_during_a_staff_call_the_answer_is_polled_every_second(runner: EffectRunner, fakes: FakeEnvironment) -> None:
    def answered(at: float) -> int:
        """A busy worker is polled at the next tick."""
        runner.tick(at)
        return len(fakes.calls_of("call answer"))

    fakes.behaviour["call answer"] = lambda: events.StaffCallResponded(1, StaffCallResponse.COMING)
    runner.tick(999.0)
    runner.send(events.RequestStaff())
    wait_until(runner, lambda: (True,) in fakes.calls_of("tell"))
    wait_until(runner, lambda: answered(1000.0) == 1)
    wait_until(
        runner,
        lambda: (
            runner.journey.staff_call is not None and runner.journey.staff_call.response is StaffCallResponse.COMING
        ),
    )
    assert answered(1000.9) == 1
    wait_until(runner, lambda: answered(1001.1) == 2)
    runner.send(events.CancelStaffCall())
    wait_until(runner, lambda: fakes.calls_of("tell")[-1] == (False,))
    calls_before = len(fakes.calls_of("look around"))
    wait_until(runner, lambda: answered(1020.0) and len(fakes.calls_of("look around")) > calls_before)
    assert answered(1030.0) == 2


def test_a_failing_environment_read_reports_a_broken_store(runner: EffectRunner, fakes: FakeEnvironment) -> None:
    fakes.behaviour["look around"] = _raise_full
    runner.tick(time.monotonic())
    wait_until(runner, lambda: runner.journey.fault is Fault.STORE_BROKEN)


def test_a_report_that_cannot_be_written_is_a_finding(tmp_path: Path) -> None:
    settings = parse({"paths": {"state": str(tmp_path / "state"), "runtime": str(tmp_path)}})
    report_errors: list[str] = []

    def findings(devices: Mapping[str, str], report_error: str) -> tuple[str, ...]:
        report_errors.append(report_error)
        return ()

    link = CentreLink(settings.paths.state, FakeEnvironment().look_up, FakeEnvironment().rate, findings)
    link.write_report(Journey())
    link.write_report(Journey())
    settings.paths.state.mkdir()
    link.write_report(Journey())
    link.write_report(Journey())
    assert report_errors == ["", "No such file or directory", "No such file or directory", ""]


def test_an_unknown_store_error_counts_as_a_broken_store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    outbox_service = OutboxService(tmp_path, tmp_path)
    monkeypatch.setattr(outbox_service, "load_enrolment", object)
    monkeypatch.setattr(outbox_service, "open_outbox", _raise_full)
    assert outbox_service.storage_fault() is Fault.STORE_BROKEN


def test_an_error_in_the_journey_ends_only_the_visit(
    fakes: FakeEnvironment, started_runners: list[EffectRunner], caplog: pytest.LogCaptureFixture
) -> None:
    def broken(journey: Journey, event: events.Event) -> tuple[Journey, tuple[effects.Effect, ...]]:
        raise KeyError("บุญมา")

    before = Journey(visit=Visit(visit_id=4, draft=ONE_PAGE), next_visit_id=5, environment=Environment(enrolled=True))
    runner = EffectRunner(before, Devices(), fakes.services(), lambda: None, step=broken)
    started_runners.append(runner)
    runner.pages.put(PAGE_ID, b"picture", b"small")
    runner.send(events.Next())
    assert (runner.journey.screen, runner.journey.fault) == (Screen.FAULT, Fault.UNEXPECTED)
    assert runner.journey.visit is None
    assert runner.journey.next_visit_id == 5
    assert PAGE_ID not in runner.pages
    assert "KeyError" in caplog.text
    assert "บุญมา" not in caplog.text


def test_every_result_wakes_the_drawing_thread(
    fakes: FakeEnvironment, started_runners: list[EffectRunner], recorder: RecordingStep
) -> None:
    woken = threading.Event()
    runner = EffectRunner(Journey(), fakes.devices(), fakes.services(), woken.set, step=recorder)
    started_runners.append(runner)
    request_effect(runner, recorder, effects.ReadCitizenId(REQUEST_ID))
    assert woken.wait(20)


def test_stopping_ends_every_thread(fakes: FakeEnvironment, started_runners: list[EffectRunner]) -> None:
    before = set(threading.enumerate())
    runner = EffectRunner(Journey(), fakes.devices(), fakes.services(), lambda: None)
    runner.start()
    runner.tick()
    wait_until(runner, lambda: runner.journey.environment.printer is PrinterStatus.READY)
    assert set(threading.enumerate()) - before
    runner.stop()
    assert not set(threading.enumerate()) - before
