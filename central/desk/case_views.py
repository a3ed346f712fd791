"""The queue of cases and the page of one."""

from collections.abc import Mapping
from datetime import date

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.http import require_GET, require_POST, require_safe

from central.cases import commands, reading, withheld_names
from central.cases.filing_time import FilingQuality
from central.cases.models import Case, CaseEvent, Complainant, LetterPage
from central.cases.workflow import next_statuses
from central.centres.permission import Ability, has_ability
from central.desk import labels
from central.desk.page_support import desk_page, format_datetime, page_language, render_page, signed_in_officer
from protocol import case_number
from protocol.bilingual_text import BilingualText
from protocol.case_status import CASE_STATUSES, CaseStatus, status_text
from protocol.choices import IdentitySource, NameDisclosure, Nature, OnBehalfOf, RespondentKind
from protocol.topics import TOPICS, Topic
from thai import dates, phone, places

_CASES_PER_PAGE = 50


@require_safe
@desk_page
def case_list(request: HttpRequest) -> HttpResponse:
    """The cases of the officer's centres, newest first; by `status`, or by (part of) the case `number`."""
    language, status_filter, number = (
        page_language(request),
        request.GET.get("status", ""),
        request.GET.get("number", "").strip(),
    )
    cases = reading.visible_cases(signed_in_officer(request))
    if status_filter in {status.value for status in CaseStatus}:
        cases = cases.filter(status=status_filter)
    if number:
        cases = cases.filter(case_number__icontains=_normalise_case_number(number))
    page = Paginator(cases, _CASES_PER_PAGE).get_page(request.GET.get("page"))
    rows = [
        {
            "case": case,
            "status": CASE_STATUSES[case.current_status].desk_label.in_language(language),
            "topic": TOPICS[Topic(case.topic)].official.in_language(language),
            "place": places.full_name(case.area, language),
            "filed": format_datetime(case.filed_at, language),
            "due": dates.short_date(case.due, language) if case.due else "",
        }
        for case in page
    ]
    choices = [(status.value, texts.desk_label.in_language(language)) for status, texts in CASE_STATUSES.items()]
    return render_page(
        request,
        "desk/cases.html",
        {"rows": rows, "page": page, "choices": choices, "status_filter": status_filter, "number": number},
    )


@require_GET  # it is written down as a reading: HEAD reads nothing
@desk_page
def case_page(request: HttpRequest, number: str) -> HttpResponse:
    """One case. Opening it is audited; the person behind it stays covered until asked for."""
    return _show_case(request, _open_case(request, number))


@require_POST
@desk_page
def change_status(request: HttpRequest, number: str) -> HttpResponse:
    """Move the status: POST `to`, `seen` (the status the page showed), `note`, and for closing `outcome`."""
    case = _get_case(request, number)
    try:
        new_status, seen_status = CaseStatus(request.POST.get("to", "")), CaseStatus(request.POST.get("seen", ""))
    except ValueError:
        return _show_case(
            request,
            _open_case(request, number),
            error=BilingualText("โปรดเลือกสถานะ", "Please choose a status"),
            status=422,
        )
    note, outcome = request.POST.get("note", ""), request.POST.get("outcome", "")
    try:
        commands.change_status(
            case, new_status, signed_in_officer(request), seen_status=seen_status, note=note, outcome=outcome
        )
    except commands.NotAllowedError as error:
        form_values = {
            "submitted_note": note,
            "submitted_outcome": outcome,
            "submitted_to": new_status.value,
        }
        return _show_case(
            request, _open_case(request, number), error=error.sentence, status=409, form_values=form_values
        )
    return redirect("desk:case", number=number)


@require_POST
@desk_page
def assign(request: HttpRequest, number: str) -> HttpResponse:
    """Name agency, person in charge and the date promised: POST `agency`, `officer`, `due` (ISO or empty)."""
    case, due_text = _get_case(request, number), request.POST.get("due", "")
    try:
        due = date.fromisoformat(due_text) if due_text else None
    except ValueError:
        error = BilingualText("วันที่ไม่ถูกต้อง", "This is not a valid date")
        return _show_case(request, _open_case(request, number), error=error, status=422)
    agency, handler = request.POST.get("agency", "")[:200], request.POST.get("officer", "")[:200]
    commands.assign(case, signed_in_officer(request), agency=agency, handler=handler, due=due)
    return redirect("desk:case", number=number)


@require_POST
@desk_page
def show_complainant(request: HttpRequest, number: str) -> HttpResponse:
    """Uncover name and contact: POST `reason`, which goes into the audit."""
    case = _get_case(request, number)
    try:
        person = reading.open_person(signed_in_officer(request), case, request.POST.get("reason", "")[:300])
    except reading.ReadingDeniedError:
        raise PermissionDenied from None
    except Complainant.DoesNotExist:
        raise Http404 from None
    return _show_case(request, case, person=person)


@require_POST
@desk_page
def request_name(request: HttpRequest, number: str) -> HttpResponse:
    """Ask a second person to allow seeing a withheld name: POST `reason`."""
    case = _get_case(request, number)
    try:
        withheld_names.request_name(signed_in_officer(request), case, request.POST.get("reason", "")[:300])
    except commands.NotAllowedError as error:
        return _show_case(request, _open_case(request, number), error=error.sentence, status=403)
    return redirect("desk:case", number=number)


@require_POST
@desk_page
def decide_name(request: HttpRequest, number: str, request_id: int, decision: str) -> HttpResponse:
    """The second person's word; `decision` is allow or refuse."""
    case = _get_case(request, number)
    if decision not in ("allow", "refuse"):
        raise Http404
    try:
        withheld_names.decide_request(signed_in_officer(request), case, request_id, granted=decision == "allow")
    except commands.NotAllowedError as error:
        return _show_case(request, _open_case(request, number), error=error.sentence, status=403)
    return redirect("desk:case", number=number)


@require_GET
@desk_page
def letter_page_image(request: HttpRequest, number: str, index: int) -> HttpResponseBase:
    """The picture of a letter's page (`index` from 0)."""
    case = _get_case(request, number)
    try:
        page = reading.open_page(signed_in_officer(request), case, index)
    except reading.ReadingDeniedError:
        raise PermissionDenied from None
    except LetterPage.DoesNotExist:
        raise Http404 from None
    return FileResponse(page.picture.open("rb"), content_type=page.media_type)


def _normalise_case_number(number: str) -> str:
    """A whole case number however it was typed; a piece of one as it is."""
    try:
        return str(case_number.parse(number))
    except case_number.CaseNumberError:
        return number


def _open_case(request: HttpRequest, number: str) -> Case:
    """Open a case, audited."""
    try:
        return reading.open_case(signed_in_officer(request), number)
    except Case.DoesNotExist:
        raise Http404 from None


def _get_case(request: HttpRequest, number: str) -> Case:
    """A case the officer may work on, without showing what it says."""
    try:
        return reading.visible_cases(signed_in_officer(request)).get(case_number=number)
    except Case.DoesNotExist:
        raise Http404 from None


def _show_case(
    request: HttpRequest,
    case: Case,
    *,
    person: Complainant | None = None,
    error: BilingualText | None = None,
    status: int = 200,
    form_values: Mapping[str, str] | None = None,
) -> HttpResponse:
    officer, language = signed_in_officer(request), page_language(request)
    province = case.centre.province_name(language)

    changes = [
        {
            "when": format_datetime(change.at, language),
            "by": change.by.get_username() if change.by else "",
            "kind": change.kind,
            "text": status_text(CaseStatus(change.value), language, province)
            if change.kind == CaseEvent.Kind.STATUS
            else change.value,
            "note": change.note,
        }
        for change in case.events.select_related("by")
    ]
    context = {
        "case": case,
        "person": person,
        "error": error.in_language(language) if error else "",
        "status_text": status_text(case.current_status, language, province),
        "filed": format_datetime(case.filed_at, language),
        "filed_how": labels.FILING_TIME_QUALITY[FilingQuality(case.filing_time_quality)].in_language(language),
        "received": format_datetime(case.received_at, language),
        "topic": TOPICS[Topic(case.topic)].official.in_language(language),
        "nature": labels.NATURE[Nature(case.nature)].in_language(language),
        "about": labels.ABOUT[RespondentKind(case.about)].in_language(language),
        "for_whom": labels.FOR_WHOM[OnBehalfOf(case.for_whom)].in_language(language),
        "naming": labels.NAMING[NameDisclosure(case.name_disclosure)].in_language(language),
        "place": places.full_name(case.area, language),
        "pages": reading.readable_pages(case, person),
        "page_count": case.pages.count(),
        "changes": changes,
        "reads": case.reads.select_related("officer")[:10],
        "next": [(to.value, status_text(to, language, province)) for to in next_statuses(case.current_status)],
        "may_read_people": has_ability(officer, Ability.READ_PEOPLE, case.centre),
        "name_grant": withheld_names.find_grant(officer, case) if case.is_name_withheld else None,
        "own_name_request": withheld_names.own_request(officer, case) if case.is_name_withheld else None,
        "name_requests": withheld_names.open_requests(officer).filter(case=case),
        "has_person": Complainant.objects.filter(case=case).exists(),
        "due_shown": dates.long_date(case.due, language) if case.due else "",
    }
    if person is not None:
        context["source"] = labels.SOURCE[IdentitySource(person.source)].in_language(language)
        context["phone"] = phone.display(person.phone)
        context["born"] = dates.card_date(person.birth_date, language)
    return render_page(request, "desk/case.html", context | dict(form_values or {}), status=status)
