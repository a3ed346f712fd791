"""The terms of classification: sub-topics, and the schemes of national plans, with every change of them."""

from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_safe

from central.centres.models import Officer
from central.classification.commands import TermDetails, save_term
from central.classification.models import Term, TermChange
from central.classification.schemes import SCHEMES, Scheme
from central.desk import labels
from central.desk.classification_forms import TermForm
from central.desk.page_support import desk_page, page_language, render_page, signed_in_officer
from central.people.permission import permitted_centres
from central.people.roles import Action
from protocol.bilingual_text import BilingualText
from thai import dates

_SHOWN_CHANGES = 30
_REFUSED = {
    "taken": BilingualText("มีชื่อนี้อยู่แล้ว", "There is already a term with this name"),
    "one": BilingualText("ประเภทย่อยต้องมีประเภทเรื่องหนึ่งประเภท", "A sub-topic has exactly one topic"),
}
_INVALID = BilingualText("โปรดตรวจสอบค่าที่กรอก", "Check what was entered")
_ADDED = BilingualText("เพิ่ม", "added")
_RETIRED = BilingualText("เลิกใช้", "not in use")


@require_safe
@desk_page
def term_list(request: HttpRequest) -> HttpResponse:
    """All terms by scheme, and the newest changes. Every officer may see them."""
    return _show_terms(request)


@require_http_methods(["POST"])
@desk_page
def add_term(request: HttpRequest) -> HttpResponse:
    """Add a term: POST a TermForm."""
    officer, language = _manager(request), page_language(request)
    form = TermForm(language, request.POST)
    if form.is_valid() and _save(form, officer, language):
        return redirect("desk:classification")
    return _show_terms(request, form, status=422)


@require_http_methods(["GET", "POST"])
@desk_page
def edit_term(request: HttpRequest, term_id: int) -> HttpResponse:
    """Change a term: POST a TermForm without the scheme."""
    officer, language = _manager(request), page_language(request)
    term = Term.objects.filter(pk=term_id).first()
    if term is None:
        raise Http404
    initial = {name: getattr(term, name) for name in ("name_th", "name_en", "topics", "position", "is_active")}
    form = TermForm(language, request.POST if request.method == "POST" else None, initial=initial, is_new=False)
    if form.is_bound and form.is_valid() and _save(form, officer, language, term):
        return redirect("desk:classification")
    context = {
        "form": form,
        "scheme": SCHEMES[Scheme(term.scheme)].in_language(language),
        "name": _name(term, language),
        "term": term,
        "changes": _shown_changes(TermChange.objects.filter(term=term), language),
    }
    return render_page(request, "desk/term.html", context, status=422 if form.is_bound else 200)


def _save(form: TermForm, officer: Officer, language: str, term: Term | None = None) -> bool:
    """Save the term; False with an error in the form when it is refused."""
    details = TermDetails(**{"scheme": term.scheme if term else "", **form.cleaned_data})
    try:
        save_term(details, officer, term)
    except ValidationError as error:
        for field, codes in error.message_dict.items():
            form.add_error(field, _REFUSED.get(codes[0], _INVALID).in_language(language))
        return False
    return True


def _manager(request: HttpRequest) -> Officer:
    """The signed-in officer. Raises PermissionDenied for one who may not change terms."""
    officer = signed_in_officer(request)
    if not _may_manage(officer):
        raise PermissionDenied
    return officer


def _may_manage(officer: Officer) -> bool:
    """Terms are those of every centre: the topmost centre's administrator changes them."""
    return permitted_centres(officer, Action.MANAGE_CLASSIFICATION).filter(parent=None).exists()


def _show_terms(request: HttpRequest, form: TermForm | None = None, status: int = 200) -> HttpResponse:
    language, may_manage = page_language(request), _may_manage(signed_in_officer(request))
    terms = list(Term.objects.all())
    context: dict[str, Any] = {
        "schemes": [
            {
                "code": scheme.value,
                "name": name.in_language(language),
                "terms": [_shown_term(term, language) for term in terms if term.scheme == scheme.value],
            }
            for scheme, name in SCHEMES.items()
        ],
        "may_manage": may_manage,
        "form": (form or TermForm(language, initial={"position": 1, "is_active": True})) if may_manage else None,
        "changes": _shown_changes(TermChange.objects.all(), language),
    }
    return render_page(request, "desk/classification.html", context, status=status)


def _shown_term(term: Term, language: str) -> dict[str, Any]:
    topics = ", ".join(labels.label(labels.TOPIC, topic, language) for topic in term.topics)
    return {"id": term.pk, "code": term.code, "name": _name(term, language), "topics": topics, "active": term.is_active}


def _name(term: Term, language: str) -> str:
    return term.name_en if language == "en" else term.name_th


def _shown_changes(changes: Any, language: str) -> list[dict[str, str]]:
    return [
        {
            "when": dates.short_datetime(change.changed_at, language),
            "by": change.changed_by.display_name,
            "scheme": SCHEMES[Scheme(change.term.scheme)].in_language(language),
            "before": _summary(change.before, language) if change.before else _ADDED.in_language(language),
            "after": _summary(change.after, language),
        }
        for change in changes.select_related("term", "changed_by")[:_SHOWN_CHANGES]
    ]


def _summary(values: dict[str, Any], language: str) -> str:
    topics = [labels.label(labels.TOPIC, topic, language) for topic in values["topics"]]
    parts = [f"{values['name_th']} ({values['name_en']})", *topics]
    return " · ".join(parts if values["is_active"] else [*parts, _RETIRED.in_language(language)])
