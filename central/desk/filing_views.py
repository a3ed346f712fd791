"""Entering a case for somebody: one page, and the slip with the tracking code as its answer."""

from dataclasses import replace
from datetime import datetime

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from central.cases import clock, reading
from central.cases.attachments import CleanFile, prepare_files
from central.cases.errors import NotAllowedError
from central.centres.models import Centre, Officer
from central.channels import Channel
from central.desk.code_slip import code_slip
from central.desk.filing_form import OFFICER_CHANNELS, FilingForm
from central.desk.page_support import desk_page, page_language, render_bridge_page, signed_in_officer
from central.desk.place_field import places_of_province
from central.filing.file_case import FiledCase, FilingError, file_case
from central.filing.notice_texts import OFFICE_NOTICE, notice_text
from central.keyring import KeyringError
from central.language import LANGUAGES
from central.mailboxes.commands import files_of, read_mail, settle, visible_mails
from central.mailboxes.models import MailState, ReceivedMail
from central.people.permission import actions_anywhere, memberships_allowing
from central.people.roles import Action, Scope
from central.printed_letters import write_pdf
from central.uploads import accepts_upload
from protocol.bilingual_text import BilingualText
from protocol.choices import MAX_TEXT_CHARS

# 20,000 characters of Thai, each three bytes, or nine in a form without files.
_TEXT_BYTES = 200_000
_PHOTO = "image/jpeg"
_MAIL_SETTLED = BilingualText("อีเมลฉบับนี้จัดการแล้ว", "This mail is settled already")
_FILES_AGAIN = BilingualText("โปรดเลือกไฟล์อีกครั้ง", "Please choose the files again")


@accepts_upload(settings.MAX_UPLOAD_BYTES + _TEXT_BYTES)
@require_http_methods(["GET", "HEAD", "POST"])
@desk_page
def file_for_citizen(request: HttpRequest) -> HttpResponse:
    """The form, `?channel=` chooses the channel; POST a FilingForm shows the slip, the same one when it is repeated."""
    officer, language = signed_in_officer(request), page_language(request)
    centre = _filing_centre_of(officer)
    if request.method != "POST":
        wanted = request.GET.get("channel", "")
        channel = wanted if wanted in {each.value for each in OFFICER_CHANNELS} else _usual_channel(officer)
        mail = _waiting_mail(officer, request.GET.get("mail", ""))
        if mail is not None:
            return _show(request, _form_of_mail(language, officer, centre, mail), centre)
        return _show(request, FilingForm(language, centre=centre, channel=channel), centre)
    form = FilingForm(language, request.POST, centre=centre, files=request.FILES)
    if not form.is_valid():
        return _show(request, form, centre, form.first_error, status=422)
    try:
        filed = _file(form, officer, centre)
    except (FilingError, NotAllowedError) as error:
        return _show(request, form, centre, error.sentence.in_language(language), status=422)
    except ValueError as error:
        return _show(request, form, centre, str(error), status=422)
    return _show_slip(request, officer, filed)


@require_safe
@desk_page
def privacy_notice(request: HttpRequest) -> HttpResponse:
    """The privacy notice in both languages, as a PDF to hand over or to enclose with a letter."""
    centre = _filing_centre_of(signed_in_officer(request))
    texts = [(language, notice_text(OFFICE_NOTICE, language)) for language in LANGUAGES]
    html = render_to_string("desk/privacy_notice.html", {"centre": centre, "texts": texts, "version": OFFICE_NOTICE})
    headers = {"Content-Disposition": f'inline; filename="privacy-notice-{OFFICE_NOTICE}.pdf"'}
    return HttpResponse(write_pdf(html), content_type="application/pdf", headers=headers)


def _file(form: FilingForm, officer: Officer, centre: Centre) -> FiledCase:
    now = timezone.now()
    content = form.content(now)
    mail = _mail_to_file(officer, form)
    is_waiting = mail is not None and mail.state == MailState.WAITING
    of_mail = files_of(mail) if mail is not None and is_waiting else []
    files = prepare_files([*of_mail, *form.cleaned_data["files"]], with_office=True)
    pages: list[CleanFile] = []
    if form.cleaned_data["is_letter"]:
        pages = [file for file in files if file.media_type == _PHOTO]
        files = [file for file in files if file.media_type != _PHOTO]
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
    if mail is None:
        return filed
    settle(mail, officer, filed.case)
    # The files of a mail are gone once it is filed, so a repeated sending has others.
    return filed if is_waiting else replace(filed, has_same_content=True)


def _mail_to_file(officer: Officer, form: FilingForm) -> ReceivedMail | None:
    """The mail of a form. Raises NotAllowedError when it was dismissed, or is another one's."""
    key = form.cleaned_data["mail"]
    if key is None:
        return None
    mail: ReceivedMail | None = visible_mails(officer).filter(pk=key).first()
    if mail is None or mail.state == MailState.DISMISSED or mail.key != form.cleaned_data["key"]:
        raise NotAllowedError(_MAIL_SETTLED)
    return mail


def _waiting_mail(officer: Officer, text: str) -> ReceivedMail | None:
    """The mail that is being filed, None without one or when it is settled."""
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        return None
    mail: ReceivedMail | None = visible_mails(officer).filter(pk=int(text), state=MailState.WAITING).first()
    return mail


def _form_of_mail(language: str, officer: Officer, centre: Centre, mail: ReceivedMail) -> FilingForm:
    """The form with what the mail says. Its key is that of the mail: filed twice, it is one case."""
    form = FilingForm(language, centre=centre, channel=Channel.EMAIL.value)
    try:
        content = read_mail(mail, officer)
    except KeyringError:
        raise Http404 from None
    text = f"{content.subject}\n\n{content.text}".strip()[:MAX_TEXT_CHARS]
    form.initial = {"mail": mail.pk, "key": mail.key, "name": content.sender_name, "text": text, "is_letter": False}
    if content.sent_at:
        form.initial["filed_on"] = min(clock.today(), datetime.fromisoformat(content.sent_at).date())
    return form


def _filing_centre_of(officer: Officer) -> Centre:
    """Where this officer files cases, the centre that is highest in the tree. The place of a case may lead it to
    another one. Raises PermissionDenied."""
    memberships = memberships_allowing(officer, Action.FILE_CASES, Scope.CENTRE)
    centre = Centre.objects.filter(memberships__in=memberships).order_by("path").first()
    if centre is None:
        raise PermissionDenied
    return centre


def _usual_channel(officer: Officer) -> str:
    """A hotline takes calls; who may take cases too is at a centre with a counter."""
    is_at_centre = Action.TAKE in actions_anywhere(officer, (Scope.CENTRE,))
    return Channel.COUNTER.value if is_at_centre else Channel.PHONE_1567.value


def _show(request: HttpRequest, form: FilingForm, centre: Centre, error: str = "", status: int = 200) -> HttpResponse:
    language = page_language(request)
    if error and request.FILES:
        error = f"{error} · {_FILES_AGAIN.in_language(language)}"
    mail = _waiting_mail(signed_in_officer(request), str(form["mail"].value() or ""))
    context = {
        "form": form,
        "mail": mail,
        "mail_files": mail.files.count() if mail else 0,
        "error": error,
        "notice": notice_text(OFFICE_NOTICE, language),
        "places": places_of_province(centre.area_code[:2], language) if centre.area_code else (),
    }
    return render_bridge_page(request, "desk/file.html", context, status=status)


def _show_slip(request: HttpRequest, officer: Officer, filed: FiledCase) -> HttpResponse:
    case = filed.case
    context = {
        "slip": code_slip(request, case, filed.code, page_language(request)) if filed.code else None,
        "case_number": case.case_number,
        "centre": case.centre,
        "may_open": reading.visible_cases(officer).filter(pk=case.pk).exists(),
        "is_same": filed.has_same_content,
        "channel": case.channel,
        "pages": case.pages.count(),
    }
    return render_bridge_page(request, "desk/filed.html", context)
