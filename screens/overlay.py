"""What lies over a screen: a question that waits for an answer and hides what is under it."""

from typing import Any

from kivy.properties import BooleanProperty, ObjectProperty, StringProperty

from drivers.card_reader.status import CardReaderStatus
from kiosk_app.journey.around import asks_card
from kiosk_app.journey.events import StartOver, StartOverYes
from kiosk_app.journey.state import Journey, Overlay
from kiosk_app.language import _, say
from screens.rules import load_rules
from screens.widgets.cover import Cover

# title, advice, icon, button that goes on, button that ends
_ROWS: dict[Overlay, tuple[str, str, str, str, str]] = {
    Overlay.STILL_THERE: (
        _("Are you still there?"),
        _("If not, everything on the screen is erased so that nobody else sees it"),
        "hand-stop",
        _("Yes, I am here"),
        _("Start over"),
    ),
    Overlay.CARD_OUT: (
        _("Your card was removed"),
        _("What you told us is kept. Insert the card again to see it, or continue"),
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
    Overlay.STAFF: (
        _("Staff have been called"),
        _("Please wait a moment. Someone is coming to you"),
        "bell-ringing",
        _("Continue"),
        "",
    ),
}


class OverlayCard(Cover):
    """A veil over everything and a card with the question. Nothing under it can be touched."""

    kind: Any = ObjectProperty(None, allownone=True)
    icon = StringProperty()
    heading = StringProperty()
    advice = StringProperty()
    countdown = StringProperty()
    go_on = StringProperty()
    end = StringProperty()
    can_go_on = BooleanProperty(True)
    with_staff = BooleanProperty(True)

    def show(self, journey: Journey) -> None:
        """The question of the state, and how long it waits."""
        overlay = journey.overlay
        if overlay is None:
            return
        self.kind = overlay
        self.heading, self.advice, self.icon, self.go_on, self.end = _ROWS[overlay]
        if overlay is Overlay.CARD_OUT and journey.around.card_reader is not CardReaderStatus.EMPTY:
            self.heading = _("The card is no longer detected")  # pulled, or the reader fell silent: it does not say
            if not asks_card(journey.around):
                self.advice = _("Your information is still here. You can continue without the card")
        elif overlay is Overlay.STAFF and journey.around.network is False:
            self.advice = _("There is no connection right now. If nobody comes, please go to the desk")
        present = journey.around.card_reader is CardReaderStatus.CARD_PRESENT
        self.can_go_on = not (overlay is Overlay.OTHER_CARD and present)
        self.with_staff = not journey.staff_called
        seconds = max(0, round(journey.still_there_until - journey.now))
        waits = overlay is not Overlay.STAFF and seconds > 0
        language = journey.comfort.language
        self.countdown = say(_("Closes in {seconds} seconds"), language, seconds=seconds) if waits else ""

    def press_end(self) -> None:
        """Start over."""
        self.send(StartOverYes() if self.kind is Overlay.START_OVER else StartOver())


load_rules(__file__)
