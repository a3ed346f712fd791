"""Answers to citizens who call for staff."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from central.desk.forms import CallAnswerForm
from central.desk.page_support import desk_page, page_language, signed_in_officer
from central.fleet import staff_calls


@require_POST
@desk_page
def answer_call(request: HttpRequest, enrolment_id: UUID) -> HttpResponse:
    """Answer a citizen's call: POST a CallAnswerForm. An ended call is not changed."""
    form = CallAnswerForm(page_language(request), request.POST)
    if not form.is_valid():
        raise Http404
    call_id, answer = form.cleaned_data["call"], form.cleaned_data["answer"]
    staff_calls.answer_call(enrolment_id, call_id, answer, signed_in_officer(request))
    return redirect("desk:kiosks")
