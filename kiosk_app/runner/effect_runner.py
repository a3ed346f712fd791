"""Performs the effects of the journey and returns their results as events.

One thread, the drawing thread, owns the journey: it calls `send`, `pump` and `tick`. Everything that may block runs on
a worker (see workers); results wait in a queue, and `wake` asks the drawing thread to `pump`. Every effect with a
request id has exactly one final result: that of its call, its failure result, or its worker's time-out result. The
effects of each device are in card_effects, scan_effects and print_effects.
"""

import logging
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from queue import Empty, SimpleQueue
from typing import Any

from PIL import Image

from drivers.ports.card_reader import CardFault, CardReaderStatus
from drivers.ports.letter_scanner import ScannerStatus
from drivers.ports.receipt_printer import PrinterStatus, PrintVerdict
from journey import effects, events, scan_flow
from journey.device_tests import DeviceTest, DeviceUnderTest
from journey.faults import Fault
from journey.pin import pin_matches
from journey.screens import Screen
from journey.setup.setup_state import SetupTask, TaskOutcome
from journey.state import Journey, SavedSubmission
from journey.step import step as journey_step
from kiosk_app.outbox.receipt_note import ReceiptNote
from kiosk_app.runner.card_effects import CardEffects
from kiosk_app.runner.ports import Devices, SaveError, Services
from kiosk_app.runner.print_effects import PrintEffects
from kiosk_app.runner.scan_effects import PictureReady, ScanEffects, WorkerResult
from kiosk_app.runner.workers import Job, Worker, describe_error_without_data

log = logging.getLogger(__name__)

Step = Callable[[Journey, events.Event], tuple[Journey, tuple[effects.Effect, ...]]]

# Deadlines in seconds: the time of the slowest healthy device, and a margin.
PRINTER_STATUS_DEADLINE_S = 10.0
SCANNER_STATUS_DEADLINE_S = 20.0  # some back ends search the network
SAVE_DEADLINE_S = 30.0
LOOK_UP_DEADLINE_S = 20.0
HEALTH_DEADLINE_S = 30.0
BACKLIGHT_DEADLINE_S = 5.0
PIN_CHECK_DEADLINE_S = 10.0  # one check takes 1 s, on a slow processor 4 s
SETUP_TASK_DEADLINE_S = 120.0  # the slowest: a network that does not connect, and its profile from before
DEVICE_TEST_DEADLINE_S = 90.0  # the slowest page of a scanner, or a slip and its barrier

# Seconds between two polls of devices and services that do not report changes.
PRINTER_POLL_S = 3.0
SCANNER_POLL_S = 60.0  # each poll starts a process that opens the device
SCANNER_FAULT_POLL_S = 1.0  # while its fault is on the screen: a poll takes 0.3 s, so the fault clears within 3 s
HEALTH_POLL_S = 5.0
PENDING_POLL_S = 1.0  # while a citizen waits for the centre: for staff, or for the acknowledgement of a complaint

# A check that fails or hangs counts as a broken store: no visit may begin if it perhaps cannot be saved.
STORE_UNAVAILABLE = events.EnvironmentChanged(outbox_writable=False, outbox_damaged=True)


class EffectRunner:
    """The running journey with its devices and services. Make it, `start` it, `stop` it; use it from one thread.

    `wake` is called from any thread when there is something to `pump`; it must return at once. `on_change` is called on
    the drawing thread with each new state of the journey.
    """

    def __init__(
        self,
        journey: Journey,
        devices: Devices,
        services: Services,
        wake: Callable[[], None],
        *,
        on_change: Callable[[Journey], None] = lambda journey: None,
        step: Step = journey_step,
        scan_timeout_s: float = 60.0,
    ) -> None:
        self._journey = journey
        self._devices = devices
        self._services = services
        self._wake = wake
        self._on_change = on_change
        self._step = step
        self._results: SimpleQueue[WorkerResult] = SimpleQueue()
        self._saved: tuple[int, SavedSubmission] | None = None  # (visit id, result of its save)
        self._last_reading: events.EnvironmentChanged | None = None
        self._last_polled_at: dict[str, float] = {}  # monotonic seconds, by name of the poll
        self._card_effects = CardEffects(devices.card_reader, self._post)
        self._print_effects = PrintEffects(devices.printer, lambda: self._journey.kiosk, self._post)
        self._scan_effects = ScanEffects(devices.scanner, services.images, self._post, scan_timeout_s)
        self.pages = self._scan_effects.pages
        # No replacement thread: a save that hangs may still commit, and a second thread could save the visit twice.
        self._store_worker = Worker("store", self._post, max_hung_threads=0)
        self._network_worker = Worker("network", self._post)
        self._environment_worker = Worker("environment", self._post)  # separate: never waits for a report to be written
        self._background_worker = Worker("health", self._post)
        self._backlight_worker = Worker("backlight", self._post)  # separate: waking the screen waits for nothing else
        self._setup_worker = Worker("setup", self._post)
        self._workers: tuple[Worker[Any], ...] = (
            # Before the image worker it feeds: no page may pass from one to the other while both are being cancelled.
            self._scan_effects.scan_worker,
            self._scan_effects.image_worker,
            self._card_effects.worker,
            self._print_effects.worker,
            self._store_worker,
            self._network_worker,
            self._environment_worker,
            self._background_worker,
            self._backlight_worker,
            self._setup_worker,
        )
        self._handlers: dict[type, Callable[[Any], None]] = {
            effects.ReadCard: self._card_effects.read,
            effects.ReadCitizenId: self._card_effects.read_citizen_id,
            effects.ScanPages: self._scan_effects.scan_page,
            effects.StopScan: self._scan_effects.stop_scan,
            effects.RecognisePage: self._scan_effects.recognise,
            effects.RotatePicture: self._scan_effects.rotate,
            effects.DropPage: self._scan_effects.drop_page,
            effects.ReadReceiptCode: self._scan_effects.read_receipt_code,
            effects.PrintReceipt: self._print_effects.print_receipt,
            effects.SaveSubmission: self._save,
            effects.ConfirmReceipt: self._confirm_receipt,
            effects.SaveReceiptNote: self._save_receipt_note,
            effects.LookUp: self._look_up,
            effects.SendRating: self._send_rating,
            effects.ReportStaffCall: self._call_staff,
            effects.CheckPin: self._check_pin,
            effects.RunDeviceTest: self._run_device_test,
            effects.SaveDeviceTests: self._save_device_tests,
            effects.RunSetupTask: self._run_setup_task,
            effects.SaveSetupProgress: self._save_setup_progress,
            effects.Restart: self._restart,
            effects.SwitchBacklight: self._switch_backlight,
            effects.EraseVisitData: self._erase_visit_data,
        }

    @property
    def journey(self) -> Journey:
        """The present state."""
        return self._journey

    # --- the drawing thread ----------------------------------------------------------------------------------------

    def start(self) -> None:
        """Watch the devices, and show a receipt again that a crash of the interface removed from the screen."""
        if self._devices.card_reader is None:
            self.send(events.CardReaderChanged(CardReaderStatus.NO_READER))
        else:
            self._card_effects.start_watching()
        if self._devices.printer is None:
            self.send(events.PrinterChanged(PrinterStatus.ABSENT))
        if self._devices.scanner is None:
            self.send(events.ScannerChanged(ScannerStatus.ABSENT))
        # The previous process may have ended while the backlight was off.
        self._perform_effect(effects.SwitchBacklight(lit=True))
        self.send(events.DeviceTestsLoaded(*self._services.appliance.load_device_tests()))
        self.restore_receipt()

    def restore_receipt(self) -> None:
        """Show the receipt of the receipt note, if there is one."""
        try:
            note = self._services.store.read_receipt_note()
        except Exception as error:
            log.error("the receipt note could not be read: %s", describe_error_without_data(error))
            return
        if note is not None:
            self.send(events.ReceiptRestored(note.saved, note.language))

    def send(self, event: events.Event) -> None:
        """Apply one event to the journey and perform its effects."""
        before = self._journey
        try:
            self._journey, requested = self._step(before, event)
        except Exception as error:
            log.critical("the journey failed on %s: %s", type(event).__name__, describe_error_without_data(error))
            self._journey, requested = _recovered_state(before)
        for effect in requested:
            self._perform_effect(effect)
        if self._journey is not before:
            self._on_change(self._journey)

    def pump(self) -> None:
        """Apply all results that the workers have delivered."""
        while True:
            try:
                result = self._results.get_nowait()
            except Empty:
                return
            if isinstance(result, PictureReady):
                self._store_picture(result)
            elif self._is_change(result):
                self.send(result)

    def print_slip(self, job_id: str, draw: Callable[[], Image.Image]) -> None:
        """Print a slip for staff."""
        self._print_effects.print_slip(job_id, draw)

    def tick(self, now: float | None = None) -> None:
        """Abandon calls past their deadline, poll devices, and send a Tick. Call it a few times a second."""
        now = time.monotonic() if now is None else now
        for worker in self._workers:
            worker.check_deadline(now)
        self.pump()
        self._poll_devices(now)
        self.send(events.Tick(now))

    def stop(self) -> None:
        """End every thread and child process; erase all pages."""
        self._card_effects.stop_watching()
        for worker in self._workers:
            worker.stop()
        self.pages.wipe()

    def _perform_effect(self, effect: effects.Effect) -> None:
        log.debug("%s", type(effect).__name__)
        try:
            self._handlers[type(effect)](effect)
        except Exception as error:
            log.error("%s could not be started: %s", type(effect).__name__, describe_error_without_data(error))
            failed = _failure_event(effect, self._journey)
            if failed is not None:
                self._post(failed)

    def _is_change(self, event: events.Event) -> bool:
        """Whether a result changes anything. If the card reader hangs, its watch is restarted."""
        environment = self._journey.environment
        match event:
            case events.CardReaderChanged(CardReaderStatus.UNRESPONSIVE):
                self._card_effects.restart_watch()
            case events.PrinterChanged(status):
                return status is not environment.printer
            case events.ScannerChanged(status):
                return status is not environment.scanner or self._is_scanner_fault_shown()
            case events.EnvironmentChanged():
                last_reading, self._last_reading = self._last_reading, event
                return event != last_reading
        return True

    def _store_picture(self, ready: PictureReady) -> None:
        """Store a picture and send its event. Afterwards only pictures of the journey's present pages are kept, so none
        of an ended visit."""
        event = self._scan_effects.store_picture(ready, self._journey.visit)
        if event is not None:
            self.send(event)
            visit = self._journey.visit
            self.pages.keep_only([page.page_id for page in visit.draft.pages] if visit else [])

    # --- workers and polling --------------------------------------------------------------------------------------

    def _post(self, result: WorkerResult) -> None:
        self._results.put(result)
        self._wake()

    def _poll_devices(self, now: float) -> None:
        """Submit the polls that are due, each to the worker that also performs the effects of its device."""
        printer, scanner = self._devices.printer, self._devices.scanner
        if printer is not None and self._is_due("printer", self._print_effects.worker, PRINTER_POLL_S, now):
            self._print_effects.worker.submit(
                _status_job(printer, PrinterStatus, events.PrinterChanged, PRINTER_STATUS_DEADLINE_S)
            )
        scanner_poll_s = SCANNER_FAULT_POLL_S if self._is_scanner_fault_shown() else SCANNER_POLL_S
        if scanner is not None and self._is_due("scanner", self._scan_effects.scan_worker, scanner_poll_s, now):
            self._scan_effects.scan_worker.submit(
                _status_job(scanner, ScannerStatus, events.ScannerChanged, SCANNER_STATUS_DEADLINE_S)
            )
        if self._journey.is_staff_called and self._is_due("call", self._background_worker, PENDING_POLL_S, now):
            self._background_worker.submit(
                Job("staff call", self._services.centre.read_call_response, HEALTH_DEADLINE_S)
            )
        environment_poll_s = PENDING_POLL_S if self._is_centre_awaited() else HEALTH_POLL_S
        if self._is_due("environment", self._environment_worker, environment_poll_s, now):
            self._environment_worker.submit(
                Job(
                    "environment",
                    self._services.appliance.read_environment,
                    HEALTH_DEADLINE_S,
                    failure_result=STORE_UNAVAILABLE,
                    timeout_results=(STORE_UNAVAILABLE,),
                )
            )
        if self._is_due("report", self._background_worker, HEALTH_POLL_S, now):
            self._background_worker.submit(
                Job("report", lambda: self._services.centre.write_report(self._journey), HEALTH_DEADLINE_S)
            )

    def _is_scanner_fault_shown(self) -> bool:
        """Whether a citizen sees a fault of the scanner that somebody at the kiosk can clear."""
        visit = self._journey.visit
        return visit is not None and visit.scan_fault in scan_flow.USER_FIXABLE_FAULTS

    def _is_centre_awaited(self) -> bool:
        """Whether a citizen waits for the centre: for a response to a staff call, or for an acknowledgement."""
        visit = self._journey.visit
        is_sent = visit is not None and visit.saved is not None and not visit.acknowledged
        return self._journey.is_staff_called or is_sent

    def _is_due(self, name: str, worker: Worker[Any], interval_s: float, now: float) -> bool:
        """Whether to poll now: `interval_s` has passed since the last poll and the worker is idle. If so, records `now`
        as the last poll."""
        if now < self._last_polled_at.get(name, now - interval_s) + interval_s or not worker.is_idle:
            return False
        self._last_polled_at[name] = now
        return True

    # --- effects ---------------------------------------------------------------------------------------------------

    def _save(self, effect: effects.SaveSubmission) -> None:
        request_id, visit_id = effect.request_id, effect.request_id.visit_id
        pictures = self.pages.pictures([page.page_id for page in effect.draft.pages])

        def call() -> events.Event:
            # "Send" was pressed again after a save that passed its deadline and then succeeded: return that result.
            if self._saved is not None and self._saved[0] == visit_id:
                return events.SaveSucceeded(request_id, self._saved[1])
            try:
                saved = self._services.store.save(effect.draft, effect.language, pictures)
            except SaveError as error:
                return events.SaveFailed(request_id, error.fault)
            visit = self._journey.visit
            if visit is not None and visit.visit_id == visit_id:
                self._saved = (visit_id, saved)
            return events.SaveSucceeded(request_id, saved)

        failed = events.SaveFailed(request_id, Fault.SAVE_FAILED)
        # Without visit id: the end of the visit does not cancel a save that the citizen requested.
        self._store_worker.submit(Job("save", call, SAVE_DEADLINE_S, failure_result=failed, timeout_results=(failed,)))

    def _confirm_receipt(self, effect: effects.ConfirmReceipt) -> None:
        confirm = partial(self._services.store.confirm_receipt, effect.submission_id, effect.confirmed)
        self._store_worker.submit(Job("confirm receipt", confirm, SAVE_DEADLINE_S))
        if effect.confirmed:  # the citizen leaves: after a restart the next citizen must not see this receipt
            self._services.store.erase_receipt_note()

    def _save_receipt_note(self, effect: effects.SaveReceiptNote) -> None:
        self._services.store.save_receipt_note(ReceiptNote(effect.saved, effect.language))

    def _look_up(self, effect: effects.LookUp) -> None:
        request_id = effect.request_id
        failed = events.LookUpFailed(request_id)

        def call() -> events.Event:
            return events.LookUpSucceeded(request_id, self._services.centre.look_up(effect.code, effect.language))

        self._network_worker.submit(
            Job(
                "look up",
                call,
                LOOK_UP_DEADLINE_S,
                failure_result=failed,
                timeout_results=(failed,),
                visit_id=request_id.visit_id,
            )
        )

    def _send_rating(self, effect: effects.SendRating) -> None:
        request_id = effect.request_id
        failed = events.RatingFailed(request_id)

        def call() -> events.Event:
            response = self._services.centre.rate(effect.code, effect.stars, effect.language)
            return events.RatingSent(request_id, response)

        self._network_worker.submit(
            Job(
                "rate",
                call,
                LOOK_UP_DEADLINE_S,
                failure_result=failed,
                timeout_results=(failed,),
                visit_id=request_id.visit_id,
            )
        )

    def _call_staff(self, effect: effects.ReportStaffCall) -> None:
        write_report = partial(self._services.centre.write_report, self._journey)
        self._background_worker.submit(Job("report staff call", write_report, HEALTH_DEADLINE_S))

    def _check_pin(self, effect: effects.CheckPin) -> None:
        wrong = events.PinChecked(effect.check_id, correct=False)

        def call() -> events.Event:
            return events.PinChecked(effect.check_id, pin_matches(effect.pin, effect.pin_hash))

        self._background_worker.submit(
            Job("check PIN", call, PIN_CHECK_DEADLINE_S, failure_result=wrong, timeout_results=(wrong,))
        )

    def _run_device_test(self, effect: effects.RunDeviceTest) -> None:
        target, max_volume_percent = effect.target, self._journey.max_volume_percent
        workers: dict[DeviceUnderTest, Worker[Any]] = {
            DeviceUnderTest.PRINTER: self._print_effects.worker,
            DeviceUnderTest.SCANNER: self._scan_effects.scan_worker,
            DeviceUnderTest.CARD_READER: self._card_effects.worker,
        }
        failed = events.DeviceTestFinished(DeviceTest(target, passed=False, at_epoch_s=time.time()))

        def call() -> events.Event:
            return events.DeviceTestFinished(self._services.appliance.run_device_test(target, max_volume_percent))

        workers.get(target, self._background_worker).submit(
            Job("device test", call, DEVICE_TEST_DEADLINE_S, failure_result=failed, timeout_results=(failed,))
        )

    def _save_device_tests(self, effect: effects.SaveDeviceTests) -> None:
        save = partial(self._services.appliance.save_device_tests, effect.device_tests, effect.max_volume_percent)
        self._background_worker.submit(Job("save device tests", save, HEALTH_DEADLINE_S))

    def _run_setup_task(self, effect: effects.RunSetupTask) -> None:
        """On the worker of the device that the task tries, so that no poll of the device disturbs it."""
        workers: dict[SetupTask, Worker[Any]] = {
            SetupTask.PRINTER: self._print_effects.worker,
            SetupTask.SCANNER: self._scan_effects.scan_worker,
            SetupTask.LIST_SCANNERS: self._scan_effects.scan_worker,
            SetupTask.CARD_READER: self._card_effects.worker,
        }
        failed = events.SetupTaskEnded(effect.task_number, TaskOutcome(passed=False, sentence="service.silent"))

        def call() -> events.Event:
            outcome = self._services.appliance.perform_setup_task(effect.task, effect.answers)
            return events.SetupTaskEnded(effect.task_number, outcome)

        workers.get(effect.task, self._setup_worker).submit(
            Job("setup", call, SETUP_TASK_DEADLINE_S, failure_result=failed, timeout_results=(failed,))
        )

    def _save_setup_progress(self, effect: effects.SaveSetupProgress) -> None:
        save = partial(self._services.appliance.save_setup_progress, effect.page, effect.answers, effect.skipped)
        self._setup_worker.submit(Job("setup progress", save, HEALTH_DEADLINE_S))

    def _restart(self, effect: effects.Restart) -> None:
        restart = partial(self._services.appliance.restart, effect.reboot)
        self._background_worker.submit(Job("restart", restart, HEALTH_DEADLINE_S))

    def _switch_backlight(self, effect: effects.SwitchBacklight) -> None:
        switch = partial(self._services.appliance.switch_backlight, effect.lit)
        self._backlight_worker.submit(Job("backlight", switch, BACKLIGHT_DEADLINE_S))

    def _erase_visit_data(self, effect: effects.EraseVisitData) -> None:
        for worker in self._workers:
            worker.cancel(visit_id=effect.visit_id)
        self.pages.wipe()
        self._saved = None
        self._services.store.erase_receipt_note()


def _status_job(
    device: Any, status_type: Any, make_event: Callable[[Any], events.Event], deadline_s: float
) -> Job[Any]:
    """Poll the status of `device`; `status_type` is its enum, `make_event` the event class that carries the status."""
    return Job(
        "status",
        lambda: make_event(device.status()),
        deadline_s,
        failure_result=make_event(status_type.UNKNOWN),
        timeout_results=(make_event(status_type.UNRESPONSIVE),),
    )


def _recovered_state(journey: Journey) -> tuple[Journey, tuple[effects.Effect, ...]]:
    """The journey after an error in `step`, and its effects: the visit is ended, the environment is kept, and the fault
    UNEXPECTED is shown."""
    visit = journey.visit
    environment = replace(journey.environment, card_is_new=False)
    clean = replace(
        Journey(kiosk=journey.kiosk, environment=environment, now=journey.now, last_touch_at=journey.now),
        device_tests=journey.device_tests,
        max_volume_percent=journey.max_volume_percent,
        setup=journey.setup if journey.setup is not None and not journey.setup.reopened else None,
        screen=Screen.FAULT,
        fault=Fault.UNEXPECTED,
        next_visit_id=journey.next_visit_id,
        next_request_sequence=journey.next_request_sequence,
    )
    wake = (effects.SwitchBacklight(lit=True),) if journey.asleep else ()
    return clean, (*wake, *((effects.EraseVisitData(visit.visit_id),) if visit else ()))


def _failure_event(effect: effects.Effect, journey: Journey) -> events.Event | None:
    """The result of an effect that could not be started."""
    match effect:
        case effects.ReadCard(request_id) | effects.ReadCitizenId(request_id):
            return events.CardReadFailed(request_id, CardFault.UNREADABLE)
        case effects.ScanPages(request_id):
            return events.ScanFailed(request_id, ScannerStatus.IO_ERROR)
        case effects.RecognisePage(request_id, page_id) | effects.RotatePicture(request_id, page_id):
            return events.RecognitionFailed(request_id, page_id)
        case effects.SaveSubmission(request_id):
            return events.SaveFailed(request_id, Fault.SAVE_FAILED)
        case effects.PrintReceipt(request_id):
            return events.PrintFinished(request_id, PrintVerdict.NOT_PRINTED, journey.environment.printer)
        case effects.ReadReceiptCode(request_id):
            return events.ReceiptCodeReadFailed(request_id)
        case effects.LookUp(request_id):
            return events.LookUpFailed(request_id)
        case effects.SendRating(request_id):
            return events.RatingFailed(request_id)
        case effects.RunSetupTask(_task, task_number):
            return events.SetupTaskEnded(task_number, TaskOutcome(passed=False, sentence="service.silent"))
    return None
