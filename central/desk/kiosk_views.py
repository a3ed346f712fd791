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

from central.cases import withheld_names
from central.centres.models import Centre
from central.centres.permission import Ability, centres_of
from central.desk import labels
from central.desk.page_support import desk_page, language_of, moment, officer_of, show
from central.fleet import attention, compare_code, enrolments, staff_calls
from central.fleet.models import Enrolment, StaffCall
from central.intake.models import Alarm
from central.throttle import address
from protocol.messages import EnrolmentStatus
from protocol.staff_call import CallAnswer

_PER_PAGE = 100
_LOOK_AGAIN_S = 15


@require_safe
@desk_page
def alarms(request: HttpRequest) -> HttpResponse:
    """What needs a person: deliveries, silent kiosks, and officers who ask to see a withheld name."""
    found = Alarm.objects.filter(centre__in=centres_of(officer_of(request), Ability.WORK))
    rows = [
        {"alarm": alarm, "when": moment(alarm.at, language_of(request))}
        for alarm in found.select_related("settled_by")[:200]
    ]
    return show(
        request, "desk/alarms.html", {"rows": rows, "requests": withheld_names.open_requests(officer_of(request))}
    )


@require_POST
@desk_page
def settle(request: HttpRequest, alarm_id: int) -> HttpResponse:
    """Mark an alarm as seen to."""
    officer = officer_of(request)
    mine = Alarm.objects.filter(pk=alarm_id, centre__in=centres_of(officer, Ability.WORK), settled_at=None)
    mine.update(settled_at=timezone.now(), settled_by=officer)
    return redirect("desk:alarms")


@require_safe
@desk_page
def enrolment_list(request: HttpRequest) -> HttpResponse:
    """Kiosks that wait (anybody's, until a centre takes them) and those of the officer's own centres."""
    return _show_enrolments(request)


@require_POST
@desk_page
def decide(request: HttpRequest, enrolment_id: UUID, decision: str) -> HttpResponse:
    """`decision` is approve (POST `centre`, a slug, and `code`, what the kiosk shows), refuse or revoke."""
    officer = officer_of(request)
    try:
        if decision == "approve":
            centre = _centres(request).filter(slug=request.POST.get("centre", "")).first()
            if centre is None:
                raise PermissionDenied
            compare_code.check(enrolment_id, request.POST.get("code", "")[:64], officer, address(request))
            enrolments.approve(enrolment_id, officer, centre)
        elif decision == "refuse":
            enrolments.refuse(enrolment_id, officer)
        elif decision == "revoke":
            enrolments.revoke(enrolment_id, officer)
        else:
            raise Http404
    except compare_code.WrongCodeError as error:
        said = error.sentence.in_language(language_of(request))
        return _show_enrolments(request, error=said, status=429 if error.too_many else 409)
    except enrolments.EnrolmentError as error:
        return _show_enrolments(request, error=str(error), status=409)
    return redirect("desk:enrolments")


@require_safe
@desk_page
def fleet(request: HttpRequest) -> HttpResponse:
    """Every kiosk of the officer's centres with its last heartbeat; what needs a person comes first."""
    now, language = timezone.now(), language_of(request)
    kiosks = attention.in_use().filter(centre__in=centres_of(officer_of(request), Ability.RUN_FLEET))
    rows = [(attention.needs(kiosk, now), kiosk) for kiosk in kiosks]
    rows.sort(key=lambda row: (attention.urgency(row[0]), str(row[1])))
    page = Paginator(rows, _PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "rows": [_row(kiosk, found, language) for found, kiosk in page],
        "page": page,
        "needing": sum(1 for found, _ in rows if found),
        "calls": [_call(call, language) for call in staff_calls.open_for(officer_of(request))],
    }
    page_now = show(request, "desk/fleet.html", context)
    page_now["Refresh"] = str(_LOOK_AGAIN_S)  # nothing is typed here, and a citizen who calls waits
    return page_now


@require_POST
@desk_page
def answer_call(request: HttpRequest, enrolment_id: UUID) -> HttpResponse:
    """Answer a citizen's call: POST `call`, its name, and `answer`, one of ANSWERS. A call that is over changes
    nothing."""
    given = {choice.value: choice for choice in labels.ANSWERS}.get(request.POST.get("answer", ""))
    if given is None:
        raise Http404
    staff_calls.answer(enrolment_id, request.POST.get("call", ""), given, officer_of(request))
    return redirect("desk:fleet")


def _call(call: StaffCall, language: str) -> dict[str, Any]:
    given = CallAnswer(call.answer)
    return {
        "call": call,
        "kiosk": call.enrolment,
        "since": moment(call.since, language),
        "said": labels.ANSWERS[given].in_language(language) if given in labels.ANSWERS else "",
        "choices": [
            {"value": choice.value, "text": text.in_language(language)} for choice, text in labels.ANSWERS.items()
        ],
    }


def _row(kiosk: Enrolment, found: list[attention.Need], language: str) -> dict[str, Any]:
    state = getattr(kiosk, "state", None)  # none before the first heartbeat
    row = {"id": str(kiosk), "kiosk": kiosk, "state": state}
    row["needs"] = [{"code": need.value, "text": labels.NEEDS[need].in_language(language)} for need in found]
    if state is not None:
        row["heard"] = moment(state.heard_at, language)
        row["oldest"] = moment(state.oldest_unsent, language) if state.oldest_unsent else ""
        row["paper"] = labels.state(attention.paper(state), language)
        row["disk"] = "" if state.disk_free is None else f"{state.disk_free / 1e9:.1f} GB"
        row["versions"] = " · ".join(f"{name} {value}" for name, value in state.versions.items())
        devices = state.devices if isinstance(state.devices, dict) else {}
        row["devices"] = [
            (labels.device(name, language), labels.state(str(value), language))
            for name, value in devices.items()
            if name != "printer"
        ]
    return row


def _centres(request: HttpRequest) -> QuerySet[Centre]:
    return centres_of(officer_of(request), Ability.RUN_FLEET)


def _show_enrolments(request: HttpRequest, error: str = "", status: int = 200) -> HttpResponse:
    centres = _centres(request)
    if not centres.exists():
        raise PermissionDenied
    waiting = Enrolment.objects.filter(status=EnrolmentStatus.PENDING.value)[:_PER_PAGE]  # newest first
    decided = Enrolment.objects.filter(centre__in=centres).select_related("centre", "decided_by", "state")
    own = Centre.objects.filter(memberships__officer=officer_of(request), memberships__may_run_fleet=True).first()
    context = {
        "waiting": [{"kiosk": kiosk, "asked": moment(kiosk.asked_at, language_of(request))} for kiosk in waiting],
        "decided": [_row(kiosk, [], language_of(request)) for kiosk in decided],  # with what each said last
        "centres": centres,
        "own": own,
        "error": error,
    }
    return show(request, "desk/enrolments.html", context, status=status)
