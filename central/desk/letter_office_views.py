"""The letters of an office: the register with the filing of signed scans, the letterhead, the templates."""

from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from central.cases import clock
from central.cases.attachments import prepare_files
from central.cases.errors import NotAllowedError
from central.centres.models import Centre, Officer
from central.desk.letter_forms import TEXT_BYTES, LetterTextForm, OfficeForm, ScanForm, initial_office
from central.desk.page_support import desk_page, page_language, render_page, signed_in_officer
from central.letters.errors import LetterError
from central.letters.kinds import KINDS, STATES, LetterKind
from central.letters.models import LetterTemplate
from central.letters.numbering import last_number
from central.letters.offices import office_of, save_office
from central.letters.page import sample_page
from central.letters.pdf import letter_pdf
from central.letters.reading import RegisterFilter, register
from central.letters.scans import file_scans as file_stack
from central.letters.templates import save_version, template_in_use
from central.letters.texts import PLACEHOLDERS, STANDARD_TEXTS
from central.people.permission import actions_anywhere, permitted_centres
from central.people.roles import Action, Scope
from central.uploads import accepts_upload
from protocol.bilingual_text import BilingualText
from thai import dates

_ON_A_PAGE = 50
_MAX_CENTRES = 100  # with a letterhead, in one list
_MAX_FILED_SHOWN = 20
_EMBLEM_BYTES = 5 * 1024 * 1024
_ONE_EMBLEM = BilingualText("โปรดเลือกภาพตราครุฑหนึ่งภาพ (JPEG หรือ PNG)", "Choose one picture of the emblem (JPEG or PNG)")
_FILED = BilingualText("จัดเก็บแล้ว {} ฉบับ", "{} letters filed")
_SAVED = BilingualText("บันทึกแล้ว", "Saved")


@require_safe
@desk_page
def letter_register(request: HttpRequest) -> HttpResponse:
    """The numbered letters of the officer's centres. GET `number` finds one, `page`."""
    return _show_register(request)


@accepts_upload(settings.MAX_UPLOAD_BYTES)
@require_POST
@desk_page
def file_scans(request: HttpRequest) -> HttpResponse:
    """File a stack of scanned letters: POST `files`."""
    officer, language = signed_in_officer(request), page_language(request)
    if Action.WRITE_LETTERS not in actions_anywhere(officer, (Scope.CENTRE,)):
        raise PermissionDenied
    form = ScanForm(language, request.POST, files=request.FILES)
    form.is_valid()
    try:
        letters = file_stack(officer, prepare_files(form.cleaned_data.get("files", [])))
    except (LetterError, NotAllowedError) as error:
        return _show_register(request, error=error.sentence.in_language(language), status=422)
    filed = [{"number": each.number, "case": each.case.case_number, "pk": each.pk} for each in letters]
    notice = _FILED.in_language(language).format(len(letters))
    return _show_register(request, notice=notice, filed=filed[:_MAX_FILED_SHOWN])


@accepts_upload(_EMBLEM_BYTES)
@require_http_methods(["GET", "HEAD", "POST"])
@desk_page
def letter_office(request: HttpRequest, slug: str) -> HttpResponse:
    """The letterhead of a centre, and its templates. POST an OfficeForm; `remove_emblem` takes the emblem off."""
    officer, language = signed_in_officer(request), page_language(request)
    centre = _managed_centre(officer, slug)
    office, number = office_of(centre), last_number(centre, clock.today())
    error = ""
    if request.method == "POST":
        form = OfficeForm(language, request.POST, files=request.FILES)
        error = "" if form.is_valid() else form.first_error
        try:
            if not error:
                _save_office(officer, centre, form, removes_emblem="remove_emblem" in request.POST)
                return redirect(f"{request.path}?saved=1")
        except (LetterError, NotAllowedError) as refusal:
            error = refusal.sentence.in_language(language)
    else:
        form = OfficeForm(language, initial=initial_office(office, number))
    context = {
        "centre": centre,
        "centre_name": centre.name_in(language),
        "form": form,
        "has_emblem": bool(office.emblem),
        "kinds": [_shown_kind(centre, kind, language) for kind in KINDS],
        "notice": _SAVED.in_language(language) if request.GET.get("saved") == "1" and not error else "",
        "error": error,
    }
    return render_page(request, "desk/letter_office.html", context, status=422 if error else 200)


@accepts_upload(TEXT_BYTES)
@require_http_methods(["GET", "HEAD", "POST"])
@desk_page
def letter_template(request: HttpRequest, slug: str, letter_kind: str) -> HttpResponse:
    """The words of a kind at a centre. POST a LetterTextForm: `step` preview answers with a PDF, save adds a version.
    GET `version` puts an earlier version of this centre into the form."""
    officer, language = signed_in_officer(request), page_language(request)
    centre = _managed_centre(officer, slug)
    if letter_kind not in {each.value for each in LetterKind}:
        raise Http404
    kind, error = LetterKind(letter_kind), ""
    versions = LetterTemplate.objects.filter(centre=centre, kind=letter_kind).select_related("written_by")
    if request.method == "POST":
        form = LetterTextForm(language, kind, request.POST)
        if form.is_valid() and request.POST.get("step") == "preview":
            page = sample_page(centre, kind, form.text, clock.today())
            response = HttpResponse(letter_pdf(page), content_type="application/pdf")
            response["Content-Disposition"] = f'inline; filename="{letter_kind}-sample.pdf"'
            return response
        try:
            if form.is_valid():
                save_version(officer, centre, kind, form.text)
                return redirect("desk:letter_template", slug, letter_kind)
            error = form.first_error
        except LetterError as refusal:
            error = refusal.sentence.in_language(language)
    else:
        form = LetterTextForm(language, kind, initial=_chosen_text(request, centre, kind))
    context = {
        "centre": centre,
        "kind": KINDS[kind].name.in_language(language),
        "form": form,
        "placeholders": [(word, meaning.in_language(language)) for word, meaning in PLACEHOLDERS.items()],
        "versions": [
            {
                "version": each.version,
                "at": dates.short_datetime(each.written_at, language),
                "by": each.written_by.display_name,
            }
            for each in versions
        ],
        "error": error,
    }
    return render_page(request, "desk/letter_template.html", context, status=422 if error else 200)


def _show_register(
    request: HttpRequest,
    *,
    notice: str = "",
    filed: list[dict[str, Any]] | None = None,
    error: str = "",
    status: int = 200,
) -> HttpResponse:
    officer, language = signed_in_officer(request), page_language(request)
    actions = actions_anywhere(officer, (Scope.CENTRE,))
    if actions.isdisjoint({Action.WRITE_LETTERS, Action.MANAGE_TEMPLATES}):
        raise PermissionDenied
    number = request.GET.get("number", "")[:60]
    page = Paginator(register(officer, RegisterFilter(number=number)), _ON_A_PAGE).get_page(
        request.GET.get("page", "1")[:9]
    )
    managed = permitted_centres(officer, Action.MANAGE_TEMPLATES).order_by("path")[:_MAX_CENTRES]
    context = {
        "rows": [
            {
                "number": letter.number,
                "dated": dates.short_date(letter.dated, language) if letter.dated else "",
                "kind": KINDS[letter.current_kind].name.in_language(language),
                "state": STATES[letter.current_state].in_language(language),
                "is_signed": letter.signed_id is not None,
                "case": letter.case.case_number,
                "pk": letter.pk,
            }
            for letter in page
        ],
        "page": page,
        "query": f"&{urlencode({'number': number})}" if number else "",
        "number": number,
        "may_write": Action.WRITE_LETTERS in actions,
        "scan_form": ScanForm(language),
        "offices": [{"slug": each.slug, "name": each.name_in(language)} for each in managed],
        "notice": notice,
        "filed": filed or [],
        "error": error,
    }
    return render_page(request, "desk/letters.html", context, status=status)


def _managed_centre(officer: Officer, slug: str) -> Centre:
    centre = permitted_centres(officer, Action.MANAGE_TEMPLATES).filter(slug=slug).first()
    if centre is None:
        raise Http404
    return centre


def _save_office(officer: Officer, centre: Centre, form: OfficeForm, *, removes_emblem: bool) -> None:
    files = prepare_files(form.cleaned_data["files"])
    if len(files) > 1 or any(file.media_type != "image/jpeg" for file in files):
        raise LetterError(_ONE_EMBLEM)
    emblem = files[0].content if files else (b"" if removes_emblem else None)
    save_office(officer, centre, form.content_with(emblem))


def _chosen_text(request: HttpRequest, centre: Centre, kind: LetterKind) -> dict[str, object]:
    typed = request.GET.get("version", "")
    if typed == "0":
        return dict(vars(STANDARD_TEXTS[kind]))
    chosen = None
    if typed.isascii() and typed.isdecimal():
        chosen = LetterTemplate.objects.filter(centre=centre, kind=kind.value, version=int(typed[:6])).first()
    chosen = chosen or template_in_use(centre, kind)
    return dict(vars(chosen.text if chosen else STANDARD_TEXTS[kind]))


def _shown_kind(centre: Centre, kind: LetterKind, language: str) -> dict[str, Any]:
    template = template_in_use(centre, kind)
    return {
        "code": kind.value,
        "name": KINDS[kind].name.in_language(language),
        "version": template.version if template else 0,
        "centre": template.centre.name_in(language) if template else "",
    }
