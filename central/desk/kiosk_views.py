"""Kiosks at the desk: who asks to come in, how each is, and what went wrong with what they sent."""

from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from central.alarms.models import Alarm
from central.cases import withheld_names
from central.centres.models import Centre
from central.centres.permission import Ability, permitted_centres
from central.client_address import client_address
from central.desk import labels
from central.desk.page_support import desk_page, format_datetime, page_language, render_page, signed_in_officer
from central.fleet import attention, compare_code, enrolments, staff_calls
from central.fleet.models import Enrolment, StaffCall
from protocol.messages import EnrolmentStatus
from protocol.staff_call import StaffCallResponse

_KIOSKS_PER_PAGE = 100
_REFRESH_S = 15


@require_safe
@desk_page
def alarms(request: HttpRequest) -> HttpResponse:
    """What needs a person: deliveries, silent kiosks, and officers who ask to see a withheld name."""
    open_alarms = Alarm.objects.filter(centre__in=permitted_centres(signed_in_officer(request), Ability.WORK))
    rows = [
        {"alarm": alarm, "when": format_datetime(alarm.at, page_language(request))}
        for alarm in open_alarms.select_related("settled_by")[:200]
    ]
    return render_page(
        request,
        "desk/alarms.html",
        {"rows": rows, "requests": withheld_names.open_requests(signed_in_officer(request))},
    )


@require_POST
@desk_page
def settle_alarm(request: HttpRequest, alarm_id: int) -> HttpResponse:
    """Mark an alarm as seen to."""
    officer = signed_in_officer(request)
    mine = Alarm.objects.filter(pk=alarm_id, centre__in=permitted_centres(officer, Ability.WORK), settled_at=None)
    mine.update(settled_at=timezone.now(), settled_by=officer)
    return redirect("desk:alarms")


@require_safe
@desk_page
def enrolment_list(request: HttpRequest) -> HttpResponse:
    """Kiosks that wait (anybody's, until a centre takes them) and those of the officer's own centres."""
    return _show_enrolments(request)


@require_POST
@desk_page
def decide_enrolment(request: HttpRequest, enrolment_id: UUID, decision: str) -> HttpResponse:
    """`decision` is approve (POST `centre`, a slug, and `code`, what the kiosk shows), refuse or revoke."""
    officer = signed_in_officer(request)
    try:
        if decision == "approve":
            centre = _fleet_centres(request).filter(slug=request.POST.get("centre", "")).first()
            if centre is None:
                raise PermissionDenied
            compare_code.check(enrolment_id, request.POST.get("code", "")[:64], officer, client_address(request))
            enrolments.approve(enrolment_id, officer, centre)
        elif decision == "refuse":
            enrolments.refuse(enrolment_id, officer)
        elif decision == "revoke":
            enrolments.revoke(enrolment_id, officer)
        else:
            raise Http404
    except compare_code.WrongCodeError as error:
        sentence = error.sentence.in_language(page_language(request))
        return _show_enrolments(request, error=sentence, status=429 if error.too_many else 409)
    except enrolments.EnrolmentError as error:
        return _show_enrolments(request, error=str(error), status=409)
    return redirect("desk:enrolments")


@require_safe
@desk_page
def kiosk_list(request: HttpRequest) -> HttpResponse:
    """Every kiosk of the officer's centres with its last heartbeat; what needs a person comes first."""
    now, language = timezone.now(), page_language(request)
    kiosks = attention.enrolments_in_use().filter(
        centre__in=permitted_centres(signed_in_officer(request), Ability.RUN_FLEET)
    )
    rows = [(attention.attention_reasons(kiosk, now), kiosk) for kiosk in kiosks]
    rows.sort(key=lambda row: (attention.urgency_rank(row[0]), str(row[1])))
    page = Paginator(rows, _KIOSKS_PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "rows": [_kiosk_row(kiosk, reasons, language) for reasons, kiosk in page],
        "page": page,
        "attention_count": sum(1 for reasons, _ in rows if reasons),
        "calls": [_call_row(call, language) for call in staff_calls.open_calls(signed_in_officer(request))],
    }
    response = render_page(request, "desk/fleet.html", context)
    response["Refresh"] = str(_REFRESH_S)  # nothing is typed here, and a citizen who calls waits
    return response


@require_POST
@desk_page
def answer_call(request: HttpRequest, enrolment_id: UUID) -> HttpResponse:
    """Answer a citizen's call: POST `call`, its id, and `answer`, one of CALL_ANSWERS. A call that is over changes
    nothing."""
    call_answer = {choice.value: choice for choice in labels.CALL_ANSWERS}.get(request.POST.get("answer", ""))
    if call_answer is None:
        raise Http404
    staff_calls.answer_call(enrolment_id, request.POST.get("call", ""), call_answer, signed_in_officer(request))
    return redirect("desk:kiosks")


def _call_row(call: StaffCall, language: str) -> dict[str, Any]:
    call_answer = StaffCallResponse(call.answer)
    return {
        "call": call,
        "kiosk": call.enrolment,
        "since": format_datetime(call.since, language),
        "answer_text": labels.CALL_ANSWERS[call_answer].in_language(language)
        if call_answer in labels.CALL_ANSWERS
        else "",
        "choices": [
            {"value": choice.value, "text": text.in_language(language)} for choice, text in labels.CALL_ANSWERS.items()
        ],
    }


def _kiosk_row(kiosk: Enrolment, reasons: list[attention.AttentionReason], language: str) -> dict[str, Any]:
    state = getattr(kiosk, "state", None)  # none before the first heartbeat
    row = {"id": str(kiosk), "kiosk": kiosk, "state": state}
    row["reasons"] = [
        {"code": reason.value, "text": labels.ATTENTION_REASONS[reason].in_language(language)} for reason in reasons
    ]
    if state is not None:
        row["last_heartbeat"] = format_datetime(state.last_heartbeat_at, language)
        row["oldest_unsent"] = format_datetime(state.oldest_unsent, language) if state.oldest_unsent else ""
        row["printer"] = labels.device_state_label(attention.printer_state(state), language)
        row["disk"] = "" if state.disk_free_bytes is None else f"{state.disk_free_bytes / 1e9:.1f} GB"
        row["versions"] = " · ".join(f"{name} {value}" for name, value in state.versions.items())
        devices = state.devices if isinstance(state.devices, dict) else {}
        row["devices"] = [
            (labels.device_label(name, language), labels.device_state_label(str(value), language))
            for name, value in devices.items()
            if name != "printer"
        ]
    return row


def _fleet_centres(request: HttpRequest) -> QuerySet[Centre]:
    return permitted_centres(signed_in_officer(request), Ability.RUN_FLEET)


def _show_enrolments(request: HttpRequest, error: str = "", status: int = 200) -> HttpResponse:
    centres = _fleet_centres(request)
    if not centres.exists():
        raise PermissionDenied
    waiting = Enrolment.objects.filter(status=EnrolmentStatus.PENDING.value)[:_KIOSKS_PER_PAGE]  # newest first
    decided = Enrolment.objects.filter(centre__in=centres).select_related("centre", "decided_by", "state")
    own = Centre.objects.filter(
        memberships__officer=signed_in_officer(request), memberships__may_run_fleet=True
    ).first()
    context = {
        "waiting": [
            {"kiosk": kiosk, "requested": format_datetime(kiosk.requested_at, page_language(request))}
            for kiosk in waiting
        ],
        "decided": [_kiosk_row(kiosk, [], page_language(request)) for kiosk in decided],  # with what each said last
        "centres": centres,
        "own": own,
        "error": error,
    }
    return render_page(request, "desk/enrolments.html", context, status=status)
