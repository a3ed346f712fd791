"""No sequence of events, stray, late or doubled, gets stuck, shows one citizen's data to the next, or saves twice.

A state machine plays the world and the runner at once: it touches anything, changes any device, and answers the
effects of `step` in any order, late, twice, or with answers nobody asked for.
"""

from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from drivers.ports.card_reader import CardFault, CardReaderStatus
from drivers.ports.letter_scanner import ScannerStatus
from drivers.ports.receipt_printer import PrinterStatus, PrintVerdict
from journey import effects, events
from journey.complaint.draft import Draft
from journey.faults import Fault
from journey.state import CardPhase, Hall, Journey, Minted, Overlay, Screen, Surroundings, Visit
from journey.step import step
from protocol.choices import AboutWhom, ForWhom, Naming, Nature
from protocol.messages import TrackAnswer
from protocol.staff_call import CallAnswer
from protocol.topics import Topic
from tests.scenarios.scenario import BOONMA, SOMCHAI, page

TEXT = st.sampled_from(["", "ถนนชำรุด", "ก" * 50, "0812345678", "12"])
HALL = Hall(area="4001", technician_pin_hash="a hash")
RESTORED = Minted("id-0", "7KQ2M9XD4TBVS", "KKN07A-000000-97")
PAGE_ID = st.sampled_from(["page 1", "page 2", "page 3"])

TOUCHES: st.SearchStrategy[Any] = st.one_of(
    st.sampled_from(
        [
            events.Touched(),
            events.Begin(),
            events.AcceptNotice(1.0),
            events.WithoutCard(),
            events.ReadCardAgain(),
            events.TellByScan(),
            events.TellByTyping(),
            events.ScanPage(),
            events.CancelScan(),
            events.Next(),
            events.Next(),
            events.Next(),
            events.Back(),
            events.Confirm(),
            events.Confirm(),
            events.PrintAgain(),
            events.Finish(),
            events.CodeKept(),
            events.StartOver(),
            events.StartOverYes(),
            events.Dismiss(),
            events.AskStaff(),
            events.CancelCall(),
            events.OpenTrack(),
            events.SubmitCode("7KQ2M9XD4TBVS"),
            events.SubmitCode("0000000000000"),
            events.ReadCodeFromPaper(),
            events.OpenAbout(),
            events.OpenTechnician(),
            events.EnterPin("123456"),
            events.NextTextSize(),
            events.NextContrast(),
            events.ToggleLowReach(),
            events.ToggleLeftHanded(),
            events.ArrangeThaiKeys(alphabetical=True),
            events.ToggleHoldKeys(),
            events.ToggleReadAloud(),
            events.NextVolume(),
            events.OpenComfort(),
            events.TellAnew(),
        ]
    ),
    st.builds(events.ChooseTopic, st.sampled_from(Topic)),
    st.builds(events.WriteTopicNote, TEXT),
    st.builds(events.ChooseArea, st.sampled_from(["40", "4001", "400106"])),
    st.builds(events.WriteSpot, TEXT),
    st.builds(events.WriteText, TEXT),
    st.builds(events.WriteName, TEXT),
    st.builds(events.WritePhone, TEXT),
    st.builds(events.RemovePage, PAGE_ID),
    st.builds(events.TurnPage, PAGE_ID),
    st.builds(events.ScanInstead, PAGE_ID),
    st.builds(events.KeepPage, PAGE_ID),
    st.builds(events.WritePageText, PAGE_ID, TEXT),
    st.builds(events.ChooseNature, st.sampled_from(Nature)),
    st.builds(events.ChooseAbout, st.sampled_from(AboutWhom)),
    st.builds(events.WriteAboutNote, TEXT),
    st.builds(events.ChooseForWhom, st.sampled_from(ForWhom)),
    st.builds(events.WriteForWhomNote, TEXT),
    st.builds(events.ChooseNaming, st.sampled_from(Naming)),
    st.builds(events.Assisted, st.booleans()),
    st.builds(events.Edit, st.sampled_from(Screen)),
    st.builds(events.PaperCameOut, st.booleans()),
    st.builds(events.ShowFault, st.sampled_from(Fault)),
    st.builds(events.SetLanguage, st.sampled_from(["th", "en", "xx"])),
)

WORLD: st.SearchStrategy[Any] = st.one_of(
    st.builds(events.Painted, st.sampled_from(Screen)),
    st.builds(
        events.CardReaderChanged,
        st.one_of(st.sampled_from(CardReaderStatus), st.just(CardReaderStatus.CARD_PRESENT)),
    ),
    st.builds(events.PrinterChanged, st.sampled_from(PrinterStatus)),
    st.builds(events.ScannerChanged, st.sampled_from(ScannerStatus)),
    st.builds(
        events.HealthChanged,
        ocr=st.none() | st.booleans(),
        network=st.none() | st.booleans(),
        clock_trusted=st.none() | st.booleans(),
        enrolled=st.none() | st.just(True) | st.booleans(),
        outbox_open=st.none() | st.just(True) | st.booleans(),
        outbox_broken=st.none() | st.booleans(),
        revoked=st.none() | st.just(False) | st.booleans(),
        received=st.none() | st.just(("id-0",)),
    ),
    st.builds(events.CallAnswered, st.integers(0, 9), st.sampled_from(CallAnswer)),
    st.builds(events.Restored, st.just(RESTORED), st.sampled_from(["th", "en"])),
    st.builds(events.HallChanged, st.just(HALL)),
    st.builds(events.PinChecked, st.integers(0, 3), st.booleans()),
)

MINTED = st.integers(1, 10**6).map(lambda n: Minted(f"id-{n}", "7KQ2M9XD4TBVS", f"KKN07A-{n:06d}-00"))


def answers_to(effect: effects.Effect) -> st.SearchStrategy[Any]:
    """Every answer the runner may give to this effect."""
    match effect:
        case effects.ReadCard(ticket):
            return st.builds(events.CardRead, st.just(ticket), st.sampled_from([BOONMA, SOMCHAI])) | st.builds(
                events.CardReadFailed, st.just(ticket), st.sampled_from(CardFault)
            )
        case effects.ReadCardId(ticket):
            ids = st.sampled_from([BOONMA.citizen_id, SOMCHAI.citizen_id])
            failed = st.builds(events.CardReadFailed, st.just(ticket), st.sampled_from(CardFault))
            return st.builds(events.CardIdRead, st.just(ticket), ids) | failed
        case effects.ScanOnePage(ticket):
            return (
                st.builds(events.PageProgress, st.just(ticket), st.floats(0, 1))
                | st.builds(events.PageScanned, st.just(ticket), PAGE_ID.map(page), st.booleans())
                | st.builds(events.ScanEnded, st.just(ticket))
                | st.builds(events.ScanFailed, st.just(ticket), st.sampled_from(ScannerStatus))
            )
        case effects.RecognisePage(ticket, page_id):
            turned = st.integers(0, 3).map(lambda n: events.PageRecognised(ticket, page_id, (), True, 90.0, n))
            return turned | st.just(events.RecognitionFailed(ticket, page_id))
        case effects.TurnPicture(ticket, page_id):
            return st.just(events.PageTurned(ticket, page(page_id))) | st.just(
                events.RecognitionFailed(ticket, page_id)
            )
        case effects.Save(ticket):
            return st.builds(events.Saved, st.just(ticket), MINTED) | st.builds(
                events.SaveFailed, st.just(ticket), st.sampled_from([Fault.SAVE_FAILED, Fault.STORE_FULL])
            )
        case effects.PrintReceipt(ticket):
            return st.builds(
                events.ReceiptPrinted, st.just(ticket), st.sampled_from(PrintVerdict), st.sampled_from(PrinterStatus)
            )
        case effects.ReadPaperCode(ticket):
            return st.just(events.CodeRead(ticket, "7KQ2M9XD4TBVS")) | st.just(events.CodeNotRead(ticket))
        case effects.LookUp(ticket):
            return st.just(events.LookedUp(ticket, TrackAnswer(found=False, sentence="ยังไม่พบ"))) | st.just(
                events.LookUpFailed(ticket)
            )
    raise AssertionError(f"an effect without answers: {effect}")


class World(RuleBasedStateMachine):
    """The journey, its runner and its surroundings, as badly behaved as they can be."""

    @initialize(well=st.booleans())
    def start(self, well: bool) -> None:
        around = Surroundings(enrolled=True, printer=PrinterStatus.READY) if well else Surroundings()
        self.journey = Journey(hall=HALL, around=around)
        self.answerable: list[effects.Effect] = []
        self.saves: dict[int, int] = {}  # visit id -> Save effects not known to have failed
        self.saved: set[int] = set()
        self.with_card: dict[int, bool] = {}  # visit id -> may the reader be talked to
        self.seen_empty = False  # was the slot seen empty since the last visit ended
        self.exchanged = False  # ... or a card put into the empty slot after this visit was sent, or while tracking

    def _happens(self, event: events.Event) -> None:
        before = self.journey
        self._watch_card_consent(before, event)
        self._watch_slot(before, event)
        self.journey, asked = step(before, event)
        for effect in asked:
            if hasattr(effect, "ticket"):
                self.answerable.append(effect)
            if isinstance(effect, effects.Save):
                visit_id = effect.ticket.visit_id
                assert visit_id not in self.saved, "a visit is saved once"
                assert self.saves.get(visit_id, 0) == 0, "no second save while one may still succeed"
                self.saves[visit_id] = 1
                if effect.draft.naming is Naming.ANONYMOUS:
                    assert effect.draft.card is None
                    assert effect.draft.typed_name == effect.draft.phone == ""
            if isinstance(effect, effects.ReadCard | effects.ReadCardId):
                assert self.with_card.get(effect.ticket.visit_id), "read only after the notice, never without card"
            if isinstance(effect, effects.ReadCard):
                assert self.seen_empty, "a card that may be an earlier person's is never read"
            if isinstance(effect, effects.PrintReceipt):
                assert self.journey.screen is Screen.RECEIPT
        ended = before.visit is not None and (
            self.journey.visit is None or self.journey.visit.visit_id != before.visit.visit_id
        )
        if ended:
            assert any(isinstance(e, effects.Wipe) and e.visit_id == before.visit.visit_id for e in asked)
            assert self.journey.comfort.language == self.journey.hall.default_language
            following = self.journey.visit
            at_rest = self.journey.around.card_reader is CardReaderStatus.EMPTY
            self.seen_empty = at_rest or (following is not None and self.exchanged)
            self.exchanged = False
            assert following is None or following == Visit(following.visit_id, draft=Draft(area="4001"))
        elif before.visit is not None and before.visit.story_covered:
            self._keeps_covered(before.visit, self.journey.visit, event)

    def _watch_slot(self, before: Journey, event: events.Event) -> None:
        empty = before.around.card_reader is CardReaderStatus.EMPTY
        if isinstance(event, events.CardReaderChanged):
            if event.status is CardReaderStatus.EMPTY:
                self.seen_empty = True
            elif event.status.card_is_in and empty:
                self.exchanged = before.visit is not None

    def _keeps_covered(self, before: Visit, after: Visit, event: events.Event) -> None:
        """What nobody may see nobody changes; it is uncovered by its own card, or given up."""
        if after.story_covered:
            assert after.draft.text == before.draft.text
            assert len(after.draft.pages) >= len(before.draft.pages)
        elif not isinstance(event, events.CardIdRead):
            assert not after.draft.is_told

    def _watch_card_consent(self, before: Journey, event: events.Event) -> None:
        if before.visit is None:
            return
        visit_id = before.visit.visit_id
        if isinstance(event, events.AcceptNotice) and before.screen is Screen.NOTICE:
            self.with_card[visit_id] = True
        at_identify = before.screen is Screen.IDENTIFY and before.overlay is None
        if isinstance(event, events.WithoutCard) and at_identify:
            self.with_card[visit_id] = False
        put_in = isinstance(event, events.CardReaderChanged) and before.screen is Screen.IDENTIFY
        if put_in or (isinstance(event, events.ReadCardAgain) and at_identify):
            self.with_card[visit_id] = visit_id in self.with_card  # a card put in where cards are asked for

    @rule(event=TOUCHES)
    def touch(self, event: events.Event) -> None:
        self._happens(event)

    @rule(event=WORLD)
    def world(self, event: events.Event) -> None:
        self._happens(event)

    @rule(seconds=st.sampled_from([0.25, 5.0, 40.0, 400.0]))
    def time_passes(self, seconds: float) -> None:
        self._happens(events.Tick(self.journey.now + seconds))

    @rule(data=st.data())
    def answer(self, data: st.DataObject) -> None:
        """Any effect asked so far, answered now, perhaps late, perhaps again."""
        if not self.answerable:
            return
        effect = data.draw(st.sampled_from(self.answerable))
        event = data.draw(answers_to(effect))
        visit = self.journey.visit
        mine = visit is not None and any(effect.ticket.sequence == seq for _, seq in visit.awaiting)
        mine = mine and effect.ticket.visit_id == visit.visit_id
        if isinstance(effect, effects.Save) and mine:
            if isinstance(event, events.Saved):
                self.saved.add(effect.ticket.visit_id)
            else:
                self.saves[effect.ticket.visit_id] = 0
        before = self.journey
        self._happens(event)
        if not mine and not isinstance(event, events.ReceiptPrinted):
            assert self.journey == before, "an answer nobody awaits changes nothing"

    @rule(presses=st.integers(0, 3))
    def a_hurried_citizen(self, presses: int) -> None:
        """The straight way through, so that saving and printing are reached often."""
        self._happens(events.Dismiss())
        for event in (events.Begin(), events.AcceptNotice(1.0), events.WithoutCard()):
            self._happens(event)
        for more in (events.ChooseTopic(Topic.LAND), events.Next(), events.WriteText("เรื่อง"), events.Next()):
            self._happens(more)
        for _ in range(presses):
            self._happens(events.Confirm())

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
        resting = (Screen.ATTRACT, Screen.FAULT, Screen.ABOUT, Screen.TECHNICIAN, Screen.TECHNICIAN_PIN)
        technicians = (Screen.TECHNICIAN, Screen.TECHNICIAN_PIN)  # a visit may wait there, and then there is a way back
        visit = self.journey.visit
        assert self.journey.screen in technicians or (visit is None) == (self.journey.screen in resting)
        if visit is not None:
            assert (visit.technician_from is not None) == (self.journey.screen in technicians)
            assert visit.technician_from not in resting

    @invariant()
    def the_receipt_screen_has_its_codes(self) -> None:
        if self.journey.screen in (Screen.RECEIPT, Screen.FAREWELL):
            assert self.journey.visit is not None
            assert self.journey.visit.minted is not None

    @invariant()
    def a_card_is_known_exactly_while_it_counts_as_read(self) -> None:
        visit = self.journey.visit
        if visit is not None:
            assert (visit.draft.card is not None) == (visit.card_phase is CardPhase.READ)

    @invariant()
    def the_screen_of_a_case_has_its_answer(self) -> None:
        if self.journey.screen is Screen.TRACKED:
            assert self.journey.visit is not None
            assert self.journey.visit.tracked is not None

    @invariant()
    def nothing_hides_a_receipt_for_a_cards_sake(self) -> None:
        if self.journey.screen is Screen.RECEIPT:
            assert self.journey.overlay not in (Overlay.CARD_OUT, Overlay.OTHER_CARD)

    @invariant()
    def a_covered_card_is_covered(self) -> None:
        visit = self.journey.visit
        if visit is not None and self.journey.overlay in (Overlay.CARD_OUT, Overlay.OTHER_CARD):
            assert visit.covered

    def teardown(self) -> None:
        """Left alone, with every lane ended by its deadline, the kiosk comes back to rest."""
        if not hasattr(self, "journey"):
            return
        for _ in range(60):
            self._happens(events.CardReaderChanged(CardReaderStatus.EMPTY))
            self._happens(events.Painted(self.journey.screen))
            for effect in list(self.answerable):
                self._happens(failure_of(effect))
            self._happens(events.Tick(self.journey.now + 1000.0))
        assert self.journey.screen in (Screen.ATTRACT, Screen.FAULT)
        assert self.journey.visit is None


def failure_of(effect: effects.Effect) -> events.Event:
    """What the runner answers when a lane passes its deadline."""
    match effect:
        case effects.ReadCard(ticket) | effects.ReadCardId(ticket):
            return events.CardReadFailed(ticket, CardFault.UNRESPONSIVE)
        case effects.ScanOnePage(ticket):
            return events.ScanFailed(ticket, ScannerStatus.UNRESPONSIVE)
        case effects.RecognisePage(ticket, page_id) | effects.TurnPicture(ticket, page_id):
            return events.RecognitionFailed(ticket, page_id)
        case effects.Save(ticket):
            return events.SaveFailed(ticket, Fault.SAVE_FAILED)
        case effects.PrintReceipt(ticket):
            return events.ReceiptPrinted(ticket, PrintVerdict.NOT_PRINTED, PrinterStatus.UNRESPONSIVE)
        case effects.ReadPaperCode(ticket):
            return events.CodeNotRead(ticket)
        case effects.LookUp(ticket):
            return events.LookUpFailed(ticket)
    raise AssertionError(f"an effect without failure: {effect}")


World.TestCase.settings = settings(max_examples=150, stateful_step_count=60, deadline=None)
TestWorld = World.TestCase
