"""The full history of a case for its citizen, on a page of its own, which can be printed."""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_http_methods

from central.cases import clock
from central.cases.case_clock import explain_case, public_deadline
from central.cases.event_kinds import EVENT_NAMES, ActorKind, EventKind
from central.cases.models import Case, CaseEvent
from central.centres.wording import official_text
from central.client_address import client_address
from central.identity_crypto import tracking_hash
from central.submission_labels import topic_name
from central.tracking.lookup import find_case_status
from central.tracking.views import failure_response, valid_language
from protocol import tracking_code
from protocol.bilingual_text import BilingualText
from protocol.case_status import CaseStatus
from thai import dates, places

HASH_CHARS = 10  # of 64, as on the page of the case at the centre
_ACTORS = {
    ActorKind.OFFICER: BilingualText("ศูนย์", "The centre"),
    ActorKind.AGENCY: BilingualText("หน่วยงาน", "The agency"),
    ActorKind.CITIZEN: BilingualText("ท่าน", "You"),
    ActorKind.SYSTEM: BilingualText("ระบบ", "The system"),
}


@dataclass(frozen=True)
class PublicEvent:
    """An event as the citizen reads it: without the names of officers, and without what was written by the citizen."""

    when: str
    by: str
    name: str
    status: str
    text: str
    short_hash: str


@csrf_exempt  # it changes nothing; the code is in the body
@require_http_methods(["GET", "HEAD", "POST"])
@gzip_page
def history(request: HttpRequest) -> HttpResponse:
    """POST `code` and `language`: every public event with its short hash, and how the due date was counted."""
    if request.method != "POST":
        return redirect("track")
    typed = request.POST.get("code", "")[:64]
    lookup = find_case_status(typed, valid_language(request.POST.get("language")), client_address(request))
    if lookup.case is None:
        return failure_response(request, lookup)
    code, language, today = tracking_code.code_from_url(typed), lookup.language, clock.today()
    case = Case.objects.select_related("centre").filter(tracking_hash=tracking_hash(code)).first()
    if case is None:  # another request has just replaced the code
        return redirect("track")
    explanation = None if case.closed_at else explain_case(case, today)
    context = {
        "language": language,
        "code": tracking_code.display(code),
        "case_number": case.case_number,
        "centre": case.centre.name_in(language),
        "response": lookup.response,
        "topic": topic_name(case.topic, language),
        "place": places.full_name(case.area, language),
        "owner": lookup.case.owner_name,
        "deadline": public_deadline(case, today).in_language(language),
        "days": [(day.date_in(language), day.text.in_language(language)) for day in explanation.days]
        if explanation
        else [],
        "counted": explanation.summary.in_language(language) if explanation else "",
        "events": public_events(case, language),
        "printed_at": dates.short_datetime(clock.now(), language),
    }
    response = render(request, "tracking/history.html", context)
    response["Referrer-Policy"] = "no-referrer"
    return response


def public_events(case: Case, language: str) -> list[PublicEvent]:
    """The public events, oldest first. One query."""
    events = case.events.filter(is_public=True).select_related("texts").order_by("at", "id")
    return [_shown(event, case, language) for event in events]


def _shown(event: CaseEvent, case: Case, language: str) -> PublicEvent:
    texts = getattr(event, "texts", None)
    status = event.status or event.value
    return PublicEvent(
        when=dates.short_datetime(event.at, language),
        by=_ACTORS[ActorKind(event.actor)].in_language(language),
        name=EVENT_NAMES[EventKind(event.kind)].in_language(language),
        status=official_text(CaseStatus(status), case.centre, language) if status in set(CaseStatus) else "",
        text=texts.public_text if texts else "",
        short_hash=event.hash[:HASH_CHARS],
    )
