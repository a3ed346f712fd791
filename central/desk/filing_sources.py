"""Where a case that an officer enters comes from, if it is not typed alone: a mail that waits, a part of a scan.

Its files are taken into the case once. Its key is that of the form, so what is filed twice is one case."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.models import QuerySet
from django.http import Http404

from central.cases import clock
from central.cases.attachments import CleanFile
from central.cases.codes import NoticeGiven
from central.cases.errors import NotAllowedError
from central.cases.models import Case
from central.centres.models import Centre, Officer
from central.channels import Channel
from central.desk.filing_form import FilingForm
from central.desk.place_field import codes_of
from central.keyring import KeyringError
from central.listening.commands import settle_post, visible_posts
from central.listening.models import SocialPost
from central.mailboxes import commands as mails
from central.mailboxes.models import MailState, ReceivedMail
from central.people.permission import permitted_centres
from central.people.roles import Action
from central.scan_batches.filing import FilingPart, claim_part, part_beginning, part_content, part_of_form, settle_part
from protocol.bilingual_text import BilingualText
from protocol.choices import MAX_TEXT_CHARS, NameDisclosure
from thai import places

_POST_SETTLED = BilingualText("ข้อความนี้จัดการแล้ว", "This post is settled already")
_MAIL_SETTLED = BilingualText("อีเมลฉบับนี้จัดการแล้ว", "This mail is settled already")


@dataclass(frozen=True)
class FilingSource:
    """What a mail or a scan brings. `is_waiting` False: it is a case already, and brings nothing again. `claim` and
    `settle` raise NotAllowedError when it was settled in another way meanwhile."""

    settle: Callable[[Case], None]
    claim: Callable[[], None] = lambda: None  # before the case is stored, in its transaction
    is_waiting: bool = True
    uploads: Sequence[SimpleUploadedFile] = ()
    pages: Sequence[CleanFile] = ()
    files: Sequence[CleanFile] = ()


def source_of_form(officer: Officer, form: FilingForm) -> FilingSource | None:
    """The source that a valid form names. Raises NotAllowedError when it is settled in another way."""
    if form.cleaned_data["mail"] is not None:
        return _source_of_mail(officer, form)
    if form.cleaned_data["scan"]:
        return _source_of_scan(officer, form)
    if form.cleaned_data["post"] is not None:
        return _source_of_post(officer, form)
    return None


def prefilled_form(language: str, officer: Officer, centre: Centre, query: Mapping[str, str]) -> FilingForm | None:
    """The form with what the source of this query says: `mail`, `scan` or `post`; None without a source."""
    mail, part = waiting_mail(officer, query.get("mail", "")), waiting_part(officer, query.get("scan", ""))
    post = waiting_post(officer, query.get("post", ""))
    if mail is not None:
        return _form_of_mail(language, officer, centre, mail)
    if part is not None:
        form = FilingForm(language, centre=centre, channel=Channel.POST.value)
        form.initial = {"scan": part.token, "key": part.key}
        return form
    if post is not None:
        return _form_of_post(language, centre, post)
    return None


def waiting_mail(officer: Officer, text: str) -> ReceivedMail | None:
    """The mail that is being filed, None without one or when it is settled."""
    key = _number(text)
    if key is None:
        return None
    mail: ReceivedMail | None = mails.visible_mails(officer).filter(pk=key, state=MailState.WAITING).first()
    return mail


def waiting_part(officer: Officer, text: str) -> FilingPart | None:
    """The part of a scan that is being filed, by its first page; None without one or when it is filed."""
    key = _number(text.partition("-")[0])
    return None if key is None else part_beginning(officer, key)


def waiting_post(officer: Officer, text: str) -> SocialPost | None:
    """The post that is being filed, None without one or when it is settled."""
    key = _number(text)
    return None if key is None else _posts_to_file(officer).filter(pk=key, state=SocialPost.State.NEW).first()


def _posts_to_file(officer: Officer) -> QuerySet[SocialPost]:
    """The posts that `settle_post` lets this officer file: a refusal after the case is stored would hide its code."""
    return visible_posts(officer).filter(source__centre__in=permitted_centres(officer, Action.FILE_CASES))


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def _source_of_mail(officer: Officer, form: FilingForm) -> FilingSource:
    mail = mails.visible_mails(officer).filter(pk=form.cleaned_data["mail"]).first()
    if mail is None or mail.state == MailState.DISMISSED or mail.key != form.cleaned_data["key"]:
        raise NotAllowedError(_MAIL_SETTLED)
    is_waiting = mail.state == MailState.WAITING
    uploads = mails.files_of(mail) if is_waiting else ()
    return FilingSource(lambda case: mails.settle(mail, officer, case), is_waiting=is_waiting, uploads=uploads)


def _source_of_scan(officer: Officer, form: FilingForm) -> FilingSource:
    part = part_of_form(officer, form.cleaned_data["scan"], form.cleaned_data["key"])
    if part is None:
        return FilingSource(lambda _case: None, is_waiting=False)
    pages, files = part_content(part, as_letter=form.cleaned_data["is_letter"])
    return FilingSource(
        lambda case: settle_part(part, officer, case), lambda: claim_part(part), pages=pages, files=files
    )


def _source_of_post(officer: Officer, form: FilingForm) -> FilingSource:
    post = _posts_to_file(officer).filter(pk=form.cleaned_data["post"]).first()
    if post is None or post.state == SocialPost.State.DISMISSED or post.key != form.cleaned_data["key"]:
        raise NotAllowedError(_POST_SETTLED)
    is_waiting = post.state == SocialPost.State.NEW
    return FilingSource(lambda case: settle_post(officer, post, case), is_waiting=is_waiting)


def _form_of_post(language: str, centre: Centre, post: SocialPost) -> FilingForm:
    form = FilingForm(language, centre=centre, channel=Channel.SOCIAL_MEDIA.value)
    form.initial = {
        "post": post.pk,
        "key": post.key,
        "text": post.text,
        "topic": post.topic,
        "place": _typed_place(post.area, language),
        "naming": NameDisclosure.ANONYMOUS.value,
        "notice_given": NoticeGiven.NOBODY.value,
        "filed_on": post.published_on,
    }
    return form


def _typed_place(area: str, language: str) -> str:
    """The name of an area as the form reads it, its code where the name is not unique."""
    name = places.full_name(area, language) if area else ""
    return name if codes_of(name, area[:2]) == [area] else area


def _form_of_mail(language: str, officer: Officer, centre: Centre, mail: ReceivedMail) -> FilingForm:
    form = FilingForm(language, centre=centre, channel=Channel.EMAIL.value)
    try:
        content = mails.read_mail(mail, officer)
    except KeyringError:
        raise Http404 from None
    text = f"{content.subject}\n\n{content.text}".strip()[:MAX_TEXT_CHARS]
    initial: dict[str, Any] = {"mail": mail.pk, "key": mail.key, "name": content.sender_name, "text": text}
    form.initial = {**initial, "is_letter": False}
    if content.sent_at:
        form.initial["filed_on"] = min(clock.today(), datetime.fromisoformat(content.sent_at).date())
    return form
