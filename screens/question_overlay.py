"""What lies over a screen: a question that waits for an answer and hides what is under it."""

from typing import Any

from kivy.properties import BooleanProperty, ObjectProperty, StringProperty

from drivers.ports.card_reader import CardReaderStatus
from journey.environment_faults import can_request_card
from journey.events import CancelStaffCall, ConfirmCodeNoted, ConfirmStartOver, Event, StartOver
from journey.language import _, translate
from journey.state import CallPhase, Journey, Overlay, PrintPhase, Visit
from journey.transitions import VISIT_ENDING_OVERLAYS
from protocol.tracking_code import display, tracking_url
from screens.kv_loader import load_kv
from screens.staff_call import CALLING, staff_call_texts
from screens.widgets import qr_code as _qr_code  # noqa: F401  the rule uses it
from screens.widgets.overlay_view import OverlayView

# title, advice, icon, button that goes on, button that ends
_CONTENT: dict[Overlay, tuple[str, str, str, str, str]] = {
    Overlay.STILL_THERE: (
        _("Are you still there?"),
        _("If not, everything on the screen is erased so that nobody else sees it"),
        "hand-stop",
        _("Yes, I am here"),
        _("Start over"),
    ),
    Overlay.CARD_OUT: (
        _("Your card was removed"),
        _("Insert the card again to see your details, or continue without it"),
        "id",
        _("Continue"),
        _("Start over"),
    ),
    Overlay.OTHER_CARD: (
        _("This card belongs to someone else"),
        _("To continue, remove it or insert the first card"),
        "id-off",
        _("Continue"),
        _("Start over"),
    ),
    Overlay.START_OVER: (
        _("Start over?"),
        _("Everything you have entered will be erased"),
        "home",
        _("No, continue"),
        _("Yes, erase it"),
    ),
    Overlay.NO_RECEIPT: (
        _("Have you kept the code?"),
        _("No receipt came out. You need this code to track your case"),
        "qrcode",
        _("Not yet, show it again"),
        _("Yes, I have it"),
    ),
    Overlay.STAFF: (*CALLING, "bell-ringing", _("Continue"), _("Cancel the call")),
}


class QuestionOverlay(OverlayView):
    """A veil over everything and a card with the question. Nothing under it can be touched."""

    kind: Any = ObjectProperty(None, allownone=True)
    icon = StringProperty()
    heading = StringProperty()
    advice = StringProperty()
    countdown = StringProperty()
    continue_label = StringProperty()
    end_label = StringProperty()
    tracking_code_text = StringProperty()  # what is to be kept; '' is nothing
    case_number_text = StringProperty()
    qr_content = StringProperty()  # of the QR code
    can_continue = BooleanProperty(True)
    has_staff_button = BooleanProperty(True)

    def show(self, journey: Journey) -> None:
        """The question of the state, and how long it waits."""
        overlay = journey.overlay
        if overlay is None:
            return
        self.kind = overlay
        self.heading, self.advice, self.icon, self.continue_label, self.end_label = _CONTENT[overlay]
        if overlay is Overlay.CARD_OUT and journey.environment.card_reader is not CardReaderStatus.EMPTY:
            self.heading = _("The card is no longer detected")  # pulled, or the reader fell silent: it does not say
            if not can_request_card(journey.environment):
                self.advice = _("Your information is still here. You can continue without the card")
        elif overlay is Overlay.STILL_THERE and journey.visit is not None:
            self.advice = _idle_advice(journey.visit) or self.advice
        elif overlay is Overlay.STAFF and journey.staff_call is not None:
            self.heading, self.advice = staff_call_texts(journey.staff_call)
        self.tracking_code_text = self.case_number_text = self.qr_content = ""
        if overlay is Overlay.NO_RECEIPT and journey.visit is not None:
            self._show_code(journey, journey.visit)
        present = journey.environment.card_reader is CardReaderStatus.CARD_PRESENT
        self.can_continue = not (overlay is Overlay.OTHER_CARD and present)
        self.has_staff_button = journey.staff_call is None or journey.staff_call.phase is CallPhase.NOT_SENT
        seconds = max(0, round(journey.overlay_deadline - journey.now))
        waits = overlay is not Overlay.STAFF and seconds > 0
        self.countdown = translate(_waiting(journey), journey.accessibility.language, seconds=seconds) if waits else ""

    def _show_code(self, journey: Journey, visit: Visit) -> None:
        if visit.saved is None:
            return
        self.tracking_code_text = display(visit.saved.code).replace("-", "  ")
        self.case_number_text = translate(
            _("Case number {number}"), journey.accessibility.language, number=visit.saved.number
        )
        self.qr_content = tracking_url(journey.kiosk.public_url, visit.saved.code)
        if visit.print_phase is PrintPhase.PRINTING:
            self.advice = _("Your receipt is still printing. This code works as well")
        elif visit.receipts_out:
            self.advice = _("The receipt may not have come out. This code works as well")

    def on_parent(self, _card: object, parent: object) -> None:
        """Nothing of a visit stays in a card that does not show."""
        if parent is None:
            self.tracking_code_text = self.case_number_text = self.qr_content = ""

    def press_end(self) -> None:
        """The other answer: start over, the code is kept, cancel the call."""
        answers: dict[Overlay, Event] = {
            Overlay.START_OVER: ConfirmStartOver(),
            Overlay.NO_RECEIPT: ConfirmCodeNoted(),
            Overlay.STAFF: CancelStaffCall(),
        }
        self.send(answers.get(self.kind, StartOver()))


def _idle_advice(visit: Visit) -> str:
    """What happens to the story when nobody answers; '' before there is one."""
    if visit.saved is not None:
        return _("Your story is saved. If nobody touches the screen, this page with your code closes")
    return (
        _("If nobody touches the screen, your story is erased so that nobody else sees it") if visit.has_entries else ""
    )


def _waiting(journey: Journey) -> str:
    """What comes when nobody answers, and when."""
    has_entries = journey.visit is not None and journey.visit.has_entries
    if has_entries and journey.overlay in VISIT_ENDING_OVERLAYS:
        return _("Your story will be erased in {seconds} seconds")
    if has_entries and journey.overlay is Overlay.START_OVER:
        return _("Your story stays. This question closes in {seconds} seconds")
    return _("Closes in {seconds} seconds")


load_kv(__file__)
