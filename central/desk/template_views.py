"""The answer templates of a centre: a list, one form to add, one to change or delete."""

from collections.abc import Iterable, Mapping
from typing import ClassVar

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from central.cases.codes import OUTCOMES
from central.cases.workflow import WORKFLOW
from central.centres.models import Centre, Officer
from central.desk.forms import DeskForm
from central.desk.page_support import desk_page, page_language, render_page, signed_in_officer
from central.messages.answer_templates import (
    PLACEHOLDERS,
    TEMPLATE_STEPS,
    TemplateContent,
    TemplateError,
    delete_template,
    save_template,
)
from central.messages.models import MAX_NAME_CHARS, MAX_TEXT_CHARS, AnswerTemplate
from central.messages.standard_templates import add_standard_templates, lacking_standard
from central.people.permission import memberships_allowing
from central.people.roles import Action, Scope
from central.submission_labels import TOPIC
from protocol.bilingual_text import BilingualText
from protocol.topics import Topic


class TemplateForm(DeskForm):
    """One template. The lengths are checked again when it is saved."""

    centre = forms.ChoiceField()
    step = forms.ChoiceField()
    topic = forms.ChoiceField(required=False)
    outcome = forms.ChoiceField(required=False)
    name = forms.CharField(max_length=MAX_NAME_CHARS)
    text_th = forms.CharField(max_length=MAX_TEXT_CHARS, widget=forms.Textarea(attrs={"rows": 5}))
    text_en = forms.CharField(required=False, max_length=MAX_TEXT_CHARS, widget=forms.Textarea(attrs={"rows": 4}))
    field_labels: ClassVar = {
        "centre": BilingualText("ศูนย์", "Centre"),
        "step": BilingualText("ขั้นตอน", "Step"),
        "topic": BilingualText("ประเภทเรื่อง", "Topic"),
        "outcome": BilingualText("ผลการดำเนินการ", "Outcome"),
        "name": BilingualText("ชื่อแม่แบบ", "Name"),
        "text_th": BilingualText("ข้อความภาษาไทย", "Thai text"),
        "text_en": BilingualText("ข้อความภาษาอังกฤษ", "English text"),
    }
    field_hints: ClassVar = {
        "topic": BilingualText("(เว้นว่าง: ทุกประเภท)", "(empty: every topic)"),
        "outcome": BilingualText("(เฉพาะการยุติเรื่อง)", "(for closing only)"),
        "text_en": BilingualText("(เว้นว่าง: ใช้ภาษาไทย)", "(empty: the Thai text)"),
    }

    def __init__(
        self,
        language: str,
        centres: Iterable[Centre],
        data: Mapping[str, object] | None = None,
        initial: Mapping[str, object] | None = None,
    ) -> None:
        super().__init__(language, data, initial=initial)
        self.fields["centre"].choices = [(each.slug, each.name_in(language)) for each in centres]  # type: ignore[attr-defined]
        steps = [(step.value, WORKFLOW[step].name.in_language(language)) for step in TEMPLATE_STEPS]
        self.set_choices("step", steps)
        self.set_choices("topic", [("", "–"), *((each.value, TOPIC[each].in_language(language)) for each in Topic)])
        outcomes = [(each.value, name.in_language(language)) for each, name in OUTCOMES.items()]
        self.set_choices("outcome", [("", "–"), *outcomes])

    @property
    def content(self) -> TemplateContent:
        """What was typed, of a valid form."""
        values = self.cleaned_data
        return TemplateContent(
            values["step"], values["name"], values["text_th"], values["text_en"], values["topic"], values["outcome"]
        )


@require_http_methods(["GET", "HEAD", "POST"])
@desk_page
def template_list(request: HttpRequest) -> HttpResponse:
    """The templates of the officer's centres. POST a TemplateForm to add one, `standard` with a centre to add the first
    set."""
    officer, language = signed_in_officer(request), page_language(request)
    centres = _own_centres(officer)
    if not centres:
        raise PermissionDenied
    if request.method == "POST" and "standard" in request.POST:
        chosen = centres.get(request.POST["standard"])
        if chosen is None:
            raise Http404
        add_standard_templates(chosen, officer)
        return redirect("desk:templates")
    form = TemplateForm(language, centres.values(), request.POST if request.method == "POST" else None)
    error = form.first_error if request.method == "POST" else ""
    if form.is_valid():
        try:
            save_template(officer, centres[form.cleaned_data["centre"]], form.content)
            return redirect("desk:templates")
        except TemplateError as refusal:
            error = refusal.sentence.in_language(language)
    templates = AnswerTemplate.objects.filter(centre__in=centres.values()).select_related("centre")
    context = {
        "rows": [
            {
                "template": template,
                "step": _use_of(template, language),
                "centre": template.centre.name_in(language),
            }
            for template in templates
        ],
        "form": form,
        "offers": [{"slug": each.slug, "name": each.name_in(language)} for each in lacking_standard(centres.values())],
        "error": error,
        "placeholders": _placeholders(language),
    }
    return render_page(request, "desk/templates.html", context, status=409 if error else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@desk_page
def edit_template(request: HttpRequest, template_id: int) -> HttpResponse:
    """One template. POST a TemplateForm to change it; with `delete` it is deleted. Raises Http404."""
    officer, language = signed_in_officer(request), page_language(request)
    centres = _own_centres(officer)
    template = AnswerTemplate.objects.filter(pk=min(template_id, 2**31), centre__in=centres.values()).first()
    if template is None:
        raise Http404
    initial = {name: getattr(template, name) for name in ("step", "topic", "outcome", "name", "text_th", "text_en")}
    own = [template.centre]
    if request.method != "POST":
        form = TemplateForm(language, own, initial=initial | {"centre": template.centre.slug})
        return _editor(request, template, form)
    form, error = TemplateForm(language, own, request.POST), ""
    try:
        if "delete" in request.POST:
            delete_template(officer, template)
            return redirect("desk:templates")
        if form.is_valid():
            save_template(officer, template.centre, form.content, template)
            return redirect("desk:templates")
        error = form.first_error
    except TemplateError as refusal:
        error = refusal.sentence.in_language(language)
    return _editor(request, template, form, error)


def _editor(request: HttpRequest, template: AnswerTemplate, form: TemplateForm, error: str = "") -> HttpResponse:
    context = {
        "template": template,
        "form": form,
        "error": error,
        "placeholders": _placeholders(page_language(request)),
    }
    return render_page(request, "desk/template.html", context, status=409 if error else 200)


def _use_of(template: AnswerTemplate, language: str) -> str:
    """The step, and the topic and the outcome that it is for."""
    parts = [WORKFLOW[Action(template.step)].name.in_language(language)]
    parts += [name.in_language(language) for topic, name in TOPIC.items() if topic.value == template.topic]
    parts += [name.in_language(language) for outcome, name in OUTCOMES.items() if outcome.value == template.outcome]
    return " · ".join(parts)


def _own_centres(officer: Officer) -> dict[str, Centre]:
    """The centres of the memberships that allow editing, by slug."""
    memberships = memberships_allowing(officer, Action.MANAGE_TEMPLATES, Scope.CENTRE).select_related("centre")
    return {row.centre.slug: row.centre for row in memberships}


def _placeholders(language: str) -> list[tuple[str, str]]:
    return [(word, meaning.in_language(language)) for word, meaning in PLACEHOLDERS.items()]
