"""The requests of data subjects, for the data protection officer. A request is answered on the page of its case."""

from dataclasses import dataclass

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from central.cases.commands.citizen_rights import DATA_RIGHTS
from central.desk import labels
from central.desk.page_support import desk_page, page_language, render_page, signed_in_officer
from central.messages.data_requests import ANSWER_WITHIN, visible_data_requests
from central.messages.models import DataRequest
from central.people.permission import actions_anywhere
from central.people.roles import Action
from central.privacy.processing_record import processing_activities
from thai import dates

_SHOWN = 100
_RECORD_COLUMNS = ("purpose", "data", "people", "basis", "recipients", "retention")


@dataclass(frozen=True)
class ShownRequest:
    """One line: which case, what is requested, and until when it must be answered."""

    case_number: str
    centre: str
    right: str
    requested: str
    answer_by: str
    is_late: bool
    answered: str  # '' while it waits


@require_safe
@desk_page
def data_request_list(request: HttpRequest) -> HttpResponse:
    """What waits for an answer, the oldest first, then what was answered last."""
    officer, language = signed_in_officer(request), page_language(request)
    if Action.ANSWER_DATA_REQUEST not in actions_anywhere(officer):
        raise PermissionDenied
    rows = [_shown(row, language) for row in visible_data_requests(officer)[:_SHOWN]]
    return render_page(request, "desk/data_requests.html", {"rows": rows})


def _shown(row: DataRequest, language: str) -> ShownRequest:
    answer_by = row.asked_at + ANSWER_WITHIN
    by = row.answered_by.display_name if row.answered_by else ""
    return ShownRequest(
        case_number=row.case.case_number,
        centre=row.case.centre.name_in(language),
        right=labels.label(DATA_RIGHTS, row.right, language),
        requested=dates.short_date(row.asked_at, language),
        answer_by=dates.short_date(answer_by, language),
        is_late=row.answered_at is None and timezone.now() > answer_by,
        answered=f"{dates.short_date(row.answered_at, language)} · {by}" if row.answered_at else "",
    )


@require_safe
@desk_page
def processing_record(request: HttpRequest) -> HttpResponse:
    """The record of processing activities, for the data protection officer and auditors."""
    officer, language = signed_in_officer(request), page_language(request)
    if not actions_anywhere(officer) & {Action.ANSWER_DATA_REQUEST, Action.VIEW_AUDIT}:
        raise PermissionDenied
    rows = [
        {name: getattr(activity, name).in_language(language) for name in _RECORD_COLUMNS}
        for activity in processing_activities()
    ]
    return render_page(request, "desk/processing_record.html", {"rows": rows})
