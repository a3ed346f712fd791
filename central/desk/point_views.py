"""Sets the point of the incident."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from central.cases import commands
from central.cases.commands import Actor
from central.cases.coordinates import MAX_CHARS
from central.desk.case_access import case_url, find_case, show_denial
from central.desk.page_support import desk_page, signed_in_officer
from central.desk.queue_position import list_query


@require_POST
@desk_page
def save_point(request: HttpRequest, number: str) -> HttpResponse:
    """Set the point: POST `coordinates`; an empty one removes it. What is refused is shown again as it was typed."""
    case, typed = find_case(request, number), request.POST.get("coordinates", "")[:MAX_CHARS]
    by = Actor.of(signed_in_officer(request))
    try:
        commands.set_point(case, by, seen_revision=None, coordinates=typed)
    except commands.NotAllowedError as error:
        return show_denial(request, number, error, status=409, typed_point=typed)
    return redirect(f"{case_url(number, list_query(request))}#point")
