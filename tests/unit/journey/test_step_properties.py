"""No sequence of events gets stuck, shows one citizen's data to the next, or saves twice.

A state machine simulates environment and runner: it touches anything, changes any device, and returns results of
effects in any order, late, twice, or without a request.
"""

from dataclasses import fields
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from drivers.ports.card_reader import CardFault, CardReaderStatus
from drivers.ports.letter_scanner import ScannerStatus
from drivers.ports.receipt_printer import PrinterStatus, PrintVerdict
from journey import effects, events
from journey.complaint.draft import Draft, field_rules
from journey.faults import Fault
from journey.screens import Screen
from journey.state import CardPhase, Environment, Journey, KioskProfile, Overlay, SavedSubmission, Visit
from journey.step import step
from protocol.choices import NameDisclosure
from protocol.messages import BodyToRate, TrackingResponse
from protocol.topics import Topic
from simulators.sample_data import BOONMA, SOMCHAI
from tests.scenarios.scenario import letter_page
from tools.sample_pages import RECOGNISED_PAGE

AnswerableEffect = (
    effects.ReadCard
    | effects.ReadCitizenId
    | effects.ScanPages
    | effects.RecognisePage
    | effects.RotatePicture
    | effects.SaveSubmission
    | effects.PrintReceipt
    | effects.ReadReceiptCode
    | effects.LookUp
    | effects.SendRating
)

TEXT = st.sampled_from(["", "ถนนชำรุด", "ก" * 50, "0812345678", "12", "7KQ2M9XD4TBVS", "0000000000000"])
KIOSK_PROFILE = KioskProfile(area="4001", technician_pin_hash="a hash")
RESTORED_SUBMISSION = SavedSubmission("id-0", "7KQ2M9XD4TBVS", "KKN07A-000000-97")
CLOSED_CASE = TrackingResponse(found=True, sentence="-", to_rate=(BodyToRate(key="7", name="อบต."),))
PAGE_ID = st.sampled_from(["page 1", "page 2", "page 3"])
TEXT_FIELDS = [field.name for field in fields(Draft) if field_rules(field.name).max_chars]
CHOICE_TYPES = {field.name: kind for field in fields(Draft) if (kind := field_rules(field.name).choice_type)}

# The values of an event's fields, by name; any other field takes any value of its type.
FIELD_VALUES: dict[str, st.SearchStrategy[Any]] = {
    "text": TEXT,
    "page_id": PAGE_ID,
    "field_name": st.sampled_from(TEXT_FIELDS),
    "at_epoch_s": st.just(1.0),
    "area": st.sampled_from(["40", "4001", "400106"]),
    "language": st.sampled_from(["th", "en", "xx"]),
    "pin": st.just("123456"),
    "percent": st.integers(-10, 200),
    "number": st.integers(0, 9),
    "check_id": st.integers(0, 3),
    "key": st.sampled_from(["7", "8"]),
    "stars": st.integers(0, 6),
    "kiosk": st.just(KIOSK_PROFILE),
    "offer": st.sampled_from(RECOGNISED_PAGE.offers),
    "saved": st.just(RESTORED_SUBMISSION),
}
ENVIRONMENT_CHANGES = st.fixed_dictionaries(
    {},
    optional={
        "ocr_available": st.booleans(),
        "centre_reachable": st.booleans(),
        "clock_trusted": st.booleans(),
        "enrolled": st.just(True) | st.booleans(),
        "outbox_writable": st.just(True) | st.booleans(),
        "outbox_damaged": st.booleans(),
        "revoked": st.just(False) | st.booleans(),
        "acknowledged_ids": st.just(("id-0",)),
    },
)
# Complete events whose fields depend on each other, or that must occur more often.
EVENT_VALUES: dict[type[events.Event], st.SearchStrategy[Any]] = {
    events.Choose: st.sampled_from(sorted(CHOICE_TYPES)).flatmap(
        lambda name: st.builds(events.Choose, st.just(name), st.from_type(CHOICE_TYPES[name]))
    ),
    events.CardReaderChanged: st.builds(
        events.CardReaderChanged, st.sampled_from(CardReaderStatus) | st.just(CardReaderStatus.CARD_PRESENT)
    ),
    events.EnvironmentChanged: ENVIRONMENT_CHANGES.map(lambda changes: events.EnvironmentChanged(**changes)),
}


def values_of(event_type: type[events.Event]) -> st.SearchStrategy[Any]:
    """Every value an event of this type may have."""
    if event_type in EVENT_VALUES:
        return EVENT_VALUES[event_type]
    known = {field.name: FIELD_VALUES[field.name] for field in fields(event_type) if field.name in FIELD_VALUES}
    return st.builds(event_type, **known)


FREQUENT = [events.Next, events.Next, events.SubmitComplaint]
USER_ACTIONS = st.sampled_from([*events.UserAction.__subclasses__(), *FREQUENT]).flatmap(values_of)
EXTERNAL_EVENTS = st.sampled_from(
    # Tick is left out: a separate rule lets time pass.
    [kind for kind in events.ExternalEvent.__subclasses__() if kind is not events.Tick]
).flatmap(values_of)

SAVED_SUBMISSIONS = st.integers(1, 10**6).map(
    lambda n: SavedSubmission(f"id-{n}", "7KQ2M9XD4TBVS", f"KKN07A-{n:06d}-00")
)


def responses_to(effect: AnswerableEffect) -> st.SearchStrategy[Any]:
    """Every result the runner may return for this effect."""
    match effect:
        case effects.ReadCard(request_id):
            return st.builds(events.CardRead, st.just(request_id), st.sampled_from([BOONMA, SOMCHAI])) | st.builds(
                events.CardReadFailed, st.just(request_id), st.sampled_from(CardFault)
            )
        case effects.ReadCitizenId(request_id):
            ids = st.sampled_from([BOONMA.citizen_id, SOMCHAI.citizen_id])
            failed = st.builds(events.CardReadFailed, st.just(request_id), st.sampled_from(CardFault))
            return st.builds(events.CitizenIdRead, st.just(request_id), ids) | failed
        case effects.ScanPages(request_id):
            return (
                st.builds(events.ScanProgress, st.just(request_id), st.floats(0, 1))
                | st.builds(events.PageScanned, st.just(request_id), PAGE_ID.map(letter_page), st.booleans())
                | st.builds(events.ScanEnded, st.just(request_id))
                | st.builds(events.ScanFailed, st.just(request_id), st.sampled_from(ScannerStatus))
            )
        case effects.RecognisePage(request_id, page_id):
            lines, offers = RECOGNISED_PAGE.lines or (), RECOGNISED_PAGE.offers
            turned = st.integers(0, 3).map(
                lambda n: events.PageRecognised(request_id, page_id, lines, True, 90.0, n, offers)
            )
            progress = st.builds(
                events.ReadingProgress, st.just(request_id), st.just(page_id), st.just(()), st.floats(0, 1)
            )
            return turned | progress | st.just(events.RecognitionFailed(request_id, page_id))
        case effects.RotatePicture(request_id, page_id):
            return st.just(events.PageRotated(request_id, letter_page(page_id))) | st.just(
                events.RecognitionFailed(request_id, page_id)
            )
        case effects.SaveSubmission(request_id):
            return st.builds(events.SaveSucceeded, st.just(request_id), SAVED_SUBMISSIONS) | st.builds(
                events.SaveFailed, st.just(request_id), st.sampled_from([Fault.SAVE_FAILED, Fault.STORE_FULL])
            )
        case effects.PrintReceipt(request_id):
            return st.builds(
                events.PrintFinished, st.just(request_id), st.sampled_from(PrintVerdict), st.sampled_from(PrinterStatus)
            )
        case effects.ReadReceiptCode(request_id):
            return st.just(events.ReceiptCodeRead(request_id, "7KQ2M9XD4TBVS")) | st.just(
                events.ReceiptCodeReadFailed(request_id)
            )
        case effects.LookUp(request_id):
            responses = st.sampled_from([TrackingResponse(found=False, sentence="ยังไม่พบ"), CLOSED_CASE])
            return st.builds(events.LookUpSucceeded, st.just(request_id), responses) | st.just(
                events.LookUpFailed(request_id)
            )
        case effects.SendRating(request_id):
            return st.just(events.RatingSent(request_id, CLOSED_CASE)) | st.just(events.RatingFailed(request_id))


class JourneyMachine(RuleBasedStateMachine):
    """The journey with a runner and an environment that send any event at any time."""

    @initialize(healthy=st.booleans())
    def start(self, healthy: bool) -> None:
        environment = Environment(enrolled=True, printer=PrinterStatus.READY) if healthy else Environment()
        self.journey = Journey(kiosk=KIOSK_PROFILE, environment=environment)
        self.answerable: list[AnswerableEffect] = []
        self.saves: dict[int, int] = {}  # visit id -> SaveSubmission effects that may still succeed
        self.saved: set[int] = set()
        self.with_card: dict[int, bool] = {}  # visit id -> whether the reader may be used
        self.seen_empty = False  # whether the slot was empty since the last visit ended
        self.exchanged = False  # ... or a card put into the empty slot after this visit was sent, or while tracking

    def _dispatch(self, event: events.Event) -> None:
        before = self.journey
        self._check_card_consent(before, event)
        self._check_slot(before, event)
        self.journey, requested = step(before, event)
        for effect in requested:
            if isinstance(effect, AnswerableEffect):
                self.answerable.append(effect)
            if isinstance(effect, effects.SaveSubmission):
                visit_id = effect.request_id.visit_id
                assert visit_id not in self.saved, "a visit is saved once"
                assert self.saves.get(visit_id, 0) == 0, "no second save while one may still succeed"
                self.saves[visit_id] = 1
                if effect.draft.name_disclosure is NameDisclosure.ANONYMOUS:
                    assert effect.draft.card is None
                    assert effect.draft.typed_name == effect.draft.phone == ""
            if isinstance(effect, effects.ReadCard | effects.ReadCitizenId):
                assert self.with_card.get(effect.request_id.visit_id), "read only after the notice, never without card"
            if isinstance(effect, effects.ReadCard):
                assert self.seen_empty, "a card that may be an earlier person's is never read"
            if isinstance(effect, effects.PrintReceipt):
                assert self.journey.screen is Screen.RECEIPT
        if before.visit is None:
            return
        if self.journey.visit is None or self.journey.visit.visit_id != before.visit.visit_id:
            assert any(isinstance(e, effects.EraseVisitData) and e.visit_id == before.visit.visit_id for e in requested)
            assert self.journey.accessibility.language == self.journey.kiosk.default_language
            following = self.journey.visit
            at_rest = self.journey.environment.card_reader is CardReaderStatus.EMPTY
            self.seen_empty = at_rest or (following is not None and self.exchanged)
            self.exchanged = False
            assert following is None or following == Visit(following.visit_id, draft=Draft(area="4001"))
        elif before.visit.story_hidden:
            self._check_hidden_data(before.visit, self.journey.visit, event)

    def _check_slot(self, before: Journey, event: events.Event) -> None:
        empty = before.environment.card_reader is CardReaderStatus.EMPTY
        if isinstance(event, events.CardReaderChanged):
            if event.status is CardReaderStatus.EMPTY:
                self.seen_empty = True
            elif event.status.has_card and empty:
                self.exchanged = before.visit is not None

    def _check_hidden_data(self, before: Visit, after: Visit, event: events.Event) -> None:
        """A hidden story is not changed. Its own card shows it again, or it is discarded."""
        if after.story_hidden:
            assert after.draft.text == before.draft.text
            assert len(after.draft.pages) >= len(before.draft.pages)
        elif not isinstance(event, events.CitizenIdRead):
            assert not after.draft.has_story

    def _check_card_consent(self, before: Journey, event: events.Event) -> None:
        if before.visit is None:
            return
        visit_id = before.visit.visit_id
        if isinstance(event, events.AcceptNotice) and before.screen is Screen.NOTICE:
            self.with_card[visit_id] = True
        at_identify = before.screen is Screen.IDENTIFY and before.overlay is None
        if isinstance(event, events.ContinueWithoutCard) and at_identify:
            self.with_card[visit_id] = False
        put_in = isinstance(event, events.CardReaderChanged) and before.screen is Screen.IDENTIFY
        if put_in or (isinstance(event, events.ReadCardAgain) and at_identify):
            self.with_card[visit_id] = visit_id in self.with_card  # a card inserted on the identify screen

    @rule(event=USER_ACTIONS)
    def touch(self, event: events.Event) -> None:
        self._dispatch(event)

    @rule(event=EXTERNAL_EVENTS)
    def outside_event(self, event: events.Event) -> None:
        self._dispatch(event)

    @rule(seconds=st.sampled_from([0.25, 5.0, 40.0, 400.0]))
    def time_passes(self, seconds: float) -> None:
        self._dispatch(events.Tick(self.journey.now + seconds))

    @rule(data=st.data())
    def answer(self, data: st.DataObject) -> None:
        """Answer any effect requested so far, possibly late or repeatedly."""
        if not self.answerable:
            return
        effect = data.draw(st.sampled_from(self.answerable))
        event = data.draw(responses_to(effect))
        visit = self.journey.visit
        is_pending = (
            visit is not None
            and effect.request_id.visit_id == visit.visit_id
            and any(effect.request_id.sequence == request.sequence for request in visit.pending)
        )
        if isinstance(effect, effects.SaveSubmission) and is_pending:
            if isinstance(event, events.SaveSucceeded):
                self.saved.add(effect.request_id.visit_id)
            else:
                self.saves[effect.request_id.visit_id] = 0
        before = self.journey
        self._dispatch(event)
        if not is_pending and not isinstance(event, events.PrintFinished):
            assert self.journey == before, "an answer without a pending request changes nothing"

    @rule(presses=st.integers(0, 3))
    def shortest_visit(self, presses: int) -> None:
        """The shortest way through a visit, so that saving and printing are reached often."""
        self._dispatch(events.DismissOverlay())
        for event in (events.BeginVisit(), events.AcceptNotice(1.0), events.ContinueWithoutCard()):
            self._dispatch(event)
        for more in (events.ChooseTopic(Topic.LAND), events.Next(), events.WriteText("text", "เรื่อง"), events.Next()):
            self._dispatch(more)
        for _ in range(presses):
            self._dispatch(events.SubmitComplaint())

    @invariant()
    def nothing_is_left_of_anybody_at_rest(self) -> None:
        if self.journey.screen in (Screen.ATTRACT, Screen.FAULT):
            assert self.journey.visit is None

    @invariant()
    def no_visit_knows_a_card_from_before_it(self) -> None:
        visit = self.journey.visit
        if visit is not None and visit.draft.card is not None:
            assert self.seen_empty

    @invariant()
    def every_screen_of_a_visit_has_its_visit(self) -> None:
        resting = (
            Screen.ATTRACT,
            Screen.FAULT,
            Screen.ABOUT,
            Screen.SETUP,
            Screen.TECHNICIAN,
            Screen.TECHNICIAN_PIN,
        )
        technicians = (Screen.TECHNICIAN, Screen.TECHNICIAN_PIN)  # a visit may be interrupted there, and returns
        visit = self.journey.visit
        assert self.journey.screen in technicians or (visit is None) == (self.journey.screen in resting)
        if visit is not None:
            assert (visit.technician_return_screen is not None) == (self.journey.screen in technicians)
            assert visit.technician_return_screen not in resting

    @invariant()
    def the_receipt_screen_has_its_codes(self) -> None:
        if self.journey.screen in (Screen.RECEIPT, Screen.FAREWELL):
            assert self.journey.visit is not None
            assert self.journey.visit.saved is not None

    @invariant()
    def a_card_is_known_exactly_while_it_counts_as_read(self) -> None:
        visit = self.journey.visit
        if visit is not None:
            assert (visit.draft.card is not None) == (visit.card_phase is CardPhase.READ)

    @invariant()
    def the_screen_of_a_case_has_its_answer(self) -> None:
        if self.journey.screen is Screen.TRACKING_RESULT:
            assert self.journey.visit is not None
            assert self.journey.visit.tracking_response is not None

    @invariant()
    def nothing_hides_a_receipt_for_a_cards_sake(self) -> None:
        if self.journey.screen is Screen.RECEIPT:
            assert self.journey.overlay not in (Overlay.CARD_OUT, Overlay.OTHER_CARD)

    @invariant()
    def a_hidden_card_stays_hidden(self) -> None:
        visit = self.journey.visit
        if visit is not None and self.journey.overlay in (Overlay.CARD_OUT, Overlay.OTHER_CARD):
            assert visit.personal_data_hidden

    def teardown(self) -> None:
        """Without touches, and with every worker ended by its deadline, the kiosk returns to its resting screen."""
        if not hasattr(self, "journey"):
            return
        for _ in range(60):
            self._dispatch(events.CardReaderChanged(CardReaderStatus.EMPTY))
            self._dispatch(events.ScreenShown(self.journey.screen))
            for effect in list(self.answerable):
                self._dispatch(deadline_failure_of(effect))
            self._dispatch(events.Tick(self.journey.now + 1000.0))
        assert self.journey.screen in (Screen.ATTRACT, Screen.FAULT)
        assert self.journey.visit is None


def deadline_failure_of(effect: AnswerableEffect) -> events.Event:
    """The result when a worker passes its deadline."""
    match effect:
        case effects.ReadCard(request_id) | effects.ReadCitizenId(request_id):
            return events.CardReadFailed(request_id, CardFault.UNRESPONSIVE)
        case effects.ScanPages(request_id):
            return events.ScanFailed(request_id, ScannerStatus.UNRESPONSIVE)
        case effects.RecognisePage(request_id, page_id) | effects.RotatePicture(request_id, page_id):
            return events.RecognitionFailed(request_id, page_id)
        case effects.SaveSubmission(request_id):
            return events.SaveFailed(request_id, Fault.SAVE_FAILED)
        case effects.PrintReceipt(request_id):
            return events.PrintFinished(request_id, PrintVerdict.NOT_PRINTED, PrinterStatus.UNRESPONSIVE)
        case effects.ReadReceiptCode(request_id):
            return events.ReceiptCodeReadFailed(request_id)
        case effects.LookUp(request_id):
            return events.LookUpFailed(request_id)
        case effects.SendRating(request_id):
            return events.RatingFailed(request_id)


JourneyMachine.TestCase.settings = settings(max_examples=150, stateful_step_count=60, deadline=None)
TestJourneyMachine = JourneyMachine.TestCase
