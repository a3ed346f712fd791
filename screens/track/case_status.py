"""The status of a case: one sentence, what the citizen is asked, the outcome, and the steps so far."""

from datetime import UTC, date, datetime
from typing import Any

from kivy.properties import BooleanProperty, ObjectProperty, StringProperty

from journey.events import Finish, OpenRating
from journey.language import _, localise_digits, translate
from journey.state import Journey, Visit
from protocol.case_status import CaseStatus
from protocol.messages import TrackingResponse, TrackingStep
from protocol.tracking_code import tracking_url
from screens.kv_loader import load_kv
from screens.widgets.containers import Panel, Row
from screens.widgets.pool import Pool
from screens.widgets.screen_view import ScreenView
from screens.widgets.tracking_code_panel import QrCode as _QrCode  # noqa: F401  used by the rules
from thai.dates import clock_time, long_date, short_date

# Shown while the view is preloaded: the response then finds it laid out, and usually changes only its texts.
PLACEHOLDER_RESPONSE = TrackingResponse(
    found=True,
    sentence="ก",
    case_number="ก",
    agency="ก",
    officer="ก",
    due="2026-01-01",
    steps=(TrackingStep(status=CaseStatus.RECEIVED, text="ก", at=datetime(2026, 1, 1, tzinfo=UTC)),) * 5,
)


class CaseStepRow(Row):
    """One step of the case."""

    state = StringProperty("done")  # 'done', 'now' or 'coming'
    literal_text = StringProperty()
    time_text = StringProperty()
    first = BooleanProperty(False)
    last = BooleanProperty(False)


class PhonePanel(Panel):
    """What the citizen can do on the tracking page, and the QR code that opens it."""

    message = StringProperty()
    url = StringProperty()


class CaseStatusView(ScreenView):
    """The centre's response to a tracking code."""

    sentence = StringProperty()
    agency = StringProperty()
    officer = StringProperty()
    deadline = StringProperty()  # the due date with its reason
    message_text = StringProperty()
    is_question = BooleanProperty(False)
    outcome = StringProperty()
    page_url = StringProperty()  # of the tracking page, while it takes details and photos
    can_rate = BooleanProperty(False)
    has_rated = BooleanProperty(False)
    has_survey = BooleanProperty(False)  # it can be answered now
    is_found = BooleanProperty(True)
    steps_panel: Any = ObjectProperty(None)

    def __init__(self, **kwargs: Any) -> None:
        self._shown: tuple[TrackingResponse, str] | None = None  # response and language
        super().__init__(**kwargs)
        self._steps = Pool(self.steps_panel, CaseStepRow, {"literal_text": "", "time_text": ""})

    def update(self, journey: Journey) -> None:
        """Show the response, if it is a new one."""
        response = (journey.visit.tracking_response if journey.visit else None) or PLACEHOLDER_RESPONSE
        language = journey.accessibility.language
        self.page_url = _page_url(journey.kiosk.public_url, journey.visit, response)
        if (response, language) != self._shown:
            self._shown = (response, language)
            self._show_response(response, language)

    def _show_response(self, response: TrackingResponse, language: str) -> None:
        self.is_found, self.sentence, self.agency = response.found, response.sentence, response.agency
        number, officer = response.case_number, response.officer
        self.subtitle_text = translate(_("Case {number}"), language, number=number) if number else ""
        self.officer = translate(_("Officer in charge: {officer}"), language, officer=officer) if officer else ""
        due = _due_text(response.due_date, language) if response.due_date is not None else ""
        self.deadline = localise_digits(response.deadline, language) or due
        self.message_text, self.is_question = response.message, response.is_question
        self.outcome = response.outcome
        self.can_rate, self.has_rated = bool(response.to_rate), response.has_rated
        self.has_survey = bool(response.survey) and not response.to_rate
        rows = _step_rows(response, language, due)
        last = len(rows) - 1
        self._steps.show([{**row, "first": index == 0, "last": index == last} for index, row in enumerate(rows)])

    def press_primary(self) -> None:
        """Back to the attract screen."""
        self.send(Finish())

    def open_rating(self) -> None:
        """To the stars."""
        self.send(OpenRating())


def _page_url(public_url: str, visit: Visit | None, response: TrackingResponse) -> str:
    """The content of the QR code. '' while the tracking page takes nothing for this case, and without a visit."""
    if visit is None or not visit.tracked_code or not public_url or not response.accepts_details:
        return ""
    return tracking_url(public_url, visit.tracked_code)


def _due_text(due: date, language: str) -> str:
    shown_date = localise_digits(long_date(due, language), language)
    return translate(_("Expected by {date}"), language, date=shown_date)


def _step_rows(response: TrackingResponse, language: str, due: str) -> list[dict[str, str]]:
    """Properties of one CaseStepRow for each step; for an open case also for the one to come, with its date `due`."""
    rows = [
        {
            "state": "done",
            "literal_text": step.text,
            "time_text": localise_digits(f"{short_date(step.at, language)} {clock_time(step.at, language)}", language),
        }
        for step in response.steps
    ]
    if rows and not response.is_closed:
        rows[-1]["state"] = "now"
        if response.found:
            closing_step = translate(_("Closed, with a result"), language)
            rows.append({"state": "coming", "literal_text": closing_step, "time_text": due})
    return rows


load_kv(__file__)
