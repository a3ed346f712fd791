"""What the data protection officer does with the data of one complainant: show the citizen id, copy, correct, erase."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST, require_safe

from central.cases import commands, reading
from central.cases.commands import Actor, NotAllowedError
from central.cases.commands.person_correction import CORRECTABLE
from central.cases.models import Case, Complainant
from central.desk.case_access import find_case
from central.desk.page_support import desk_page, page_language, render_page, signed_in_officer
from central.desk.person_data_forms import CorrectionForm, DataReasonForm
from central.keyring import KeyringError
from central.people.permission import has_permission
from central.people.roles import Action
from central.privacy.data_copy import collect_copy, copy_json, copy_pdf
from central.privacy.erasures import propose_requested
from protocol.bilingual_text import BilingualText
from thai import id_number

_COVERED = BilingualText(
    "เรื่องนี้ปกปิดชื่อ โปรดขออนุญาตดูชื่อที่หน้าเรื่องก่อน", "The name is withheld. First request it on the page of the case"
)
_NO_NUMBER = BilingualText("เรื่องนี้ไม่มีเลขประจำตัวประชาชน", "No citizen ID is on file")
_NOBODY = BilingualText("เรื่องนี้ไม่มีข้อมูลผู้ร้อง", "This case has no complainant on file")
_OTHER_KEY = BilingualText("กุญแจของระบบนี้ถอดรหัสเลขนี้ไม่ได้", "The key of this installation does not decrypt this number")


@require_safe
@desk_page
def person_data(request: HttpRequest, number: str) -> HttpResponse:
    """What can be done, without anything personal on the page."""
    return _show(request, _case(request, number))


@require_POST
@desk_page
def show_citizen_id(request: HttpRequest, number: str) -> HttpResponse:
    """Show the 13 digits: POST a DataReasonForm."""
    case = _case(request, number)
    form = DataReasonForm(page_language(request), request.POST)
    if not form.is_valid():
        return _show(request, case, error=form.first_error, status=422)
    try:
        digits = reading.open_citizen_id(signed_in_officer(request), case, form.cleaned_data["reason"])
    except (reading.ReadingDeniedError, Complainant.DoesNotExist) as error:
        return _refused(request, case, error)
    except KeyringError:
        return _show(request, case, error=_OTHER_KEY.in_language(page_language(request)), status=409)
    if not digits:
        return _show(request, case, error=_NO_NUMBER.in_language(page_language(request)), status=409)
    return _show(request, case, citizen_id=id_number.format_grouped(digits))


@require_POST
@desk_page
def copy_data(request: HttpRequest, number: str, format_name: str) -> HttpResponse:
    """A copy as a file, `format_name` json or pdf: POST a DataReasonForm."""
    if format_name not in ("json", "pdf"):
        raise Http404
    case = _case(request, number)
    form = DataReasonForm(page_language(request), request.POST)
    if not form.is_valid():
        return _show(request, case, error=form.first_error, status=422)
    try:
        complainant = reading.open_copy(signed_in_officer(request), case, form.cleaned_data["reason"])
        copy = collect_copy(case, complainant)
    except reading.ReadingDeniedError as error:
        return _refused(request, case, error)
    except KeyringError:
        return _show(request, case, error=_OTHER_KEY.in_language(page_language(request)), status=409)
    content = copy_json(copy) if format_name == "json" else copy_pdf(copy)
    response = HttpResponse(content, content_type=f"application/{format_name}")
    response["Content-Disposition"] = f'attachment; filename="{case.case_number}.{format_name}"'
    response["Cache-Control"] = "no-store"
    return response


@require_POST
@desk_page
def open_correction(request: HttpRequest, number: str) -> HttpResponse:
    """The form with what is on file: POST a DataReasonForm."""
    case, language = _case(request, number), page_language(request)
    form = DataReasonForm(language, request.POST)
    if not form.is_valid():
        return _show(request, case, error=form.first_error, status=422)
    try:
        complainant = reading.open_complainant(signed_in_officer(request), case, form.cleaned_data["reason"])
    except (reading.ReadingDeniedError, Complainant.DoesNotExist) as error:
        return _refused(request, case, error)
    return _show(
        request,
        case,
        correction_form=CorrectionForm(language, initial={name: getattr(complainant, name) for name in CORRECTABLE}),
    )


@require_POST
@desk_page
def save_correction(request: HttpRequest, number: str) -> HttpResponse:
    """Correct name and contact: POST a CorrectionForm."""
    case, officer = _case(request, number), signed_in_officer(request)
    form = CorrectionForm(page_language(request), request.POST)
    if not form.is_valid():
        return _show(request, case, correction_form=form, error=form.first_error, status=422)
    try:
        with transaction.atomic():
            reading.open_complainant(officer, case, form.cleaned_data["reason"])
            commands.correct_person(
                case, Actor.of(officer), values=form.corrected(), reason=form.cleaned_data["reason"]
            )
    except (reading.ReadingDeniedError, Complainant.DoesNotExist) as error:
        return _refused(request, case, error)
    except NotAllowedError as error:
        sentence = error.sentence.in_language(page_language(request))
        return _show(request, case, correction_form=form, error=sentence, status=409)
    return redirect("desk:case", case.case_number)


@require_POST
@desk_page
def propose_erasure(request: HttpRequest, number: str) -> HttpResponse:
    """List this case for its erasure: POST a DataReasonForm."""
    case = _case(request, number)
    form = DataReasonForm(page_language(request), request.POST)
    if not form.is_valid():
        return _show(request, case, error=form.first_error, status=422)
    try:
        erasure = propose_requested(signed_in_officer(request), case, form.cleaned_data["reason"])
    except NotAllowedError as error:
        return _show(request, case, error=error.sentence.in_language(page_language(request)), status=409)
    return redirect("desk:erasure", erasure.pk)


def _case(request: HttpRequest, number: str) -> Case:
    case = find_case(request, number)
    if not has_permission(signed_in_officer(request), Action.ANSWER_DATA_REQUEST, case.centre):
        raise PermissionDenied
    return case


def _refused(request: HttpRequest, case: Case, error: Exception) -> HttpResponse:
    if isinstance(error, Complainant.DoesNotExist):
        return _show(request, case, error=_NOBODY.in_language(page_language(request)), status=409)
    if not case.is_name_withheld:
        raise PermissionDenied
    return _show(request, case, error=_COVERED.in_language(page_language(request)), status=403)


def _show(
    request: HttpRequest,
    case: Case,
    *,
    citizen_id: str = "",
    correction_form: CorrectionForm | None = None,
    error: str = "",
    status: int = 200,
) -> HttpResponse:
    officer, language = signed_in_officer(request), page_language(request)
    complainant = Complainant.objects.filter(case=case)
    context: dict[str, Any] = {
        "case": case,
        "has_person": complainant.exists(),
        "has_citizen_id": complainant.exclude(citizen_id_last4="").exists(),
        "may_correct": has_permission(officer, Action.CORRECT_PERSON, case.centre),
        "may_erase": has_permission(officer, Action.KEEP_RETENTION, case.centre),
        "is_closed": case.closed_at is not None,
        "is_erased": case.erased_at is not None,
        "form": DataReasonForm(language),
        "correction_form": correction_form,
        "citizen_id": citizen_id,
        "error": error,
    }
    response = render_page(request, "desk/person_data.html", context, status=status)
    response["Cache-Control"] = "no-store"
    return response
