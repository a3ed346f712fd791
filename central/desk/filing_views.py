"""Entering a case for somebody: one page, and the slip with the tracking code as its answer."""

from dataclasses import replace
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from central.cases import reading
from central.cases.attachments import CleanFile, prepare_files
from central.cases.errors import NotAllowedError
from central.centres.models import Centre, Officer
from central.channels import Channel
from central.desk.code_slip import code_slip
from central.desk.filing_centre import filing_centre_of
from central.desk.filing_form import OFFICER_CHANNELS, FilingForm
from central.desk.filing_sources import prefilled_form, source_of_form, waiting_mail, waiting_part, waiting_post
from central.desk.page_support import desk_page, page_language, render_bridge_page, signed_in_officer
from central.desk.place_field import places_of_province
from central.filing.file_case import FiledCase, FilingError, file_case
from central.filing.notice_texts import OFFICE_NOTICE, notice_text
from central.language import LANGUAGES
from central.people.permission import actions_anywhere
from central.people.roles import Action, Scope
from central.printed_letters import write_pdf
from central.scan_batches.filing import next_part_after
from central.uploads import accepts_upload
from protocol.bilingual_text import BilingualText

# 20,000 characters of Thai, each three bytes, or nine in a form without files.
_TEXT_BYTES = 200_000
_PHOTO = "image/jpeg"
_FILES_AGAIN = BilingualText("โปรดเลือกไฟล์อีกครั้ง", "Please choose the files again")


@accepts_upload(settings.MAX_UPLOAD_BYTES + _TEXT_BYTES)
@require_http_methods(["GET", "HEAD", "POST"])
@desk_page
def file_for_citizen(request: HttpRequest) -> HttpResponse:
    """The form, `?channel=` chooses the channel; POST a FilingForm shows the slip, the same one when it is repeated."""
    officer, language = signed_in_officer(request), page_language(request)
    centre = filing_centre_of(officer)
    if request.method != "POST":
        wanted = request.GET.get("channel", "")
        channel = wanted if wanted in {each.value for each in OFFICER_CHANNELS} else _usual_channel(officer)
        form = prefilled_form(language, officer, centre, request.GET)
        return _show(request, form or FilingForm(language, centre=centre, channel=channel), centre)
    form = FilingForm(language, request.POST, centre=centre, files=request.FILES)
    if not form.is_valid():
        return _show(request, form, centre, form.first_error, status=422)
    try:
        filed = _file(form, officer, centre)
    except (FilingError, NotAllowedError) as error:
        return _show(request, form, centre, error.sentence.in_language(language), status=422)
    except ValueError as error:
        return _show(request, form, centre, str(error), status=422)
    return _show_slip(request, officer, filed, form.cleaned_data["key"])


@require_safe
@desk_page
def privacy_notice(request: HttpRequest) -> HttpResponse:
    """The privacy notice in both languages, as a PDF to hand over or to enclose with a letter."""
    centre = filing_centre_of(signed_in_officer(request))
    texts = [(language, notice_text(OFFICE_NOTICE, language)) for language in LANGUAGES]
    html = render_to_string("desk/privacy_notice.html", {"centre": centre, "texts": texts, "version": OFFICE_NOTICE})
    headers = {"Content-Disposition": f'inline; filename="privacy-notice-{OFFICE_NOTICE}.pdf"'}
    return HttpResponse(write_pdf(html), content_type="application/pdf", headers=headers)


def _file(form: FilingForm, officer: Officer, centre: Centre) -> FiledCase:
    now = timezone.now()
    content = form.content(now)
    source = source_of_form(officer, form)
    uploads = [*(source.uploads if source else ()), *form.cleaned_data["files"]]
    files = prepare_files(uploads, from_offices=True)
    pages: list[CleanFile] = []
    if form.cleaned_data["is_letter"]:
        pages = [file for file in files if file.media_type == _PHOTO]
        files = [file for file in files if file.media_type != _PHOTO]
    if source is not None:
        pages, files = [*source.pages, *pages], [*source.files, *files]
    with transaction.atomic():  # a source that is settled in another way leaves no case
        if source is not None:
            source.claim()
        filed = file_case(
            content,
            channel=form.chosen_channel,
            key=form.cleaned_data["key"],
            filed_at=form.filed_at(now),
            received_at=now,
            files=files,
            pages=pages,
            by=officer,
            centre=centre,
            notice_given=form.chosen_notice,
        )
        if source is not None:
            source.settle(filed.case)
    # The files of a source are gone once it is filed, so a repeated sending has others.
    return filed if source is None or source.is_waiting else replace(filed, has_same_content=True)


def _usual_channel(officer: Officer) -> str:
    """A hotline takes calls; who may take cases too is at a centre with a counter."""
    is_at_centre = Action.TAKE in actions_anywhere(officer, (Scope.CENTRE,))
    return Channel.COUNTER.value if is_at_centre else Channel.PHONE_1567.value


def _show(request: HttpRequest, form: FilingForm, centre: Centre, error: str = "", status: int = 200) -> HttpResponse:
    language = page_language(request)
    if error and request.FILES:
        error = f"{error} · {_FILES_AGAIN.in_language(language)}"
    officer = signed_in_officer(request)
    mail = waiting_mail(officer, str(form["mail"].value() or ""))
    part = waiting_part(officer, str(form["scan"].value() or ""))
    context = {
        "form": form,
        "mail": mail,
        "mail_files": mail.files.count() if mail else 0,
        "part": part,
        "post": waiting_post(officer, str(form["post"].value() or "")),
        "error": error,
        "notice": notice_text(OFFICE_NOTICE, language),
        "places": places_of_province(centre.area_code[:2], language) if centre.area_code else (),
    }
    return render_bridge_page(request, "desk/file.html", context, status=status)


def _show_slip(request: HttpRequest, officer: Officer, filed: FiledCase, key: UUID) -> HttpResponse:
    case, next_part = filed.case, next_part_after(officer, key)
    context = {
        "slip": code_slip(request, case, filed.code, page_language(request)) if filed.code else None,
        "case_number": case.case_number,
        "centre": case.centre,
        "may_open": reading.visible_cases(officer).filter(pk=case.pk).exists(),
        "is_same": filed.has_same_content,
        "channel": case.channel,
        "pages": case.pages.count(),
        "scan_batch": next_part[0] if next_part else None,
        "next_scan_page": next_part[1] if next_part else None,
    }
    return render_bridge_page(request, "desk/filed.html", context)
