"""The decision page: the proposals that wait for this officer, one card after another, made for a phone."""

from collections.abc import Callable
from typing import ClassVar
from urllib.parse import urlencode

from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from central.cases import commands, reading
from central.cases.commands import Actor
from central.cases.decisions import requests_to_reopen, waiting_proposals
from central.cases.limits import MAX_NOTE_CHARS
from central.cases.models import Case, CaseEvent, Proposal
from central.desk.case_access import CASE_NUMBER
from central.desk.decision_page import build_decision_card
from central.desk.forms import DeskForm
from central.desk.page_support import desk_page, page_language, render_page, signed_in_officer
from protocol.bilingual_text import BilingualText

_DECIDED_ALREADY = BilingualText(
    "เรื่อง {} มีผู้พิจารณาแล้วหรือไม่รอท่านพิจารณา ไม่มีสิ่งใดเปลี่ยนแปลง",
    "Case {} is decided already, or does not wait for you. Nothing was changed",
)
_DONE = {
    "approve": BilingualText("อนุมัติเรื่อง {} แล้ว", "Case {} approved"),
    "return": BilingualText("ส่งเรื่อง {} กลับแล้ว", "Case {} returned"),
    "send_up": BilingualText("เสนอเรื่อง {} ต่อแล้ว", "Case {} sent up"),
    "gone": _DECIDED_ALREADY,
}
_NEXT_SHOWN = 8


class DecisionForm(DeskForm):
    """A decision. `note` is the reason of a return, or an opinion. Its length is checked by the command."""

    decision = forms.ChoiceField(choices=[(code, code) for code in ("approve", "return", "send_up")])
    seen = forms.IntegerField(min_value=0, max_value=2**31 - 1)
    note = forms.CharField(required=False, widget=forms.Textarea(attrs={"rows": 3, "maxlength": MAX_NOTE_CHARS}))
    field_labels: ClassVar = {"note": BilingualText("ความเห็นหรือเหตุผล", "Opinion or reason")}
    field_hints: ClassVar = {"note": BilingualText("(ต้องมีเมื่อส่งกลับ)", "(needed to return)")}


def _return(case: Case, by: Actor, *, seen_revision: int, note: str) -> CaseEvent:
    return commands.return_proposal(case, by, seen_revision=seen_revision, reason=note)


def _send_up(case: Case, by: Actor, *, seen_revision: int, note: str) -> CaseEvent:
    return commands.send_up(case, by, seen_revision=seen_revision, opinion=note)


_DECISIONS: dict[str, Callable[..., CaseEvent]] = {"approve": commands.approve, "return": _return, "send_up": _send_up}


@require_GET  # not HEAD: the card is audited as a reading
@desk_page
def decision_list(request: HttpRequest) -> HttpResponse:
    """The next proposal, `?skip=ID` for the one after that proposal."""
    return _show_card(request)


@require_POST
@desk_page
def decide(request: HttpRequest, proposal_id: int) -> HttpResponse:
    """Decide a proposal: POST a DecisionForm. A second tap, and a proposal that somebody else has decided meanwhile,
    change nothing and lead to the next card."""
    officer, language = signed_in_officer(request), page_language(request)
    proposal = waiting_proposals(officer).filter(pk=min(proposal_id, 2**31)).first()
    if proposal is None:
        number = Proposal.objects.filter(pk=min(proposal_id, 2**31), case__in=_visible(request))
        return _next_card("gone", number.values_list("case__case_number", flat=True).first() or "")
    form, case = DecisionForm(language, request.POST), proposal.case
    if not form.is_valid():
        return _show_card(request, proposal, form, form.first_error, status=422)
    values = form.cleaned_data
    try:
        _DECISIONS[values["decision"]](case, Actor.of(officer), seen_revision=values["seen"], note=values["note"])
    except commands.NotAllowedError as error:
        return _show_card(request, proposal, form, error.sentence.in_language(language), status=409)
    return _next_card(values["decision"], case.case_number)


def _visible(request: HttpRequest) -> QuerySet[Case]:
    return reading.visible_cases(signed_in_officer(request))


def _next_card(result: str, number: str) -> HttpResponse:
    query = urlencode({"done": result, "case": number})
    return redirect(f"{reverse('desk:decisions')}?{query}")


def _show_card(
    request: HttpRequest,
    proposal: Proposal | None = None,
    form: DecisionForm | None = None,
    error: str = "",
    status: int = 200,
) -> HttpResponse:
    officer, language = signed_in_officer(request), page_language(request)
    waiting = waiting_proposals(officer)
    queue = list(waiting.values_list("pk", "case__case_number", "kind"))
    if proposal is None and queue:
        ids = [pk for pk, _, _ in queue]
        skipped = request.GET.get("skip", "")
        position = next((index + 1 for index, pk in enumerate(ids) if str(pk) == skipped), 0)
        # Somebody may have decided it since the queue was read.
        proposal = waiting.filter(pk=ids[position % len(ids)]).first() or waiting.first()
    done = _DONE.get(request.GET.get("done", ""))
    context = {
        "card": build_decision_card(officer, proposal, language) if proposal else None,
        "form": form or DecisionForm(language),
        "count": len(queue),
        "has_reopening": requests_to_reopen(officer).exists(),
        "next": [row for row in queue if proposal and row[0] != proposal.pk][:_NEXT_SHOWN],
        "notice": done.in_language(language).format(_shown_number(request)) if done else "",
        "error": error,
    }
    return render_page(request, "desk/decisions.html", context, status=status)


def _shown_number(request: HttpRequest) -> str:
    """The case number in the URL, '' for anything that cannot be one."""
    number = request.GET.get("case", "")
    return number if CASE_NUMBER.fullmatch(number) else ""
