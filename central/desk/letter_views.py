"""Official letters of a case: making a draft, writing and issuing it, its files, and the signed scan."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.conf import settings
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from central.cases import reading
from central.cases.attachments import prepare_files
from central.cases.errors import NotAllowedError
from central.cases.models import Case
from central.centres.models import Officer
from central.desk.case_access import find_case, open_case, show_case
from central.desk.letter_forms import TEXT_BYTES, CancelForm, LetterForm, ScanForm, initial_letter
from central.desk.page_support import desk_page, page_language, render_page, signed_in_officer
from central.letters import commands, scans
from central.letters.errors import LetterError
from central.letters.kinds import KINDS, STATES, Audience, LetterKind, LetterState
from central.letters.models import Letter
from central.letters.page import letter_page
from central.letters.pdf import final_pdf
from central.letters.reading import find_by_token, open_letter
from central.letters.word import letter_word
from central.people.permission import has_permission
from central.people.roles import Action
from central.public_address import service_url
from central.uploads import accepts_upload
from protocol.bilingual_text import BilingualText
from thai import dates

Rest = ParamSpec("Rest")
_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_COVERED = BilingualText(
    "หนังสือนี้มีชื่อผู้ร้อง ท่านต้องมีสิทธิ์ดูชื่อ หรือได้รับอนุญาตให้ดูชื่อที่ปกปิดก่อน",
    "This letter names the complainant. You need the right to see names, or the permission for a withheld name first",
)
_SAVED, _ISSUED, _FILED = "saved", "issued", "filed"
_NOTICES = {
    _SAVED: BilingualText("บันทึกร่างแล้ว", "The draft is saved"),
    _ISSUED: BilingualText(
        "ออกเลขหนังสือแล้ว ดาวน์โหลด พิมพ์ และเสนอลงนามได้", "The letter has its number. Download, print and sign it"
    ),
    _FILED: BilingualText("จัดเก็บหนังสือที่ลงนามแล้ว", "The signed letter is filed"),
}


def _says_why_covered(view: Callable[Concatenate[HttpRequest, str, Rest], HttpResponse]) -> Any:
    """A view of a letter. An officer who may not read the letter gets the page of its case with the reason."""

    @wraps(view)
    def show(request: HttpRequest, number: str, *args: Rest.args, **options: Rest.kwargs) -> HttpResponse:
        try:
            return view(request, number, *args, **options)
        except reading.ReadingDeniedError:
            sentence = _COVERED.in_language(page_language(request))
            return show_case(request, open_case(request, number), error=sentence, status=403)

    return show


@require_POST
@desk_page
def add_letter(request: HttpRequest, number: str) -> HttpResponse:
    """Make a draft: POST `kind`, and `referral` for one of several agencies."""
    officer, case = signed_in_officer(request), find_case(request, number)
    kind, chosen = request.POST.get("kind", ""), request.POST.get("referral", "")
    if kind not in {each.value for each in LetterKind}:
        raise Http404
    referrals = case.referrals.select_related("agency")
    referral = referrals.filter(pk=int(chosen[:9])).first() if chosen.isascii() and chosen.isdecimal() else None
    try:
        letter = commands.create_draft(officer, case, LetterKind(kind), referral)
    except LetterError as error:
        sentence = error.sentence.in_language(page_language(request))
        return show_case(request, open_case(request, number), error=sentence, status=403)
    return redirect("desk:letter", number, letter.pk)


@accepts_upload(TEXT_BYTES)
@require_http_methods(["GET", "POST"])  # not HEAD: opening a letter is audited as a reading
@desk_page
@_says_why_covered
def edit_letter(request: HttpRequest, number: str, letter_id: int) -> HttpResponse:
    """One letter. POST `step`: save or issue with a LetterForm, delete, or cancel with a CancelForm."""
    officer, language, case = signed_in_officer(request), page_language(request), find_case(request, number)
    letter = _opened(officer, case, letter_id)
    if request.method != "POST":
        return _show(request, case, letter)
    step, form = request.POST.get("step", ""), LetterForm(language, letter.current_kind, request.POST)
    cancel_form = CancelForm(language, request.POST)
    wrong = {"save": form, "issue": form, "cancel": cancel_form}.get(step)
    if wrong is not None and not wrong.is_valid():
        return _show(request, case, letter, form=form, error=wrong.first_error, status=422)
    try:
        done = _make_step(officer, letter, step, _seen_version(request), form)
    except LetterError as error:
        sentence = error.sentence.in_language(language)
        return _show(request, case, letter, form=form if form.is_valid() else None, error=sentence, status=409)
    if step == "delete":
        return redirect("desk:case", number)
    response = redirect("desk:letter", number, letter_id)
    if done:
        response["Location"] += f"?done={done}"
    return response


@require_GET
@desk_page
@_says_why_covered
def letter_file(request: HttpRequest, number: str, letter_id: int, format_name: str) -> HttpResponse:
    """The letter as PDF or Word file. Audited as a reading."""
    officer, case = signed_in_officer(request), find_case(request, number)
    letter = _opened(officer, case, letter_id)
    if format_name == "pdf":
        content, media_type, place = final_pdf(letter, service_url(request)), "application/pdf", "inline"
    elif format_name == "docx":
        content, media_type, place = letter_word(letter_page(letter, service_url(request))), _WORD, "attachment"
    else:
        raise Http404
    response = HttpResponse(content, content_type=media_type)
    name = f"{letter.kind}-{letter.year}-{letter.sequence}" if letter.sequence else f"{letter.kind}-draft-{letter.pk}"
    response["Content-Disposition"] = f'{place}; filename="{name}.{format_name}"'
    return response


@accepts_upload(settings.MAX_UPLOAD_BYTES)
@require_POST
@desk_page
@_says_why_covered
def file_letter_scan(request: HttpRequest, number: str, letter_id: int) -> HttpResponse:
    """File the scan of the signed letter: POST `files`."""
    officer, language, case = signed_in_officer(request), page_language(request), find_case(request, number)
    letter = _opened(officer, case, letter_id)
    if letter.current_state is not LetterState.ISSUED or not _may_write(officer, case):
        raise Http404
    form = ScanForm(language, request.POST, files=request.FILES)
    form.is_valid()
    try:
        scans.file_scan_of(officer, letter, prepare_files(form.cleaned_data.get("files", [])))
    except (LetterError, NotAllowedError) as error:
        return _show(request, case, letter, error=error.sentence.in_language(language), status=422)
    response = redirect("desk:letter", number, letter_id)
    response["Location"] += f"?done={_FILED}"
    return response


@require_GET
@desk_page
def letter_by_code(request: HttpRequest, letter_token: str) -> HttpResponse:
    """The address in the QR code of a letter: leads an officer who may work on its case to it."""
    letter = find_by_token(signed_in_officer(request), letter_token)
    if letter is None:
        raise Http404
    return redirect("desk:letter", letter.case.case_number, letter.pk)


def _make_step(officer: Officer, letter: Letter, step: str, seen: int, form: LetterForm) -> str:
    """What was done, for the notice. Raises LetterError, and Http404 for a step that there is not."""
    match step:
        case "save":
            commands.save_draft(officer, letter, seen, form.content)
            return _SAVED
        case "issue":
            with transaction.atomic():
                saved = commands.save_draft(officer, letter, seen, form.content)
                commands.issue(officer, saved, saved.version)
            return _ISSUED
        case "delete":
            commands.delete_draft(officer, letter, seen)
        case "cancel":
            commands.cancel(officer, letter, form.data["reason"])
        case _:
            raise Http404
    return ""


def _opened(officer: Officer, case: Case, letter_id: int) -> Letter:
    try:
        return open_letter(officer, case, letter_id)
    except Letter.DoesNotExist:
        raise Http404 from None


def _may_write(officer: Officer, case: Case) -> bool:
    return has_permission(officer, Action.WRITE_LETTERS, case.centre)


def _seen_version(request: HttpRequest) -> int:
    typed = request.POST.get("version", "")
    return int(typed[:9]) if typed.isascii() and typed.isdecimal() else -1


def _show(
    request: HttpRequest,
    case: Case,
    letter: Letter,
    *,
    form: LetterForm | None = None,
    error: str = "",
    status: int = 200,
) -> HttpResponse:
    officer, language = signed_in_officer(request), page_language(request)
    kind, state = letter.current_kind, letter.current_state
    done = request.GET.get("done", "") if request.method == "GET" else ""
    is_to_complainant = KINDS[kind].audience is Audience.COMPLAINANT
    context: dict[str, Any] = {
        "case": case,
        "letter": letter,
        "kind": KINDS[kind].name.in_language(language),
        "state": STATES[state].in_language(language),
        "is_draft": state is LetterState.DRAFT,
        "is_issued": state is LetterState.ISSUED,
        "dated": dates.long_date(letter.dated, language) if letter.dated else "",
        "may_write": _may_write(officer, case),
        "form": form or LetterForm(language, kind, initial=initial_letter(letter)),
        "cancel_form": CancelForm(language),
        "scan_form": ScanForm(language),
        "scans": letter.signed.attachments.all() if letter.signed else [],
        "has_no_name": is_to_complainant and not letter.names_complainant,
        "template_version": letter.template.version if letter.template else 0,
        "notice": _NOTICES[done].in_language(language) if done in _NOTICES else "",
        "error": error,
    }
    return render_page(request, "desk/letter.html", context, status=status)
