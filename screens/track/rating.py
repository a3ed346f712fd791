"""Rating the work on a closed case: five buttons for each agency that worked on it. Afterwards the questions of the
yearly survey, if the centre sends them."""

from typing import Any

from kivy.properties import BooleanProperty, NumericProperty, ObjectProperty, StringProperty

from journey.events import ChooseStars, SubmitRating
from journey.language import _, localise_digits
from journey.rating_flow import has_all_stars
from journey.state import Journey, RatingPhase
from protocol.messages import BodyToRate
from protocol.rating import SCALE_LABELS, STAR_LABELS
from screens.kv_loader import load_kv
from screens.widgets.buttons import PressableBox
from screens.widgets.containers import Panel
from screens.widgets.fault_panel import NO_FAULT, FaultNotice
from screens.widgets.pool import Pool
from screens.widgets.screen_view import ScreenView

# Shown while the view is preloaded: a case has seldom more than one agency.
PLACEHOLDER_BODIES = (BodyToRate(key="", name="ก"),)
ANSWERS_NOT_SENT = FaultNotice(
    title=_("Your answers were not sent"),
    advice=_("There is no connection to the centre. Try again, or answer on the tracking page with your phone"),
    icon="wifi-off",
)
NOT_SENT = FaultNotice(
    title=_("Your rating was not sent"),
    advice=_("There is no connection to the centre. Try again, or rate on the tracking page with your phone"),
    icon="wifi-off",
)


class StarButton(PressableBox):
    """One choice of stars."""


class StarsPanel(Panel):
    """One who worked on the case, and the five buttons."""

    key = StringProperty()
    body_name = StringProperty()
    stars = NumericProperty(0)  # the chosen ones
    chosen_label = StringProperty()  # what the chosen stars mean
    labels: Any = ObjectProperty(STAR_LABELS)  # of 1 to 5
    language = StringProperty("th")
    is_busy = BooleanProperty(False)
    choose: Any = ObjectProperty(lambda key, stars: None)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._buttons = [StarButton() for _label in STAR_LABELS]
        for number, button in enumerate(self._buttons, 1):
            button.bind(on_release=lambda _button, number=number: self.choose(self.key, number))
            self.ids.stars.add_widget(button)
        for name in ("key", "stars", "language", "is_busy", "labels"):
            self.fbind(name, self._show)
        self._show()

    def _show(self, *_changed: object) -> None:
        for number, button in enumerate(self._buttons, 1):
            label = self.labels[number - 1].in_language(self.language)
            button.name, button.spoken = f"stars_{self.key}_{number}", f"{number} {label}"
            button.literal_text = localise_digits(str(number), self.language)
            button.selected, button.disabled = number == self.stars, self.is_busy
        self.chosen_label = self.labels[int(self.stars) - 1].in_language(self.language) if self.stars else ""


class RatingView(ScreenView):
    """The stars are sent together, once everybody has some."""

    notice = ObjectProperty(NO_FAULT, rebind=True)
    scale = StringProperty()  # what the first and the last button mean
    bodies_box: Any = ObjectProperty(None)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        empty = {"key": "", "body_name": "", "stars": 0, "labels": STAR_LABELS}
        self._panels = Pool(self.bodies_box, StarsPanel, empty)

    def update(self, journey: Journey) -> None:
        """Show who is rated, the chosen stars, and whether they are being sent."""
        visit, language = journey.visit, journey.accessibility.language
        response = visit.tracking_response if visit is not None else None
        stars = dict(visit.stars) if visit is not None else {}
        is_sending = visit is not None and visit.rating_phase is RatingPhase.SENDING
        is_survey = response is not None and not response.to_rate and bool(response.survey)
        labels = SCALE_LABELS if is_survey else STAR_LABELS
        ends = (f"{number} = {labels[number - 1].in_language(language)}" for number in (1, len(labels)))
        self.scale = localise_digits(" · ".join(ends), language)
        self._panels.show(
            [
                {
                    "key": body.key,
                    "body_name": body.name,
                    "stars": stars.get(body.key, 0),
                    "labels": labels,
                    "language": language,
                    "is_busy": is_sending,
                    "choose": self._choose,
                }
                for body in (response.rows_to_rate if response is not None else ()) or PLACEHOLDER_BODIES
            ]
        )
        is_not_sent = visit is not None and visit.rating_phase is RatingPhase.NOT_SENT
        self.notice = (ANSWERS_NOT_SENT if is_survey else NOT_SENT) if is_not_sent else NO_FAULT
        self.title = _("Survey of satisfaction and trust") if is_survey else _("Rate the work on this case")
        self.primary_enabled = visit is not None and has_all_stars(visit) and not is_sending
        self.primary = _("Sending …") if is_sending else _("Send answers") if is_survey else _("Send rating")

    def press_primary(self) -> None:
        """Send the stars."""
        self.send(SubmitRating())

    def _choose(self, key: str, stars: int) -> None:
        self.send(ChooseStars(key, stars))


load_kv(__file__)
