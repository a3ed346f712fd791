"""How long cases are kept, what is due to be erased, and the lists that two officers decide."""

import csv
from collections.abc import Callable
from io import StringIO
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Count, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST, require_safe

from central.cases.errors import NotAllowedError
from central.cases.models import Case
from central.centres.models import Centre, Officer
from central.desk.forms import DeskForm
from central.desk.page_support import desk_page, page_language, render_page, signed_in_officer
from central.desk.retention_forms import CentreForm, HoldForm, PeriodForm
from central.people.permission import actions_anywhere, has_permission, permitted_centres
from central.people.roles import Action
from central.privacy.case_classes import CASE_CLASSES, CaseClass
from central.privacy.certificate import certificate_pdf
from central.privacy.erasures import decide, due_counts, propose_scheduled, visible_erasures
from central.privacy.holds import lift_hold, place_hold
from central.privacy.kept_reasons import KEPT_REASONS, KeptReason
from central.privacy.models import ErasedCase, Erasure, ErasureHold
from central.privacy.periods import current_periods, may_set_periods, set_period
from protocol.bilingual_text import BilingualText
from thai import dates

_SHOWN_LISTS, _SHOWN_CASES, _SHOWN_HOLDS = 50, 200, 200
_NO_CASE = BilingualText("ไม่พบเรื่องเลขที่นี้ในศูนย์ของท่าน", "Your centres have no case with this number")
_STATES = {
    "waiting": BilingualText("รออนุมัติ", "Waits for approval"),
    "refused": BilingualText("ไม่อนุมัติ", "Refused"),
    "erasing": BilingualText("กำลังลบ", "Being erased"),
    "done": BilingualText("ลบแล้ว", "Erased"),
}
_BASES = {
    Erasure.Basis.SCHEDULE.value: BilingualText("ครบกำหนดเก็บ", "Period has ended"),
    Erasure.Basis.REQUEST.value: BilingualText("คำขอของผู้ร้อง", "Citizen's request"),
}


@require_safe
@desk_page
def retention(request: HttpRequest) -> HttpResponse:
    """Periods, the cases that are due now, holds and lists."""
    return _show(request)


@require_POST
@desk_page
def save_period(request: HttpRequest) -> HttpResponse:
    """Set the period of a class: POST a PeriodForm."""

    def save(officer: Officer, values: dict[str, Any]) -> None:
        set_period(officer, CaseClass(values["case_class"]), values["years"], values["basis"])

    return _carry_out(request, PeriodForm, save)


@require_POST
@desk_page
def hold_case(request: HttpRequest) -> HttpResponse:
    """Hold a case: POST a HoldForm."""

    def save(officer: Officer, values: dict[str, Any]) -> None:
        place_hold(officer, _case_to_keep(officer, values["number"].strip()), values["reason"])

    return _carry_out(request, HoldForm, save)


@require_POST
@desk_page
def release_case(request: HttpRequest, number: str) -> HttpResponse:
    """Lift the hold of a case."""
    case = _cases_to_keep(signed_in_officer(request)).filter(case_number=number).first()
    if case is None:
        raise Http404
    return _carry_out(request, DeskForm, lambda officer, _: lift_hold(officer, case))


@require_POST
@desk_page
def make_list(request: HttpRequest) -> HttpResponse:
    """List what is due at a centre: POST a CentreForm."""

    def save(officer: Officer, values: dict[str, Any]) -> None:
        centre = permitted_centres(officer, Action.KEEP_RETENTION).filter(slug=values["centre"]).first()
        if centre is None:
            raise Http404
        propose_scheduled(officer, centre)

    return _carry_out(request, CentreForm, save)


@require_safe
@desk_page
def erasure_list(request: HttpRequest, erasure_id: int) -> HttpResponse:
    """One list: its cases, who made and decided it."""
    return _show_list(request, _erasure(request, erasure_id))


@require_POST
@desk_page
def decide_erasure(request: HttpRequest, erasure_id: int, decision: str) -> HttpResponse:
    """Approve or refuse a list; `decision` is approve or refuse."""
    erasure = _erasure(request, erasure_id)
    if decision not in ("approve", "refuse"):
        raise Http404
    try:
        decide(signed_in_officer(request), erasure.pk, is_approved=decision == "approve")
    except NotAllowedError as error:
        return _show_list(request, erasure, error=error.sentence.in_language(page_language(request)), status=409)
    return redirect("desk:erasure", erasure.pk)


@require_safe
@desk_page
def erasure_csv(request: HttpRequest, erasure_id: int) -> HttpResponse:
    """Every case of a list as CSV: number, class, when it was erased, or why not."""
    erasure, content = _erasure(request, erasure_id), StringIO()
    writer = csv.writer(content)
    writer.writerow(["case_number", "class", "erased_at", "kept_because"])
    for row in erasure.cases.select_related("case").iterator(chunk_size=1000):
        at = row.erased_at.isoformat(timespec="seconds") if row.erased_at else ""
        writer.writerow([row.case.case_number, row.case_class, at, row.kept_because])
    response = HttpResponse(content.getvalue(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="erasure-{erasure.pk}.csv"'
    return response


@require_safe
@desk_page
def erasure_certificate(request: HttpRequest, erasure_id: int) -> HttpResponse:
    """The certificate of a finished list, as PDF."""
    erasure = _erasure(request, erasure_id)
    if erasure.finished_at is None:
        raise Http404
    response = HttpResponse(certificate_pdf(erasure), content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="erasure-{erasure.pk}.pdf"'
    return response


def _carry_out(
    request: HttpRequest, form_class: type[DeskForm], save: Callable[[Officer, dict[str, Any]], None]
) -> HttpResponse:
    form = form_class(page_language(request), request.POST)
    if not form.is_valid():
        return _show(request, form, form.first_error, status=422)
    try:
        save(signed_in_officer(request), form.cleaned_data)
    except NotAllowedError as error:
        return _show(request, form, error.sentence.in_language(page_language(request)), status=409)
    return redirect("desk:retention")


def _case_to_keep(officer: Officer, number: str) -> Case:
    case = _cases_to_keep(officer).filter(case_number__iexact=number).first()
    if case is None:
        raise NotAllowedError(_NO_CASE)
    return case


def _cases_to_keep(officer: Officer) -> QuerySet[Case]:
    centres = permitted_centres(officer, Action.KEEP_RETENTION)
    return Case.objects.filter(centre__in=centres).select_related("centre")


def _erasure(request: HttpRequest, erasure_id: int) -> Erasure:
    erasure = visible_erasures(signed_in_officer(request)).filter(pk=erasure_id).first()
    if erasure is None:
        raise Http404
    return erasure


def _show(request: HttpRequest, form: DeskForm | None = None, error: str = "", status: int = 200) -> HttpResponse:
    officer, language = signed_in_officer(request), page_language(request)
    actions = actions_anywhere(officer)
    if not actions & {Action.KEEP_RETENTION, Action.APPROVE_ERASURE}:
        raise PermissionDenied
    may_keep = Action.KEEP_RETENTION in actions
    lists = visible_erasures(officer).annotate(case_count=Count("cases"))[:_SHOWN_LISTS]
    context = {
        "periods": _periods(language),
        "may_set": may_set_periods(officer),
        "may_keep": may_keep,
        "due": [_due(centre, language) for centre in _topmost(officer)],
        "holds": [_hold(row, language) for row in _holds(officer)],
        "hold_form": form if isinstance(form, HoldForm) else HoldForm(language),
        "lists": [_listed(erasure, language) for erasure in lists],
        "error": error,
    }
    return render_page(request, "desk/retention.html", context, status=status)


def _topmost(officer: Officer) -> list[Centre]:
    """The centres of the officer that lie below no other one of theirs."""
    centres = list(permitted_centres(officer, Action.KEEP_RETENTION))
    paths = [centre.path for centre in centres]
    return [each for each in centres if not any(each.path != path and each.path.startswith(path) for path in paths)]


def _periods(language: str) -> list[dict[str, Any]]:
    return [
        {
            "code": case_class.value,
            "name": CASE_CLASSES[case_class].name.in_language(language),
            "years": period.years,
            "basis": period.basis,
            "since": f"{dates.short_date(period.since, language)} · {period.set_by}" if period.since else "",
        }
        for case_class, period in current_periods().items()
    ]


def _due(centre: Centre, language: str) -> dict[str, Any]:
    counts = due_counts(centre)
    return {
        "slug": centre.slug,
        "centre": centre.name_in(language),
        "counts": [
            (CASE_CLASSES[case_class].name.in_language(language), count) for case_class, count in counts.items()
        ],
        "total": sum(counts.values()),
    }


def _holds(officer: Officer) -> list[ErasureHold]:
    centres = permitted_centres(officer, Action.KEEP_RETENTION)
    rows = ErasureHold.objects.filter(lifted_at=None, case__centre__in=centres)
    return list(rows.select_related("case", "placed_by")[:_SHOWN_HOLDS])


def _hold(row: ErasureHold, language: str) -> dict[str, str]:
    return {
        "number": row.case.case_number,
        "reason": row.reason,
        "since": f"{dates.short_date(row.placed_at, language)} · {row.placed_by.display_name}",
    }


def _state(erasure: Erasure) -> str:
    if erasure.finished_at is not None:
        return "done"
    if erasure.is_approved is None:
        return "waiting"
    return "erasing" if erasure.is_approved else "refused"


def _listed(erasure: Erasure, language: str) -> dict[str, Any]:
    return {
        "id": erasure.pk,
        "centre": erasure.centre.name_in(language),
        "basis": _BASES[erasure.basis].in_language(language),
        "count": getattr(erasure, "case_count", 0),
        "proposed": f"{dates.short_date(erasure.proposed_at, language)} · {erasure.proposed_by.display_name}",
        "state": _state(erasure),
        "state_text": _STATES[_state(erasure)].in_language(language),
    }


def _show_list(request: HttpRequest, erasure: Erasure, error: str = "", status: int = 200) -> HttpResponse:
    officer, language = signed_in_officer(request), page_language(request)
    rows = erasure.cases.select_related("case")
    decided = ""
    if erasure.decided_at and erasure.decided_by:
        decided = f"{dates.short_datetime(erasure.decided_at, language)} · {erasure.decided_by.display_name}"
    may_decide = erasure.decided_at is None and has_permission(officer, Action.APPROVE_ERASURE, erasure.centre)
    context = {
        "listed": _listed(erasure, language) | {"count": rows.count()},
        "reason": erasure.reason,
        "decided": decided,
        "finished": dates.short_datetime(erasure.finished_at, language) if erasure.finished_at else "",
        "rows": [_case_row(row, language) for row in rows[:_SHOWN_CASES]],
        "is_cut": rows.count() > _SHOWN_CASES,
        "may_decide": may_decide and erasure.proposed_by_id != officer.pk,
        "error": error,
    }
    return render_page(request, "desk/erasure.html", context, status=status)


def _case_row(row: ErasedCase, language: str) -> dict[str, str]:
    closed = row.case.closed_at
    state = dates.short_date(row.erased_at, language) if row.erased_at else ""
    if row.kept_because:
        state = KEPT_REASONS[KeptReason(row.kept_because)].in_language(language)
    return {
        "number": row.case.case_number,
        "case_class": CASE_CLASSES[CaseClass(row.case_class)].name.in_language(language),
        "closed": dates.short_date(closed, language) if closed else "–",
        "state": state,
    }
