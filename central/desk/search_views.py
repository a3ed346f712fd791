"""Search of cases by words: the box in the header of every page, and its results."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods

from central.cases import clock
from central.cases.listing import load_rows
from central.cases.models import Case
from central.cases.person_search import SEARCH_WAYS, SearchWay
from central.cases.scopes import action_scope
from central.centres.models import Officer
from central.desk.case_access import case_url
from central.desk.list_rows import CaseRow, build_row
from central.desk.page_support import desk_page, page_language, render_page, signed_in_officer
from central.desk.search_form import SearchForm
from central.desk.search_memory import recall_text, remember_text
from central.people.permission import actions_anywhere
from central.people.roles import Action, Scope
from central.plain_text import without_controls
from central.search.finding import SearchResult, cases_of_number, groups_with_words, search
from central.search.passages import Segment, passages
from central.search.questions import MAX_QUESTION_CHARS, names_person, numbers_in, running_number
from central.search.word_index import TextGroup
from protocol.bilingual_text import BilingualText

PAGE_SIZE = 25
_WHOLE_RUNNING_NUMBER_CHARS = 6  # fewer digits may be a house number
_GROUPS: Mapping[TextGroup, BilingualText] = {
    TextGroup.COMPLAINT: BilingualText("คำร้อง", "Complaint"),
    TextGroup.LETTER: BilingualText("หนังสือ", "Letter"),
    TextGroup.CITIZEN: BilingualText("ผู้ร้องแจ้งเพิ่ม", "Citizen’s additions"),
    TextGroup.WORK: BilingualText("การดำเนินการ", "Work on the case"),
}


@dataclass(frozen=True)
class ResultRow:
    """A row of the results: the case as in the list, the passage with the words, and in which texts they are."""

    case: CaseRow
    passage: Sequence[Segment] = field(repr=False)
    groups: str
    starts_partial: bool  # the first of the cases that have only some of the words


@require_http_methods(["GET", "HEAD", "POST"])
@desk_page
def search_cases(request: HttpRequest) -> HttpResponse:
    """POST `words` leads to the case whose number is in it, or to the results; GET `s` (a token of the session) shows
    them."""
    officer, language = signed_in_officer(request), page_language(request)
    if Action.VIEW_CASES not in actions_anywhere(officer, (Scope.CENTRE, Scope.TEAM)):
        raise PermissionDenied
    scope = action_scope(officer, Action.VIEW_CASES)
    if request.method == "POST":
        text = " ".join(without_controls(request.POST.get("words", "")).split())[:MAX_QUESTION_CHARS]
        if case := _single_case(officer, text):
            return redirect(case_url(case.case_number))
        form = SearchForm(language, request.POST, officer, scope)
        query = urlencode({"s": remember_text(request.session, text)} | form.chosen()) if text else form.query()
        return redirect(f"{reverse('desk:search')}?{query}")
    token = request.GET.get("s", "")
    text = recall_text(request.session, token)
    form = SearchForm(language, request.GET, officer, scope)
    context: dict[str, Any] = {
        "form": form,
        "filters": [form[name] for name in SearchForm.SHOWN],
        "is_filtered": bool(form.chosen()),
        "searched_text": text,
        "is_forgotten": bool(token) and not text,
    }
    if text:
        context |= _results(request, officer, text, form)
        way = names_person(text)
        context["is_person"] = bool(way)
        context["person_way"] = _person_way(officer, way, language)
        context["without_filter"] = urlencode({"s": token})
        for name, page in (("previous", context["page"] - 1), ("next", context["page"] + 1)):
            if 1 <= page <= context["pages"]:
                context[name] = urlencode({"s": token} | form.chosen() | {"page": page})
    return render_page(request, "desk/search.html", context)


def _single_case(officer: Officer, text: str) -> Case | None:
    """The case whose number is in the text, when it is one case."""
    is_number = bool(numbers_in(text)) or len(running_number(text)) == _WHOLE_RUNNING_NUMBER_CHARS
    cases = cases_of_number(officer, text) if is_number else []
    return cases[0] if len(cases) == 1 else None


def _results(request: HttpRequest, officer: Officer, text: str, form: SearchForm) -> dict[str, Any]:
    language, today = page_language(request), clock.today()
    result = search(officer, text, form.case_filter(), today)
    numbered = [case.pk for case in cases_of_number(officer, text)]
    pages = max(1, -(-len(result.matches) // PAGE_SIZE))
    page = min(max(_page_number(request), 1), pages)
    count = len(result.matches)
    return {
        "rows": _rows(officer, result, (page - 1) * PAGE_SIZE, language),
        "numbered": [build_row(case, today, language) for case in load_rows(officer, numbered)],
        "count": f"{count:,}+" if result.is_cut else f"{count:,}",
        "is_cut": result.is_cut,
        "added_words": result.added_words,
        "has_words": bool(result.question.terms),
        "has_number": bool(numbers_in(text)),
        "page": page,
        "pages": pages,
    }


def _rows(officer: Officer, result: SearchResult, first: int, language: str) -> list[ResultRow]:
    matches = result.matches[first : first + PAGE_SIZE]
    cases = load_rows(officer, [match.case_id for match in matches])
    groups, today = groups_with_words(matches, result.question), clock.today()
    shown = passages([case.pk for case in cases], result.question.words)
    partial_from = result.matches[result.partial_from].case_id if result.partial_from < len(result.matches) else None
    return [
        ResultRow(
            case=build_row(case, today, language),
            passage=shown.get(case.pk, ()),
            groups=" · ".join(
                name.in_language(language) for group, name in _GROUPS.items() if group in groups[case.pk]
            ),
            starts_partial=case.pk == partial_from,
        )
        for case in cases
    ]


def _person_way(officer: Officer, way: str, language: str) -> dict[str, str] | None:
    """How the text would be searched as a person, for an officer who may do so."""
    if not way or Action.READ_PEOPLE not in actions_anywhere(officer, (Scope.CENTRE,)):
        return None
    return {"way": way, "name": SEARCH_WAYS[SearchWay(way)].in_language(language)}


def _page_number(request: HttpRequest) -> int:
    text = request.GET.get("page", "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 4 else 1
