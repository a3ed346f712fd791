"""Performs what the journey asks for and brings the answers back as events.

One thread, the one that draws, owns the journey: it calls `send`, `pump` and `tick`. Everything that may block runs on
a lane (see lanes); answers wait in a queue, `wake` asks the drawing thread to `pump`. Every effect with a ticket is
answered exactly once: by its call, in its name when the call fails, or by its lane's deadline.
"""

import itertools
import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial
from queue import Empty, SimpleQueue
from typing import Any

from PIL import Image

from drivers.card_reader.port import CardReadError
from drivers.card_reader.status import CardFault, CardReaderStatus
from drivers.letter_scanner.port import ScanError, Source
from drivers.letter_scanner.status import ScannerStatus
from drivers.receipt_printer.status import PrinterStatus, PrintVerdict
from kiosk_app.complaint.draft import LetterPage
from kiosk_app.journey import effects, events
from kiosk_app.journey.faults import Fault
from kiosk_app.journey.state import Journey, Minted, Screen
from kiosk_app.journey.step import step as journey_step
from kiosk_app.journey.trials import Part, Trial
from kiosk_app.runner.lanes import Follow, Job, Lane, without_data
from kiosk_app.runner.pages import PageStore
from kiosk_app.runner.parts import Devices, SaveError, Services

log = logging.getLogger(__name__)

Step = Callable[[Journey, events.Event], tuple[Journey, tuple[effects.Effect, ...]]]

# Deadlines, in seconds: what the slowest healthy device needs, and some.
CARD_S = 15.0  # up to 3 s until a reader is ready, 1 s of text on an old card, retries
# A receipt down the slowest serial line (the driver's JOB_S), its paper, the barrier, clearing the buffer after faults.
PRINT_S = 150.0
PRINTER_STATUS_S = 10.0
SCANNER_STATUS_S = 20.0  # some back ends probe the network
SCAN_MARGIN_S = 15.0  # on top of the scanner's own time-out
PREPARE_S = 30.0
RECOGNISE_S = 90.0  # a dense page on a slow processor, behind none: waiting in the lane does not count
SAVE_S = 30.0
LOOK_UP_S = 20.0
HEALTH_S = 30.0
BACKLIGHT_S = 5.0
TRIAL_S = 90.0  # the slowest page of a scanner, or a slip and its barrier

# Between two looks at a device that cannot speak up by itself, in seconds.
PRINTER_EVERY_S = 3.0
SCANNER_EVERY_S = 60.0  # each look starts a process that opens the device
HEALTH_EVERY_S = 5.0

WATCH_PAUSE_S = 2.0  # before a card watch that ended is begun anew
PROGRESS_STEP = 0.02  # scanners report each line; the bar has some fifty steps


@dataclass(frozen=True)
class _PictureReady:
    """A prepared picture on its way to the page store, which only the drawing thread touches."""

    ticket: events.Ticket
    page: LetterPage
    jpeg: bytes = field(repr=False)
    preview: bytes = field(repr=False)
    turned: bool
    more: bool = False


_Landed = events.Event | _PictureReady


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
        self.pages = PageStore()
        self._journey = journey
        self._devices = devices
        self._services = services
        self._wake = wake
        self._changed = changed
        self._step = step
        self._scan_deadline_s = scan_timeout_s + SCAN_MARGIN_S
        self._landed: SimpleQueue[_Landed] = SimpleQueue()
        self._page_numbers = itertools.count(1)
        self._scan_cancel = threading.Event()  # of the scan asked for last
        self._saved: tuple[int, Minted] | None = None  # (visit id, what its save gave)
        self._last_health: events.HealthChanged | None = None
        self._due = {"printer": 0.0, "scanner": 0.0, "health": 0.0}
        self._card = self._lane("card reader")
        self._printer = self._lane("printer")
        self._scanner = self._lane("scanner")
        self._images = self._lane("images")
        # No spare: a save that hangs may still commit, and a second thread could then save the same visit twice.
        self._store = self._lane("store", spare=0)
        self._network = self._lane("network")
        self._health = self._lane("health")
        self._light = self._lane("backlight")  # its own: who wakes the screen waits for nothing else
        self._stopping = threading.Event()
        self._watch_end = threading.Event()
        self._watcher: threading.Thread | None = None
        self._perform: dict[type, Callable[[Any], None]] = {
            effects.ReadCard: self._read_card,
            effects.ReadCardId: self._read_card_id,
            effects.ScanOnePage: self._scan_one_page,
            effects.StopScan: self._stop_scan,
            effects.RecognisePage: self._recognise_page,
            effects.TurnPicture: self._turn_picture,
            effects.DropPage: self._drop_page,
            effects.Save: self._save,
            effects.PrintReceipt: self._print_receipt,
            effects.ConfirmReceipt: self._confirm_receipt,
            effects.KeepReceiptNote: self._keep_note,
            effects.ReadPaperCode: self._read_paper_code,
            effects.LookUp: self._look_up,
            effects.CallStaff: self._call_staff,
            effects.TryOut: self._try_out,
            effects.KeepTrials: self._keep_trials,
            effects.Restart: self._restart,
            effects.SwitchBacklight: self._switch_backlight,
            effects.Wipe: self._wipe,
        }

    def _lane(self, name: str, spare: int = 3) -> Lane[_Landed]:
        return Lane(name, self._post, spare=spare)

    @property
    def _lanes(self) -> tuple[Lane[_Landed], ...]:
        # The scanner before the images it feeds: a cancelled scan must not slip through between the two.
        rest = (self._card, self._printer, self._store, self._network, self._health, self._light)
        return (self._scanner, self._images, *rest)

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
            self._watcher = threading.Thread(target=self._watch_cards, name="card watch", daemon=True)
            self._watcher.start()
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
            if isinstance(landed, _PictureReady):
                self._keep_picture(landed)
            elif self._is_news(landed):
                self.send(landed)

    def print_slip(self, job_id: str, draw: Callable[[], Image.Image]) -> None:
        """Print a paper for staff, between those of citizens."""
        printer = self._devices.printer
        if printer is not None:
            print_it = printer.print_bitmap
            self._printer.submit(Job("slip", lambda: events.PrinterChanged(print_it(job_id, draw()).status), PRINT_S))

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
        self._stopping.set()
        self._watch_end.set()
        for lane in self._lanes:
            lane.stop()
        if self._watcher is not None:
            self._watcher.join(2.0)
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
                self._watch_end.set()  # the next watch begins by telling what it finds
            case events.PrinterChanged(status):
                return status is not around.printer
            case events.ScannerChanged(status):
                return status is not around.scanner
            case events.HealthChanged():
                known, self._last_health = self._last_health, event
                return event != known
        return True

    def _keep_picture(self, ready: _PictureReady) -> None:
        """Keep a picture only if the journey took its page; an answer to a visit that is over leaves nothing behind."""
        visit = self._journey.visit
        if visit is None or visit.visit_id != ready.ticket.visit_id:
            return
        if ready.turned and ready.page.page_id not in self.pages:
            return
        self.pages.put(ready.page.page_id, ready.jpeg, ready.preview)
        if ready.turned:
            self.send(events.PageTurned(ready.ticket, ready.page))
        else:
            self.send(events.PageScanned(ready.ticket, ready.page, ready.more))
        visit = self._journey.visit
        self.pages.keep_only([page.page_id for page in visit.draft.pages] if visit else [])

    # --- the lanes' side -------------------------------------------------------------------------------------------

    def _post(self, landed: _Landed) -> None:
        self._landed.put(landed)
        self._wake()

    def _watch_cards(self) -> None:
        reader = self._devices.card_reader
        while reader is not None:
            self._watch_end = end = threading.Event()
            if self._stopping.is_set():
                return
            try:
                reader.watch(lambda status: self._post(events.CardReaderChanged(status)), end)
            except Exception as error:
                log.error("the card watch failed: %s", without_data(error))
                self._post(events.CardReaderChanged(CardReaderStatus.UNKNOWN))
            if self._stopping.wait(WATCH_PAUSE_S):
                return

    def _look_at_devices(self, now: float) -> None:
        printer, scanner = self._devices.printer, self._devices.scanner
        if printer is not None and self._is_due("printer", self._printer, PRINTER_EVERY_S, now):
            self._printer.submit(_status_job(printer, PrinterStatus, events.PrinterChanged, PRINTER_STATUS_S))
        if scanner is not None and self._is_due("scanner", self._scanner, SCANNER_EVERY_S, now):
            self._scanner.submit(_status_job(scanner, ScannerStatus, events.ScannerChanged, SCANNER_STATUS_S))
        if self._is_due("health", self._health, HEALTH_EVERY_S, now):
            self._health.submit(Job("look around", self._look_around, HEALTH_S))

    def _is_due(self, name: str, lane: Lane[_Landed], every_s: float, now: float) -> bool:
        """Whether to look again: the last look is long enough ago, and the lane has nothing better to do."""
        if now < self._due[name] or not lane.idle:
            return False
        self._due[name] = now + every_s
        return True

    def _look_around(self) -> events.HealthChanged:
        found = self._services.look_around()
        self._services.tell(self._journey)
        return found

    # --- effects ---------------------------------------------------------------------------------------------------

    def _read_card(self, effect: effects.ReadCard) -> None:
        reader, ticket = self._devices.card_reader, effect.ticket

        def call() -> events.Event:
            if reader is None:
                return events.CardReadFailed(ticket, CardFault.NO_READER)
            try:
                card = reader.read_citizen()
            except CardReadError as error:
                return events.CardReadFailed(ticket, error.fault)
            return events.CardRead(ticket, card, card.address.area)

        self._card.submit(self._card_job("read", ticket, call))

    def _read_card_id(self, effect: effects.ReadCardId) -> None:
        reader, ticket = self._devices.card_reader, effect.ticket

        def call() -> events.Event:
            if reader is None:
                return events.CardReadFailed(ticket, CardFault.NO_READER)
            try:
                return events.CardIdRead(ticket, reader.read_citizen_id())
            except CardReadError as error:
                return events.CardReadFailed(ticket, error.fault)

        self._card.submit(self._card_job("read id", ticket, call))

    def _card_job(self, name: str, ticket: events.Ticket, call: Callable[[], events.Event]) -> Job[_Landed]:
        return Job(
            name,
            call,
            CARD_S,
            failed=events.CardReadFailed(ticket, CardFault.UNREADABLE),
            late=(
                events.CardReadFailed(ticket, CardFault.UNRESPONSIVE),
                events.CardReaderChanged(CardReaderStatus.UNRESPONSIVE),
            ),
            visit_id=ticket.visit_id,
        )

    def _scan_one_page(self, effect: effects.ScanOnePage) -> None:
        ticket, scanner = effect.ticket, self._devices.scanner
        source = scanner.source if scanner else Source.FLATBED
        feeds = source is not Source.FLATBED
        shown, kept = 0.0, 0

        def on_progress(fraction: float) -> None:
            nonlocal shown
            if fraction < shown or fraction - shown >= PROGRESS_STEP:
                shown = fraction
                self._post(events.PageProgress(ticket, fraction))

        def scanned(raw: bytes, cancel: threading.Event) -> Job[_Landed]:
            def prepare() -> _Landed | None:
                nonlocal kept
                picture = self._services.prepare(raw, 0, cancel)
                if source is Source.DUPLEX and picture.blank:
                    return None
                kept += 1
                page = LetterPage(f"{ticket.visit_id}-{next(self._page_numbers)}", picture.width, picture.height)
                return _PictureReady(ticket, page, picture.jpeg, picture.preview, turned=False, more=feeds)

            unusable = events.ScanFailed(ticket, ScannerStatus.BAD_PICTURE)
            return Job(
                "prepare",
                prepare,
                PREPARE_S,
                failed=unusable,
                late=(unusable,),
                visit_id=ticket.visit_id,
                cancel=cancel,
            )

        def ended() -> events.Event:
            return events.ScanEnded(ticket) if kept else events.ScanFailed(ticket, ScannerStatus.NO_PAPER)

        failed = partial(events.ScanFailed, ticket)
        if feeds:
            self._scan(ticket, on_progress, scanned, failed, most=effect.most, ended=ended)
        else:
            self._scan(ticket, on_progress, scanned, failed)

    def _read_paper_code(self, effect: effects.ReadPaperCode) -> None:
        ticket = effect.ticket
        unread = events.CodeNotRead(ticket)

        def scanned(raw: bytes, cancel: threading.Event) -> Job[_Landed]:
            def find() -> events.Event:
                code = self._services.find_code(raw, cancel)
                return unread if code is None else events.CodeRead(ticket, code)

            return Job(
                "find code", find, PREPARE_S, failed=unread, late=(unread,), visit_id=ticket.visit_id, cancel=cancel
            )

        self._scan(ticket, lambda fraction: None, scanned, lambda status: unread)

    def _scan(
        self,
        ticket: events.Ticket,
        on_progress: Callable[[float], None],
        scanned: Callable[[bytes, threading.Event], Job[_Landed]],
        failed: Callable[[ScannerStatus], events.Event],
        *,
        most: int = 1,
        ended: Callable[[], events.Event] | None = None,
    ) -> None:
        """Scan on the scanner's lane, go on with each picture on the images' lane; one event cancels both. `ended` is
        said there behind the last picture."""
        scanner = self._devices.scanner
        self._scan_cancel = cancel = threading.Event()

        def behind(say: Callable[[], events.Event]) -> Follow[_Landed]:
            return Follow(self._images, Job("end of scan", say, PREPARE_S, visit_id=ticket.visit_id, cancel=cancel))

        def call() -> _Landed | Follow[_Landed] | None:
            if scanner is None:
                return failed(ScannerStatus.ABSENT)
            try:
                scanner.scan(lambda raw: self._images.submit(scanned(raw, cancel)), on_progress, cancel, most)
            except ScanError as error:
                return behind(partial(failed, error.status))
            return behind(ended) if ended else None

        self._scanner.submit(
            Job(
                "scan",
                call,
                self._scan_deadline_s * most,
                failed=failed(ScannerStatus.IO_ERROR),
                late=(failed(ScannerStatus.UNRESPONSIVE), events.ScannerChanged(ScannerStatus.UNRESPONSIVE)),
                visit_id=ticket.visit_id,
                cancel=cancel,
            )
        )

    def _stop_scan(self, _: effects.StopScan) -> None:
        self._scan_cancel.set()

    def _recognise_page(self, effect: effects.RecognisePage) -> None:
        picture = self.pages.picture(effect.page_id)

        def call(cancel: threading.Event) -> events.Event:
            read = self._services.recognise(picture, cancel)
            return events.PageRecognised(effect.ticket, effect.page_id, read.lines, read.readable, read.confidence)

        self._images.submit(self._page_job(effect, call, RECOGNISE_S))

    def _turn_picture(self, effect: effects.TurnPicture) -> None:
        before = self.pages.picture(effect.page_id)
        self._images.cancel(page_id=effect.page_id)  # what is being recognised in it no longer counts

        def call(cancel: threading.Event) -> _Landed:
            picture = self._services.prepare(before, 1, cancel)
            page = LetterPage(effect.page_id, picture.width, picture.height)
            return _PictureReady(effect.ticket, page, picture.jpeg, picture.preview, turned=True)

        self._images.submit(self._page_job(effect, call, PREPARE_S))

    def _page_job(
        self,
        effect: effects.RecognisePage | effects.TurnPicture,
        call: Callable[[threading.Event], _Landed],
        deadline_s: float,
    ) -> Job[_Landed]:
        cancel, failed = threading.Event(), events.RecognitionFailed(effect.ticket, effect.page_id)
        return Job(
            type(effect).__name__,
            lambda: call(cancel),
            deadline_s,
            failed=failed,
            late=(failed,),
            visit_id=effect.ticket.visit_id,
            page_id=effect.page_id,
            cancel=cancel,
        )

    def _drop_page(self, effect: effects.DropPage) -> None:
        self._images.cancel(page_id=effect.page_id)
        self.pages.drop(effect.page_id)

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

    def _print_receipt(self, effect: effects.PrintReceipt) -> None:
        printer, ticket = self._devices.printer, effect.ticket

        def call() -> events.Event:
            if printer is None:
                return events.ReceiptPrinted(ticket, PrintVerdict.NOT_PRINTED, PrinterStatus.ABSENT)
            try:
                image = self._services.draw_receipt(effect)
            except Exception as error:
                log.error("the receipt could not be drawn: %s", without_data(error))
                return events.ReceiptPrinted(ticket, PrintVerdict.NOT_PRINTED, printer.status())
            result = printer.print_bitmap(f"{effect.minted.submission_id}:{effect.copy}", image)
            return events.ReceiptPrinted(ticket, result.verdict, result.status)

        # Sent perhaps, answered never: the screen asks whether the paper came out.
        unknown = PrintVerdict.PROBABLY_PRINTED
        self._printer.submit(
            Job(
                "print",
                call,
                PRINT_S,
                failed=events.ReceiptPrinted(ticket, unknown, PrinterStatus.UNKNOWN),
                late=(events.ReceiptPrinted(ticket, unknown, PrinterStatus.UNRESPONSIVE),),
                visit_id=ticket.visit_id,  # a job still waiting at the wipe must not print for the next citizen
            )
        )

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

    def _try_out(self, effect: effects.TryOut) -> None:
        part = effect.part
        lanes = {Part.PRINTER: self._printer, Part.SCANNER: self._scanner, Part.CARD_READER: self._card}
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


def _status_job(device: Any, status: Any, changed: Callable[[Any], events.Event], deadline_s: float) -> Job[_Landed]:
    """Ask `device` for its state, one of the enum `status`, and tell it by the event `changed`."""
    late = (changed(status.UNRESPONSIVE),)
    return Job("status", lambda: changed(device.status()), deadline_s, failed=changed(status.UNKNOWN), late=late)


def _rescued(journey: Journey) -> tuple[Journey, tuple[effects.Effect, ...]]:
    """After an error in the journey itself: the visit ends, what is known of the surroundings stays."""
    visit = journey.visit
    clean = replace(
        Journey(hall=journey.hall, around=journey.around, now=journey.now, last_touch=journey.now),
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
