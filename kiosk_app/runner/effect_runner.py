"""Performs what the journey asks for and brings the answers back as events.

One thread, the one that draws, owns the journey: it calls `send`, `pump` and `tick`. Everything that may block runs on
a lane (see lanes); answers wait in a queue, `wake` asks the drawing thread to `pump`. Every effect with a ticket is
answered exactly once: by its call, in its name when the call fails, or by its lane's deadline. What is done with each
device stands in card, letter and printing.
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
from journey.device_tests import Part, Trial
from journey.faults import Fault
from journey.pin import pin_matches
from journey.state import Journey, Minted, Screen
from journey.step import step as journey_step
from kiosk_app.runner.card_effects import Card
from kiosk_app.runner.ports import Devices, SaveError, Services
from kiosk_app.runner.print_effects import Printing
from kiosk_app.runner.scan_effects import Landed, Letter, PictureReady
from kiosk_app.runner.workers import Job, Lane, without_data

log = logging.getLogger(__name__)

Step = Callable[[Journey, events.Event], tuple[Journey, tuple[effects.Effect, ...]]]

# Deadlines, in seconds: what the slowest healthy device needs, and some.
PRINTER_STATUS_S = 10.0
SCANNER_STATUS_S = 20.0  # some back ends probe the network
SAVE_S = 30.0
LOOK_UP_S = 20.0
HEALTH_S = 30.0
BACKLIGHT_S = 5.0
PIN_S = 10.0  # one check takes 1 s, on a slow processor 4 s
TRIAL_S = 90.0  # the slowest page of a scanner, or a slip and its barrier

# Between two looks at a device that cannot speak up by itself, in seconds.
PRINTER_EVERY_S = 3.0
SCANNER_EVERY_S = 60.0  # each look starts a process that opens the device
SCANNER_MENDED_EVERY_S = 1.0  # while its fault is on the screen: a look takes 0.3 s, so the fault clears within 3 s
HEALTH_EVERY_S = 5.0
AWAITED_EVERY_S = 1.0  # while a citizen waits for what the centre says: of a call for staff, of what was just sent

# A look that fails or hangs counts as a broken store: nobody is to type what cannot be kept.
NOTHING_KEPT = events.HealthChanged(outbox_open=False, outbox_broken=True)


class Runner:
    """The journey, its devices and services, alive. Make it, `start` it, `stop` it; use it from one thread.

    `wake` is called from any thread when there is something to `pump`; it must return at once. `changed` is called on
    the drawing thread with each new state of the journey.
    """

    def __init__(
        self,
        journey: Journey,
        devices: Devices,
        services: Services,
        wake: Callable[[], None],
        *,
        changed: Callable[[Journey], None] = lambda journey: None,
        step: Step = journey_step,
        scan_timeout_s: float = 60.0,
    ) -> None:
        self._journey = journey
        self._devices = devices
        self._services = services
        self._wake = wake
        self._changed = changed
        self._step = step
        self._landed: SimpleQueue[Landed] = SimpleQueue()
        self._saved: tuple[int, Minted] | None = None  # (visit id, what its save gave)
        self._last_health: events.HealthChanged | None = None
        self._looked: dict[str, float] = {}  # when each was looked at last
        self._card = Card(devices.card_reader, self._post)
        self._printing = Printing(devices.printer, services.draw_receipt, self._post)
        self._letter = Letter(devices.scanner, services, self._post, scan_timeout_s)
        self.pages = self._letter.pages
        # No spare: a save that hangs may still commit, and a second thread could then save the same visit twice.
        self._store = Lane("store", self._post, spare=0)
        self._network = Lane("network", self._post)
        self._looks = Lane("looks", self._post)  # its own: what is found never waits for a report to be written
        self._health = Lane("health", self._post)
        self._light = Lane("backlight", self._post)  # its own: who wakes the screen waits for nothing else
        self._lanes: tuple[Lane[Any], ...] = (
            self._letter.scanner,  # before the images it feeds: a cancelled scan must not slip through between the two
            self._letter.images,
            self._card.lane,
            self._printing.lane,
            self._store,
            self._network,
            self._looks,
            self._health,
            self._light,
        )
        self._perform: dict[type, Callable[[Any], None]] = {
            effects.ReadCard: self._card.read,
            effects.ReadCardId: self._card.read_id,
            effects.ScanOnePage: self._letter.scan_page,
            effects.StopScan: self._letter.stop_scan,
            effects.RecognisePage: self._letter.recognise,
            effects.TurnPicture: self._letter.turn,
            effects.DropPage: self._letter.drop,
            effects.ReadPaperCode: self._letter.read_code,
            effects.PrintReceipt: self._printing.print_receipt,
            effects.Save: self._save,
            effects.ConfirmReceipt: self._confirm_receipt,
            effects.KeepReceiptNote: self._keep_note,
            effects.LookUp: self._look_up,
            effects.CallStaff: self._call_staff,
            effects.CheckPin: self._check_pin,
            effects.TryOut: self._try_out,
            effects.KeepTrials: self._keep_trials,
            effects.Restart: self._restart,
            effects.SwitchBacklight: self._switch_backlight,
            effects.Wipe: self._wipe,
        }

    @property
    def journey(self) -> Journey:
        """The state as it stands."""
        return self._journey

    # --- the drawing thread's side ---------------------------------------------------------------------------------

    def start(self) -> None:
        """Watch the devices, and reopen a receipt that a crash of the interface took from the screen."""
        if self._devices.card_reader is None:
            self.send(events.CardReaderChanged(CardReaderStatus.NO_READER))
        else:
            self._card.start_watching()
        if self._devices.printer is None:
            self.send(events.PrinterChanged(PrinterStatus.ABSENT))
        if self._devices.scanner is None:
            self.send(events.ScannerChanged(ScannerStatus.ABSENT))
        self._do(effects.SwitchBacklight(lit=True))  # whoever was here before may have ended in the dark
        self.send(events.TrialsKnown(*self._services.known_trials()))
        self.restore()

    def restore(self) -> None:
        """Go back to the receipt whose note lies in memory, if there is one."""
        try:
            note = self._services.read_note()
        except Exception as error:
            log.error("the receipt note could not be read: %s", without_data(error))
            return
        if note is not None:
            self.send(events.Restored(*note))

    def send(self, event: events.Event) -> None:
        """Let one event happen, and do what follows from it."""
        before = self._journey
        try:
            self._journey, asked = self._step(before, event)
        except Exception as error:
            log.critical("the journey failed on %s: %s", type(event).__name__, without_data(error))
            self._journey, asked = _rescued(before)
        for effect in asked:
            self._do(effect)
        if self._journey is not before:
            self._changed(self._journey)

    def stand(self, journey: Journey) -> None:
        """Put the journey into this state, whatever was before: for whoever develops, from the dock."""
        self._journey = journey
        self._changed(journey)

    def pump(self) -> None:
        """Let everything happen that the lanes have brought."""
        while True:
            try:
                landed = self._landed.get_nowait()
            except Empty:
                return
            if isinstance(landed, PictureReady):
                self._keep_picture(landed)
            elif self._is_news(landed):
                self.send(landed)

    def print_slip(self, job_id: str, draw: Callable[[], Image.Image]) -> None:
        """Print a paper for staff, between those of citizens."""
        self._printing.print_slip(job_id, draw)

    def tick(self, now: float | None = None) -> None:
        """Time passes: lanes past their deadline are given up, devices are looked at. Call it a few times a second."""
        now = time.monotonic() if now is None else now
        for lane in self._lanes:
            lane.check(now)
        self.pump()
        self._look_at_devices(now)
        self.send(events.Tick(now))

    def stop(self) -> None:
        """End every thread and child process; nothing of a visit stays."""
        self._card.stop_watching()
        for lane in self._lanes:
            lane.stop()
        self.pages.wipe()

    def _do(self, effect: effects.Effect) -> None:
        log.debug("%s", type(effect).__name__)
        try:
            self._perform[type(effect)](effect)
        except Exception as error:
            log.error("%s could not be begun: %s", type(effect).__name__, without_data(error))
            failed = _failed(effect, self._journey)
            if failed is not None:
                self._post(failed)

    def _is_news(self, event: events.Event) -> bool:
        around = self._journey.around
        match event:
            case events.CardReaderChanged(CardReaderStatus.UNRESPONSIVE):
                self._card.watch_anew()
            case events.PrinterChanged(status):
                return status is not around.printer
            case events.ScannerChanged(status):
                return status is not around.scanner or self._is_scanner_watched()
            case events.HealthChanged():
                known, self._last_health = self._last_health, event
                return event != known
        return True

    def _keep_picture(self, ready: PictureReady) -> None:
        """Keep a picture only if the journey took its page; one that answers a visit that is over is gone."""
        event = self._letter.keep(ready, self._journey.visit)
        if event is not None:
            self.send(event)
            visit = self._journey.visit
            self.pages.keep_only([page.page_id for page in visit.draft.pages] if visit else [])

    # --- the lanes' side -------------------------------------------------------------------------------------------

    def _post(self, landed: Landed) -> None:
        self._landed.put(landed)
        self._wake()

    def _look_at_devices(self, now: float) -> None:
        printer, scanner = self._devices.printer, self._devices.scanner
        if printer is not None and self._is_due("printer", self._printing.lane, PRINTER_EVERY_S, now):
            self._printing.lane.submit(_status_job(printer, PrinterStatus, events.PrinterChanged, PRINTER_STATUS_S))
        scanner_every_s = SCANNER_MENDED_EVERY_S if self._is_scanner_watched() else SCANNER_EVERY_S
        if scanner is not None and self._is_due("scanner", self._letter.scanner, scanner_every_s, now):
            self._letter.scanner.submit(_status_job(scanner, ScannerStatus, events.ScannerChanged, SCANNER_STATUS_S))
        visit, called = self._journey.visit, self._journey.call is not None
        awaited = called or (visit is not None and visit.minted is not None and not visit.received)
        if called and self._is_due("call", self._health, AWAITED_EVERY_S, now):
            self._health.submit(Job("call for staff", self._services.call_answer, HEALTH_S))
        if self._is_due("health", self._looks, AWAITED_EVERY_S if awaited else HEALTH_EVERY_S, now):
            self._looks.submit(
                Job("look around", self._services.look_around, HEALTH_S, failed=NOTHING_KEPT, late=(NOTHING_KEPT,))
            )
        if self._is_due("tell", self._health, HEALTH_EVERY_S, now):
            self._health.submit(Job("tell", lambda: self._services.tell(self._journey), HEALTH_S))

    def _is_scanner_watched(self) -> bool:
        """A citizen sees a fault of the scanner that a hand can mend."""
        visit = self._journey.visit
        return visit is not None and visit.scan_fault in scan_flow.MENDED_BY_HAND

    def _is_due(self, name: str, lane: Lane[Any], every_s: float, now: float) -> bool:
        """Whether to look again: the last look is long enough ago, and the lane has nothing better to do."""
        if now < self._looked.get(name, now - every_s) + every_s or not lane.idle:
            return False
        self._looked[name] = now
        return True

    # --- effects ---------------------------------------------------------------------------------------------------

    def _save(self, effect: effects.Save) -> None:
        ticket, visit_id = effect.ticket, effect.ticket.visit_id
        pictures = self.pages.pictures([page.page_id for page in effect.draft.pages])

        def call() -> events.Event:
            # "Send" pressed again after a save that was only late: the visit is saved already.
            if self._saved is not None and self._saved[0] == visit_id:
                return events.Saved(ticket, self._saved[1])
            try:
                minted = self._services.save(effect.draft, effect.language, pictures)
            except SaveError as error:
                return events.SaveFailed(ticket, error.fault)
            visit = self._journey.visit
            if visit is not None and visit.visit_id == visit_id:
                self._saved = (visit_id, minted)
            return events.Saved(ticket, minted)

        failed = events.SaveFailed(ticket, Fault.SAVE_FAILED)
        # Without visit id: a wipe does not cancel what the citizen confirmed.
        self._store.submit(Job("save", call, SAVE_S, failed=failed, late=(failed,)))

    def _confirm_receipt(self, effect: effects.ConfirmReceipt) -> None:
        def call() -> None:
            self._services.confirm_receipt(effect.submission_id, effect.confirmed)

        self._store.submit(Job("confirm receipt", call, SAVE_S))
        if effect.confirmed:  # the citizen has it and leaves: an interface restarted now must not show it to the next
            self._services.erase_note()

    def _keep_note(self, effect: effects.KeepReceiptNote) -> None:
        self._services.keep_note(effect.minted, effect.language)

    def _look_up(self, effect: effects.LookUp) -> None:
        ticket = effect.ticket
        failed = events.LookUpFailed(ticket)

        def call() -> events.Event:
            return events.LookedUp(ticket, self._services.look_up(effect.code, effect.language))

        self._network.submit(Job("look up", call, LOOK_UP_S, failed=failed, late=(failed,), visit_id=ticket.visit_id))

    def _call_staff(self, effect: effects.CallStaff) -> None:
        journey = self._journey

        def call() -> None:
            self._services.tell(journey)

        self._health.submit(Job("call staff", call, HEALTH_S))

    def _check_pin(self, effect: effects.CheckPin) -> None:
        wrong = events.PinChecked(effect.number, right=False)

        def call() -> events.Event:
            return events.PinChecked(effect.number, pin_matches(effect.pin, effect.hashed))

        self._health.submit(Job("check PIN", call, PIN_S, failed=wrong, late=(wrong,)))

    def _try_out(self, effect: effects.TryOut) -> None:
        part = effect.part
        lanes: dict[Part, Lane[Any]] = {
            Part.PRINTER: self._printing.lane,
            Part.SCANNER: self._letter.scanner,
            Part.CARD_READER: self._card.lane,
        }
        failed = events.TriedOut(Trial(part, passed=False, wall=time.time()))

        def call() -> events.Event:
            return events.TriedOut(self._services.try_out(part))

        lanes.get(part, self._health).submit(Job("trial", call, TRIAL_S, failed=failed, late=(failed,)))

    def _keep_trials(self, effect: effects.KeepTrials) -> None:
        keep = partial(self._services.keep_trials, effect.trials, effect.loudness)
        self._health.submit(Job("keep trials", keep, HEALTH_S))

    def _restart(self, effect: effects.Restart) -> None:
        self._health.submit(Job("restart", lambda: self._services.restart(effect.machine), HEALTH_S))

    def _switch_backlight(self, effect: effects.SwitchBacklight) -> None:
        def call() -> None:
            self._services.switch_backlight(effect.lit)

        self._light.submit(Job("backlight", call, BACKLIGHT_S))

    def _wipe(self, effect: effects.Wipe) -> None:
        for lane in self._lanes:
            lane.cancel(visit_id=effect.visit_id)
        self.pages.wipe()
        self._saved = None
        self._services.erase_note()


def _status_job(device: Any, status: Any, changed: Callable[[Any], events.Event], deadline_s: float) -> Job[Any]:
    """Ask `device` for its state, one of the enum `status`, and tell it by the event `changed`."""
    late = (changed(status.UNRESPONSIVE),)
    return Job("status", lambda: changed(device.status()), deadline_s, failed=changed(status.UNKNOWN), late=late)


def _rescued(journey: Journey) -> tuple[Journey, tuple[effects.Effect, ...]]:
    """After an error in the journey itself: the visit ends, what is known of the surroundings stays."""
    visit = journey.visit
    around = replace(journey.around, card_is_new=False)
    clean = replace(
        Journey(hall=journey.hall, around=around, now=journey.now, last_touch=journey.now),
        trials=journey.trials,
        loudness=journey.loudness,
        screen=Screen.FAULT,
        fault=Fault.UNEXPECTED,
        next_visit=journey.next_visit,
        next_sequence=journey.next_sequence,
    )
    light = (effects.SwitchBacklight(lit=True),) if journey.asleep else ()
    return clean, (*light, *((effects.Wipe(visit.visit_id),) if visit else ()))


def _failed(effect: effects.Effect, journey: Journey) -> events.Event | None:
    """The answer to an effect that could not even be begun."""
    match effect:
        case effects.ReadCard(ticket) | effects.ReadCardId(ticket):
            return events.CardReadFailed(ticket, CardFault.UNREADABLE)
        case effects.ScanOnePage(ticket):
            return events.ScanFailed(ticket, ScannerStatus.IO_ERROR)
        case effects.RecognisePage(ticket, page_id) | effects.TurnPicture(ticket, page_id):
            return events.RecognitionFailed(ticket, page_id)
        case effects.Save(ticket):
            return events.SaveFailed(ticket, Fault.SAVE_FAILED)
        case effects.PrintReceipt(ticket):
            return events.ReceiptPrinted(ticket, PrintVerdict.NOT_PRINTED, journey.around.printer)
        case effects.ReadPaperCode(ticket):
            return events.CodeNotRead(ticket)
        case effects.LookUp(ticket):
            return events.LookUpFailed(ticket)
    return None
