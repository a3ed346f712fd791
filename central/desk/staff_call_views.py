"""Responds to citizens who call for staff."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from central.desk.forms import CallResponseForm
from central.desk.page_support import desk_page, page_language, signed_in_officer
from central.fleet import staff_calls


@require_POST
@desk_page
def respond_to_call(request: HttpRequest, enrolment_id: UUID) -> HttpResponse:
    """Respond to a citizen's call: POST a CallResponseForm. An ended call is not changed."""
    form = CallResponseForm(page_language(request), request.POST)
    if not form.is_valid():
        raise Http404
    call_id, response = form.cleaned_data["call"], form.cleaned_data["answer"]
    staff_calls.respond_to_call(enrolment_id, call_id, response, signed_in_officer(request))
    return redirect("desk:kiosks")
