"""The pages on which the yearly survey is written, opened and closed."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from central.cases import clock
from central.cases.errors import NotAllowedError
from central.centres.models import Centre, Officer
from central.desk.page_support import desk_page, page_language, render_page, signed_in_officer
from central.desk.survey_forms import QUESTION_KINDS, QuestionForm, SurveyForm
from central.people.permission import actions_anywhere, memberships_allowing, permitted_centres
from central.people.roles import Action, Scope
from central.surveys import commands
from central.surveys.models import Survey, SurveyQuestion
from protocol.bilingual_text import BilingualText
from thai.dates import fiscal_year

_MAX_ID = 2**31 - 1
_ERAS_APART = 543
_STATES = {
    "draft": BilingualText("ร่าง", "Draft"),
    "open": BilingualText("เปิดอยู่", "Open"),
    "closed": BilingualText("ปิดแล้ว", "Closed"),
}


@require_http_methods(["GET", "HEAD", "POST"])
@desk_page
def survey_list(request: HttpRequest) -> HttpResponse:
    """The surveys of the officer's centres. POST `centre`: a new version for this fiscal year."""
    officer, language = signed_in_officer(request), page_language(request)
    centres = _own_centres(officer)
    if not centres:
        raise PermissionDenied
    if request.method == "POST":
        centre = centres.get(request.POST.get("centre", ""))
        if centre is None:
            raise Http404
        survey = commands.create_survey(officer, centre, fiscal_year(clock.today()))
        return redirect("desk:survey", survey.pk)
    rows = [_row(survey, language) for survey in _surveys(officer)]
    offers = [{"slug": centre.slug, "name": centre.name_in(language)} for centre in centres.values()]
    may_see_results = Action.VIEW_CASES in actions_anywhere(officer, (Scope.CENTRE,))
    context = {"rows": rows, "offers": offers, "may_see_results": may_see_results}
    return render_page(request, "desk/surveys.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@desk_page
def survey_page(request: HttpRequest, survey_id: int) -> HttpResponse:
    """One version. POST `step`: 'texts' (a SurveyForm), 'add' (a QuestionForm), 'delete' with `question`, 'open',
    'close', 'new-version'. Raises Http404."""
    officer, language = signed_in_officer(request), page_language(request)
    survey = _own_survey(officer, survey_id)
    if request.method != "POST":
        return _show(request, survey)
    step = request.POST.get("step", "")
    form = QuestionForm(language, request.POST) if step == "add" else None
    texts = SurveyForm(language, request.POST) if step == "texts" else None
    wrong = next((each for each in (form, texts) if each is not None and not each.is_valid()), None)
    if wrong is not None:
        return _show(request, survey, wrong.first_error, form, texts)
    try:
        if step == "new-version":
            return redirect("desk:survey", commands.create_survey(officer, survey.centre, survey.year).pk)
        if texts is not None:
            commands.change_texts(officer, survey, texts.texts)
        elif form is not None:
            commands.save_question(officer, survey, form.content)
        elif step == "delete":
            commands.delete_question(officer, survey, _number(request.POST.get("question", "")))
        elif step == "open":
            commands.open_survey(officer, survey)
        elif step == "close":
            commands.close_survey(officer, survey)
        else:
            raise Http404
    except NotAllowedError as refusal:
        return _show(request, survey, refusal.sentence.in_language(language), form, texts)
    return redirect("desk:survey", survey.pk)


@require_http_methods(["GET", "HEAD", "POST"])
@desk_page
def survey_question(request: HttpRequest, survey_id: int, question_id: int) -> HttpResponse:
    """One question. POST a QuestionForm to change it. Raises Http404."""
    officer, language = signed_in_officer(request), page_language(request)
    survey = _own_survey(officer, survey_id)
    question = survey.questions.filter(pk=min(question_id, _MAX_ID)).first()
    if question is None:
        raise Http404
    form, error = QuestionForm.of(question, language), ""
    if request.method == "POST":
        form = QuestionForm(language, request.POST)
        error = form.first_error
        try:
            if form.is_valid():
                commands.save_question(officer, survey, form.content, question)
                return redirect("desk:survey", survey.pk)
        except NotAllowedError as refusal:
            error = refusal.sentence.in_language(language)
    context = {"survey": survey, "question": question, "form": form, "error": error}
    return render_page(request, "desk/survey_question.html", context, status=409 if error else 200)


def _show(
    request: HttpRequest,
    survey: Survey,
    error: str = "",
    form: QuestionForm | None = None,
    texts: SurveyForm | None = None,
) -> HttpResponse:
    language = page_language(request)
    survey.refresh_from_db()
    questions = list(survey.questions.all())
    may_change = survey.closed_at is None and not survey.responses.exists()
    context: dict[str, Any] = {
        "survey": survey,
        "row": _row(survey, language),
        "error": error,
        "may_change": may_change,
        "is_draft": survey.opened_at is None,
        "questions": [
            {
                "pk": question.pk,
                "text": question.text_in(language),
                "kind": QUESTION_KINDS[SurveyQuestion.Kind(question.kind)].in_language(language),
                "choices": question.choices_in(language),
                "is_trust": question.is_trust,
            }
            for question in questions
        ],
        "form": form or QuestionForm(language, initial={"position": len(questions) + 1}),
        "texts": texts or SurveyForm.of(survey, language),
    }
    return render_page(request, "desk/survey.html", context, status=409 if error else 200)


def _row(survey: Survey, language: str) -> dict[str, Any]:
    state = "draft" if survey.opened_at is None else "open" if survey.closed_at is None else "closed"
    return {
        "pk": survey.pk,
        "title": survey.in_language("title", language),
        "year": survey.year + (_ERAS_APART if language == "th" else 0),
        "version": survey.version,
        "state": state,
        "state_name": _STATES[state].in_language(language),
        "centre": survey.centre.name_in(language),
        "changed_by": survey.changed_by.display_name,
    }


def _surveys(officer: Officer) -> Any:
    centres = permitted_centres(officer, Action.MANAGE_SURVEYS)
    return Survey.objects.filter(centre__in=centres).select_related("centre", "changed_by")


def _own_survey(officer: Officer, survey_id: int) -> Survey:
    survey: Survey | None = _surveys(officer).filter(pk=min(survey_id, _MAX_ID)).first()
    if survey is None:
        raise Http404
    return survey


def _own_centres(officer: Officer) -> dict[str, Centre]:
    memberships = memberships_allowing(officer, Action.MANAGE_SURVEYS, Scope.CENTRE).select_related("centre")
    return {row.centre.slug: row.centre for row in memberships}


def _number(text: str) -> int:
    return min(int(text[:12]), _MAX_ID) if text.isascii() and text.isdecimal() else -1
