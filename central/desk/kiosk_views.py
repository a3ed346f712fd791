"""The page of all kiosks with their last heartbeats and the citizens who call for staff."""

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from central.desk import labels
from central.desk.kiosk_rows import build_kiosk_row
from central.desk.page_support import desk_page, page_language, render_page, signed_in_officer
from central.fleet import attention, staff_calls
from central.fleet.models import StaffCall
from central.people.permission import permitted_centres
from central.people.roles import Action
from protocol.staff_call import StaffCallResponse
from thai import dates

KIOSKS_PER_PAGE = 100
_REFRESH_S = 15  # a citizen who calls is waiting; the page has no field whose text a reload would lose


@require_safe
@desk_page
def kiosk_list(request: HttpRequest) -> HttpResponse:
    """Every kiosk of the officer's centres. Kiosks that need a person come first."""
    now, language, officer = timezone.now(), page_language(request), signed_in_officer(request)
    kiosks = attention.enrolments_in_use().filter(centre__in=permitted_centres(officer, Action.RUN_FLEET))
    with_reasons = [(attention.attention_reasons(kiosk, now), kiosk) for kiosk in kiosks]
    with_reasons.sort(key=lambda entry: (attention.urgency_rank(entry[0]), str(entry[1])))
    page = Paginator(with_reasons, KIOSKS_PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "rows": [build_kiosk_row(kiosk, reasons, language) for reasons, kiosk in page],
        "page": page,
        "attention_count": sum(1 for reasons, _ in with_reasons if reasons),
        "calls": [_call_row(call, language) for call in staff_calls.open_calls(officer)],
    }
    response = render_page(request, "desk/fleet.html", context)
    response["Refresh"] = str(_REFRESH_S)
    return response


def _call_row(call: StaffCall, language: str) -> dict[str, Any]:
    has_response = call.answer != StaffCallResponse.RECEIVED.value
    return {
        "call": call,
        "kiosk": call.enrolment,
        "since": dates.short_datetime(call.since, language),
        "response_text": labels.label(labels.STAFF_CALL_RESPONSES, call.answer, language) if has_response else "",
        "choices": [
            {"value": response.value, "text": text.in_language(language)}
            for response, text in labels.STAFF_CALL_RESPONSES.items()
        ],
    }
