"""The overlay with a question: waits for a reply and covers the view."""

from typing import Any, NamedTuple

from kivy.properties import BooleanProperty, ObjectProperty, StringProperty

from drivers.ports.card_reader import CardReaderStatus
from journey.environment_faults import can_request_card
from journey.events import CancelStaffCall, ConfirmCodeNoted, ConfirmStartOver, Event, StartOver
from journey.language import _, translate
from journey.state import CallPhase, Journey, Overlay, PrintPhase, Visit
from journey.transitions import VISIT_ENDING_OVERLAYS
from screens.kv_loader import load_kv
from screens.staff_call import CALLING, staff_call_texts
from screens.widgets.overlay_view import OverlayView
from screens.widgets.tracking_code_panel import NO_TRACKING_CODE, TrackingCodeTexts, tracking_code_texts


class Question(NamedTuple):
    """The texts of an overlay's question, as message ids."""

    heading: str
    advice: str
    icon: str
    continue_label: str  # of the button that closes the overlay
    end_label: str  # of the other button, whose event is in `END_EVENTS`


NO_QUESTION = Question(heading="", advice="", icon="", continue_label="", end_label="")
QUESTIONS: dict[Overlay, Question] = {
    Overlay.STILL_THERE: Question(
        heading=_("Are you still there?"),
        advice=_("If not, everything on the screen is erased so that nobody else sees it"),
        icon="hand-stop",
        continue_label=_("Yes, I am here"),
        end_label=_("Start over"),
    ),
    Overlay.CARD_OUT: Question(
        heading=_("Your card was removed"),
        advice=_("Insert the card again to see your details, or continue without it"),
        icon="id",
        continue_label=_("Continue"),
        end_label=_("Start over"),
    ),
    Overlay.OTHER_CARD: Question(
        heading=_("This card belongs to someone else"),
        advice=_("To continue, remove it or insert the first card"),
        icon="id-off",
        continue_label=_("Continue"),
        end_label=_("Start over"),
    ),
    Overlay.START_OVER: Question(
        heading=_("Start over?"),
        advice=_("Everything you have entered will be erased"),
        icon="home",
        continue_label=_("No, continue"),
        end_label=_("Yes, erase it"),
    ),
    Overlay.NO_RECEIPT: Question(
        heading=_("Have you saved the code?"),
        advice=_("No receipt came out. You need this code to track your case"),
        icon="qrcode",
        continue_label=_("Not yet, show it again"),
        end_label=_("Yes, I have it"),
    ),
    Overlay.STAFF: Question(
        heading=CALLING.heading,
        advice=CALLING.advice,
        icon="bell-ringing",
        continue_label=_("Continue"),
        end_label=_("Cancel the call"),
    ),
}
END_EVENTS: dict[Overlay, Event] = {
    Overlay.START_OVER: ConfirmStartOver(),
    Overlay.NO_RECEIPT: ConfirmCodeNoted(),
    Overlay.STAFF: CancelStaffCall(),
}  # for the others: StartOver


class QuestionOverlay(OverlayView):
    """A panel with the question of the state's overlay, on a plain background."""

    kind: Any = ObjectProperty(None, allownone=True)
    question = ObjectProperty(NO_QUESTION, rebind=True)
    countdown = StringProperty()
    tracking_code = ObjectProperty(NO_TRACKING_CODE, rebind=True)  # shown only when the citizen must keep the code
    can_continue = BooleanProperty(True)
    has_staff_button = BooleanProperty(True)

    def show(self, journey: Journey) -> None:
        """Show the question of the state and how long it waits."""
        overlay = journey.overlay
        if overlay is None:
            return
        self.kind = overlay
        self.question = _question(journey, overlay)
        self.tracking_code = _code_to_keep(journey) if overlay is Overlay.NO_RECEIPT else NO_TRACKING_CODE
        has_card = journey.environment.card_reader is CardReaderStatus.CARD_PRESENT
        self.can_continue = not (overlay is Overlay.OTHER_CARD and has_card)
        self.has_staff_button = journey.staff_call is None or journey.staff_call.phase is CallPhase.NOT_SENT
        seconds = max(0, round(journey.overlay_deadline - journey.now))
        has_deadline = overlay is not Overlay.STAFF and seconds > 0
        self.countdown = (
            translate(_countdown_message(journey), journey.accessibility.language, seconds=seconds)
            if has_deadline
            else ""
        )

    def on_parent(self, _overlay: object, parent: object) -> None:
        """Keep no personal data while hidden."""
        if parent is None:
            self.tracking_code = NO_TRACKING_CODE

    def press_end(self) -> None:
        """Send the event of the other answer (`END_EVENTS`)."""
        self.send(END_EVENTS.get(self.kind, StartOver()))


def _question(journey: Journey, overlay: Overlay) -> Question:
    """The question, with heading and advice that match the state."""
    question, visit = QUESTIONS[overlay], journey.visit
    if overlay is Overlay.CARD_OUT and journey.environment.card_reader is not CardReaderStatus.EMPTY:
        # The card was removed, or the reader stopped answering: the status does not show which.
        question = question._replace(heading=_("The card is no longer detected"))
        if not can_request_card(journey.environment):
            advice = _("Your information is still here. You can continue without the card")
            question = question._replace(advice=advice)
    elif overlay is Overlay.STILL_THERE and visit is not None:
        question = question._replace(advice=_idle_advice(visit) or question.advice)
    elif overlay is Overlay.STAFF and journey.staff_call is not None:
        heading, advice = staff_call_texts(journey.staff_call)
        question = question._replace(heading=heading, advice=advice)
    elif overlay is Overlay.NO_RECEIPT and visit is not None and visit.saved is not None:
        if visit.print_phase is PrintPhase.PRINTING:
            question = question._replace(advice=_("Your receipt is still printing. This code works as well"))
        elif visit.receipts_out:
            question = question._replace(advice=_("The receipt may not have come out. This code works as well"))
    return question


def _code_to_keep(journey: Journey) -> TrackingCodeTexts:
    """The saved case's code, with spaces instead of hyphens; NO_TRACKING_CODE before the case is saved."""
    if journey.visit is None or journey.visit.saved is None:
        return NO_TRACKING_CODE
    texts = tracking_code_texts(journey)
    return texts._replace(code=texts.code.replace("-", "  "))


def _idle_advice(visit: Visit) -> str:
    """Message id of what happens to the story when nobody answers; '' while there is no story."""
    if visit.saved is not None:
        return _("Your case is saved. If nobody touches the screen, this page with your code closes")
    if visit.has_entries:
        return _("If nobody touches the screen, your story is erased so that nobody else sees it")
    return ""


def _countdown_message(journey: Journey) -> str:
    """Message id of what happens when nobody answers, with the seconds left."""
    has_entries = journey.visit is not None and journey.visit.has_entries
    if has_entries and journey.overlay in VISIT_ENDING_OVERLAYS:
        return _("Your story will be erased in {seconds} seconds")
    if has_entries and journey.overlay is Overlay.START_OVER:
        return _("Your story is kept. This question closes in {seconds} seconds")
    return _("Closes in {seconds} seconds")


load_kv(__file__)
