"""A scripted visit: events are dispatched, screen and effects are checked, effects are answered.

A scenario reads `scenario.tap(BeginVisit()).expect_screen(Screen.NOTICE)`. It answers only PIN checks by itself.
"""

from collections.abc import Callable
from typing import Any, TypeVar

from drivers.ports.card_reader import CardReaderStatus, CitizenCard
from drivers.ports.receipt_printer import PrintVerdict
from journey import effects, events
from journey.complaint.draft import LetterPage
from journey.screens import Screen
from journey.state import Environment, Journey, KioskProfile, Overlay, PrintPhase, Visit
from journey.step import step
from protocol.topics import Topic
from simulators.sample_data import BOONMA, HEALTHY_ENVIRONMENT, SAVED_SUBMISSION

EffectT = TypeVar("EffectT")

PIN = "4711"  # the technician's


class Scenario:
    """A running journey and all effects it has requested."""

    def __init__(self, environment: Environment = HEALTHY_ENVIRONMENT, **kiosk: Any) -> None:
        self.journey = Journey(kiosk=KioskProfile(kiosk_id="KKN07", area="4001", **kiosk), environment=environment)
        self.requested_effects: list[effects.Effect] = []
        self.last_effects: tuple[effects.Effect, ...] = ()

    def dispatch(self, *new_events: events.Event) -> "Scenario":
        for turn, event in enumerate(new_events):
            self.journey, self.last_effects = step(self.journey, event)
            self.requested_effects.extend(self.last_effects)
            for effect in self.last_effects:
                if isinstance(effect, effects.CheckPin):  # answered at once: its duration does not matter here
                    return self.dispatch(events.PinChecked(effect.check_id, effect.pin == PIN), *new_events[turn + 1 :])
        return self

    tap = dispatch

    def answer_effect(self, effect_type: type[EffectT], make_event: Callable[[EffectT], events.Event]) -> "Scenario":
        """Answer the newest effect of that kind."""
        return self.dispatch(make_event(self.newest_effect(effect_type)))

    def newest_effect(self, effect_type: type[EffectT]) -> EffectT:
        return next(effect for effect in reversed(self.requested_effects) if isinstance(effect, effect_type))

    def count_effects(self, effect_type: type) -> int:
        return sum(isinstance(effect, effect_type) for effect in self.requested_effects)

    def expect_screen(self, screen: Screen, overlay: Overlay | None = None) -> "Scenario":
        assert (self.journey.screen, self.journey.overlay) == (screen, overlay)
        return self

    def wait(self, seconds: float) -> "Scenario":
        return self.dispatch(events.Tick(self.journey.now + seconds))

    @property
    def visit(self) -> Visit:
        assert self.journey.visit is not None
        return self.journey.visit

    # --- steps that many scenarios share ------------------------------------------------------------------------

    def insert_card(self) -> "Scenario":
        return self.dispatch(events.CardReaderChanged(CardReaderStatus.CARD_PRESENT))

    def remove_card(self) -> "Scenario":
        return self.dispatch(events.CardReaderChanged(CardReaderStatus.EMPTY))

    def accept_notice(self) -> "Scenario":
        return self.tap(events.AcceptNotice(at_epoch_s=1_790_000_000.0))

    def identify_by_card(self, card: CitizenCard = BOONMA) -> "Scenario":
        """Go from attract to a read card."""
        self.insert_card().expect_screen(Screen.NOTICE)
        return self.accept_notice().answer_effect(
            effects.ReadCard, lambda e: events.CardRead(e.request_id, card, "400106")
        )

    def write_complaint(self) -> "Scenario":
        """Go from identify to the review of a typed complaint."""
        self.tap(events.Next(), events.ChooseTopic(Topic.UTILITIES), events.Next())
        return self.tap(events.WriteText("text", "ถนนหน้าหมู่บ้านชำรุด"), events.Next()).expect_screen(Screen.REVIEW)

    def confirm_and_print(self) -> "Scenario":
        """Go from review to the printed receipt, or to the receipt screen if the printer is not ready."""
        self.confirm_and_save().dispatch(events.ScreenShown(Screen.RECEIPT))
        if self.visit.print_phase is PrintPhase.PRINTING:
            status = self.journey.environment.printer
            self.answer_effect(
                effects.PrintReceipt, lambda e: events.PrintFinished(e.request_id, PrintVerdict.PRINTED, status)
            )
        return self

    def confirm_and_save(self) -> "Scenario":
        """Go from review to the receipt screen, before it is shown."""
        self.tap(events.SubmitComplaint()).answer_effect(
            effects.SaveSubmission, lambda e: events.SaveSucceeded(e.request_id, SAVED_SUBMISSION)
        )
        return self.expect_screen(Screen.RECEIPT)


def letter_page(page_id: str) -> LetterPage:
    return LetterPage(page_id=page_id, width=1654, height=2339)
