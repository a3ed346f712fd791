"""Mails that wait: an officer reads them, and files them as cases or dismisses them."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST, require_safe

from central.cases.errors import NotAllowedError
from central.desk.adding_form import AddingForm
from central.desk.page_support import desk_page, page_language, render_page, signed_in_officer
from central.keyring import KeyringError
from central.mailboxes.commands import add_to_case, read_mail, settle, visible_mails
from central.mailboxes.mail_content import MailContent
from central.mailboxes.models import Mailbox, MailState, ReceivedMail
from central.people.permission import permitted_centres
from central.people.roles import Action
from protocol.bilingual_text import BilingualText
from thai import dates

_ON_A_PAGE = 25
_FAILURES = {
    "not_reached": BilingualText("ติดต่อเซิร์ฟเวอร์อีเมลไม่ได้", "The mail server cannot be reached"),
    "refused": BilingualText(
        "เซิร์ฟเวอร์อีเมลไม่รับชื่อผู้ใช้ รหัสผ่าน หรือโฟลเดอร์", "The mail server refuses user, password or folder"
    ),
    "not_scanned": BilingualText(
        "ขณะนี้ตรวจไวรัสไม่ได้ อีเมลรออยู่ในกล่องจดหมาย",
        "No virus scanner answers now: the mails wait in the mailbox",
    ),
    "other_key": BilingualText(
        "กุญแจของระบบนี้ถอดรหัสผ่านอีเมลไม่ได้", "The key of this installation does not decrypt the password"
    ),
}
_UNREADABLE = BilingualText("กุญแจของระบบนี้เปิดอีเมลนี้ไม่ได้", "The key of this installation does not open this mail")


@require_safe
@desk_page
def mail_list(request: HttpRequest) -> HttpResponse:
    """What waits, the oldest first. The list has the day and the number of files, and nothing that a mail says."""
    officer, language = signed_in_officer(request), page_language(request)
    centres = permitted_centres(officer, Action.FILE_CASES) & permitted_centres(officer, Action.READ_PEOPLE)
    if not centres.exists():
        raise PermissionDenied
    waiting = visible_mails(officer).filter(state=MailState.WAITING)
    page = Paginator(waiting.prefetch_related("files"), _ON_A_PAGE).get_page(request.GET.get("page", "1")[:9])
    context = {
        "page": page,
        "rows": [
            {
                "id": mail.pk,
                "received": dates.short_datetime(mail.received_at, language),
                "centre": mail.mailbox.centre.name_in(language),
                "files": len(mail.files.all()),
            }
            for mail in page.object_list
        ],
        "boxes": [
            {
                "name": f"{box.centre.name_in(language)} · {box.username}",
                "checked": dates.short_datetime(box.checked_at, language) if box.checked_at else "",
                "failure": _FAILURES[box.failure].in_language(language) if box.failure in _FAILURES else "",
            }
            for box in Mailbox.objects.filter(centre__in=centres, is_active=True).select_related("centre")
        ],
    }
    return render_page(request, "desk/mails.html", context)


@require_safe
@desk_page
def mail(request: HttpRequest, mail_id: int) -> HttpResponse:
    """One mail that waits."""
    return _show(request, _waiting(request, mail_id))


@require_POST
@desk_page
def dismiss_mail(request: HttpRequest, mail_id: int) -> HttpResponse:
    """The mail is no complaint: its content is deleted."""
    waiting = _waiting(request, mail_id)
    try:
        settle(waiting, signed_in_officer(request), None)
    except NotAllowedError as error:
        return _show(request, waiting, error.sentence.in_language(page_language(request)), status=409)
    return redirect("desk:mails")


@require_POST
@desk_page
def add_mail_to_case(request: HttpRequest, mail_id: int) -> HttpResponse:
    """The mail belongs to a case that exists: POST an AddingForm."""
    officer, language, waiting = signed_in_officer(request), page_language(request), _waiting(request, mail_id)
    form = AddingForm(officer, language, request.POST)
    if not form.is_valid():
        return _show(request, waiting, status=422, form=form)
    case, note = form.cleaned_data["number"], form.cleaned_data["note"]
    try:
        add_to_case(waiting, officer, case, is_from_complainant=form.is_from_complainant, note=note)
    except NotAllowedError as error:
        return _show(request, waiting, error.sentence.in_language(language), status=409, form=form)
    except KeyringError:
        return _show(request, waiting, status=409, form=form)
    return redirect("desk:case", case.case_number)


def _waiting(request: HttpRequest, mail_id: int) -> ReceivedMail:
    waiting: ReceivedMail | None = (
        visible_mails(signed_in_officer(request)).filter(pk=mail_id, state=MailState.WAITING).first()
    )
    if waiting is None:
        raise Http404
    return waiting


def _show(
    request: HttpRequest, waiting: ReceivedMail, error: str = "", status: int = 200, form: AddingForm | None = None
) -> HttpResponse:
    language = page_language(request)
    content: MailContent | None = None
    try:
        content = read_mail(waiting, signed_in_officer(request))
    except KeyringError:
        error = _UNREADABLE.in_language(language)
    context: dict[str, Any] = {
        "mail": waiting,
        "content": content,
        "received": dates.short_datetime(waiting.received_at, language),
        "files": content.files if content else (),
        "error": error,
        "form": form or AddingForm(signed_in_officer(request), language),
        "is_adding": form is not None,
    }
    response = render_page(request, "desk/mail.html", context, status=status)
    response["Cache-Control"] = "no-store"
    return response
