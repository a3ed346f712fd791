"""The page of one case: reading it, and saving a step."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from central.cases import commands, reading, viewing
from central.cases.commands import Actor
from central.cases.errors import NO_PERMISSION
from central.desk.case_access import CASE_NUMBER, case_url, find_case, open_case, show_case, show_denial
from central.desk.case_page import build_case_page
from central.desk.page_support import desk_page, page_language, render_page, signed_in_officer
from central.desk.queue_position import list_query, queue_position
from central.desk.step_input import StepInput
from central.desk.step_panel import create_step_form
from central.desk.step_table import find_step
from central.people.permission import actions_at
from central.uploads import accepts_upload
from protocol.bilingual_text import BilingualText
from thai import dates

_NO_STEP = BilingualText("โปรดเลือกขั้นตอน", "Choose a step")
_SAVED = BilingualText("บันทึกเรื่อง {} แล้ว", "Case {} is saved")


@require_GET  # not HEAD: opening a case is audited as a reading
@desk_page
def case_page(request: HttpRequest, number: str) -> HttpResponse:
    """One case. Opening it is audited. The complainant is withheld until an officer opens it."""
    case, saved = open_case(request, number), request.GET.get("saved", "")
    notice = _SAVED.in_language(page_language(request)).format(saved) if CASE_NUMBER.fullmatch(saved) else ""
    return show_case(request, case, notice=notice)


@accepts_upload(settings.MAX_UPLOAD_BYTES)
@require_POST
@desk_page
def save_step(request: HttpRequest, number: str) -> HttpResponse:
    """Make a step: POST a StepForm with the code of the step. `after` is 'next' to go on to the next case of the list.

    Whatever is refused shows the page again with everything that was typed: 403 for the role, 409 for a page that is
    out of date or a step that does not fit, 422 for a field."""
    officer, language, case = signed_in_officer(request), page_language(request), find_case(request, number)
    form = create_step_form(officer, case, language, request.POST, files=request.FILES)
    form.is_valid()
    step = find_step(request.POST.get("step", ""))
    if step is None:
        error = _NO_STEP.in_language(language)
        return show_case(request, open_case(request, number), form=form, error=error, status=422)
    if step.action not in actions_at(officer, case.centre, case.area):
        return show_denial(request, number, commands.NotAllowedError(NO_PERMISSION), status=403, form=form)
    if "insert" in request.POST:  # the template, without JavaScript
        return show_case(request, open_case(request, number), form=form)
    if form.errors:
        return show_case(request, open_case(request, number), form=form, error=form.first_error, status=422)
    query = list_query(request)
    following = queue_position(officer, case, query).next
    try:
        step.run(StepInput(case, Actor.of(officer), form.cleaned_data))
    except commands.NotAllowedError as error:
        return show_denial(request, number, error, status=409, form=form)
    if request.POST.get("after") == "next" and following:
        return redirect(case_url(following, query, saved=number))
    if not reading.visible_cases(officer).filter(pk=case.pk).exists():  # moved to a centre of others
        return redirect("desk:cases")
    return redirect(case_url(number, query, saved=number))


@require_POST
@desk_page
def keep_open(request: HttpRequest, number: str) -> HttpResponse:
    """Sent by an open page once a minute: who else has the case open, and its revision."""
    officer, case = signed_in_officer(request), find_case(request, number)
    viewing.keep_open(officer, case)
    others = [other.display_name for other in viewing.other_viewers(officer, case)]
    return JsonResponse({"others": others, "revision": case.revision})


@require_GET
@desk_page
def print_view(request: HttpRequest, number: str) -> HttpResponse:
    """The case as a document to print, without forms, with the letter unless it is covered. Audited as a reading, and
    each picture by itself."""
    case, language, officer = open_case(request, number), page_language(request), signed_in_officer(request)
    context = {
        "page": build_case_page(officer, case, language),
        "case": case,
        "printed_by": officer.display_name,
        "printed_at": dates.short_datetime(timezone.now(), language),
    }
    return render_page(request, "desk/case_print.html", context)
