"""Where the case is, in one sentence, and the way it took."""

from datetime import UTC, datetime
from typing import Any

from kivy.properties import BooleanProperty, ObjectProperty, StringProperty

from journey.events import Finish
from journey.language import _, localise_digits, translate
from journey.state import Journey
from protocol.case_status import CaseStatus
from protocol.messages import TrackingResponse, TrackingStep
from screens.kv_loader import load_kv
from screens.widgets.containers import Row
from screens.widgets.pool import Pool
from screens.widgets.screen_view import ScreenView
from thai.dates import clock_time, long_date, short_date

# What stands on the page while it is hidden: the answer finds it laid out, and most often changes only its words.
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
    """One step of the way: done, now, or still to come."""

    state = StringProperty("done")  # done, now, coming
    literal_text = StringProperty()
    time_text = StringProperty()
    first = BooleanProperty(False)
    last = BooleanProperty(False)


class CaseStatusView(ScreenView):
    """One answer of the centre."""

    sentence = StringProperty()
    agency = StringProperty()
    officer = StringProperty()
    due = StringProperty()
    is_found = BooleanProperty(True)
    steps_panel: Any = ObjectProperty(None)

    def __init__(self, **kwargs: Any) -> None:
        self._drawn: tuple[TrackingResponse, str] | None = None
        super().__init__(**kwargs)
        self._steps = Pool(self.steps_panel, CaseStepRow, {"literal_text": "", "time_text": ""})

    def update(self, journey: Journey) -> None:
        """The answer; rebuilt only when it is another one."""
        answer = (journey.visit.tracking_response if journey.visit else None) or PLACEHOLDER_RESPONSE
        language = journey.accessibility.language
        if (answer, language) == self._drawn:
            return
        self._drawn = (answer, language)
        self.is_found = answer.found
        self.subtitle_text = (
            translate(_("Case {number}"), language, number=answer.case_number) if answer.case_number else ""
        )
        self.sentence, self.agency = answer.sentence, answer.agency
        self.officer = (
            translate(_("Officer in charge: {officer}"), language, officer=answer.officer) if answer.officer else ""
        )
        due = answer.due_date
        self.due = (
            translate(_("Expected by {date}"), language, date=localise_digits(long_date(due, language), language))
            if due
            else ""
        )
        closed = answer.is_closed
        coming = answer.found and not closed and bool(answer.steps)
        rows = [
            {
                "state": "now" if index == len(answer.steps) - 1 and not closed else "done",
                "literal_text": step.text,
                "time_text": localise_digits(
                    f"{short_date(step.at, language)} {clock_time(step.at, language)}", language
                ),
            }
            for index, step in enumerate(answer.steps)
        ]
        if coming:
            rows.append(
                {
                    "state": "coming",
                    "literal_text": translate(_("Closed, with a result"), language),
                    "time_text": self.due,
                }
            )
        last = len(rows) - 1
        self._steps.show([{**row, "first": index == 0, "last": index == last} for index, row in enumerate(rows)])

    def press_primary(self) -> None:
        """Seen."""
        self.send(Finish())


load_kv(__file__)
