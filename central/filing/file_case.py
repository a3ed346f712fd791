"""Files a case at the centre itself: from the web, LINE, the counter, post, telephone, another agency or an import.

Whoever files again under the same key gets the same case and the same code, and nothing is stored twice."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import DataError, IntegrityError, transaction
from django.utils import timezone

from central.cases import commands
from central.cases.attachments import CleanFile, store_files
from central.cases.codes import NoticeGiven
from central.cases.commands import Actor
from central.cases.filing_time import FilingQuality
from central.cases.models import Case, LetterPage
from central.centres.jurisdiction import centre_for_area, filing_centre, nearest_active
from central.centres.models import Centre, Officer
from central.channels import Channel
from central.events import letter_page_stored
from central.filing.case_numbers import next_case_number
from central.filing.keys import code_of_key, content_hash, key_hash
from central.filing.models import FiledSubmission
from central.filing.storing import store_complainant, submission_columns
from central.identity_crypto import tracking_hash
from central.pictures import delete_pictures_on_error
from protocol import tracking_code
from protocol.bilingual_text import BilingualText
from protocol.choices import MAX_PAGES, IdentitySource, NameDisclosure
from protocol.submission import Consents, Contact, SubmissionContent

# Filed and received within this time is filed now; a form that was entered later states its time.
_NOW = timedelta(minutes=5)
_FIRST_CENTRES = datetime(1994, 4, 1, tzinfo=UTC)  # the first Damrongdham centres opened
_PHOTO = "image/jpeg"
_IN_FUTURE = BilingualText("วันที่ยื่นเรื่องอยู่ในอนาคต", "The filing date is in the future")
_TOO_EARLY = BilingualText("วันที่ยื่นเรื่องเก่าเกินไป", "The filing date is too long ago")
_NO_CENTRE = BilingualText("ระบบนี้ยังไม่มีศูนย์ที่รับเรื่อง", "This installation has no centre that takes cases yet")
_TOO_MANY_PAGES = BilingualText(f"หนังสือมีเกิน {MAX_PAGES} หน้า", f"The letter has more than {MAX_PAGES} pages")
_NO_PICTURE = BilingualText("หน้าของหนังสือต้องเป็นภาพ", "The pages of a letter must be pictures")
_NOT_STORABLE = BilingualText("มีอักขระที่บันทึกไม่ได้", "A text has characters that cannot be stored")


class FilingError(Exception):
    """A case that cannot be filed like this; `sentence` is for people."""

    def __init__(self, sentence: BilingualText) -> None:
        super().__init__(sentence.en)
        self.sentence = sentence


@dataclass(frozen=True)
class FiledCase:
    """The case of a sending. `code` is canonical; None when the citizen gets none, or has replaced it by a new one.
    `has_same_content` is False when the same key was used before with another content: that one is stored."""

    case: Case
    code: str | None
    is_new: bool
    has_same_content: bool = True


def file_case(
    content: SubmissionContent,
    *,
    channel: Channel,
    key: UUID,
    filed_at: datetime,
    received_at: datetime | None = None,
    files: Sequence[CleanFile] = (),
    pages: Sequence[CleanFile] = (),
    by: Officer | None = None,
    centre: Centre | None = None,
    with_code: bool = True,
    notice_given: NoticeGiven | None = None,
) -> FiledCase:
    """File a case, all or nothing. `key` makes it once per channel, and is as secret as the tracking code.

    `filed_at` lies in the past for a case that is entered later. `files` are attached to the first event, `pages` are
    the pages of a letter; both come from `cases.attachments.prepare_files`. `by` is the officer who enters it; the
    caller has checked the permission. `centre` is where it is filed; None: the centre of its place. `with_code` False:
    the citizen gets no code yet, and the case is found by its number only. `notice_given`: how the officer gave the
    privacy notice of the content's version. Raises FilingError."""
    received_at = received_at or timezone.now()
    _check_times(filed_at, received_at)
    _check_pages(pages)
    content = _without_person(content) if content.naming is NameDisclosure.ANONYMOUS else content
    sending = _Sending(
        content=content,
        channel=channel,
        key=key,
        filed_at=min(filed_at, received_at),
        received_at=received_at,
        files=files,
        pages=pages,
        by=by,
        centre=centre_of_filing(content.area) if centre is None else filing_centre(content.area, centre),
        with_code=with_code,
        notice_given=notice_given,
    )
    try:
        return sending.file()
    except IntegrityError:
        return sending.file()  # the same sending has just been committed by another worker: now it is a repetition
    except (DataError, ValueError) as error:  # PostgreSQL stores no NUL characters
        raise FilingError(_NOT_STORABLE) from error


@dataclass(frozen=True)
class _Sending:
    """The checked arguments of `file_case`."""

    content: SubmissionContent
    channel: Channel
    key: UUID
    filed_at: datetime
    received_at: datetime
    files: Sequence[CleanFile]
    pages: Sequence[CleanFile]
    by: Officer | None
    centre: Centre
    with_code: bool
    notice_given: NoticeGiven | None

    def file(self) -> FiledCase:
        """The earlier case of this key, or a new one. One transaction."""
        hashed_key = key_hash(self.channel, self.key)
        files = (hashlib.sha256(each.content).hexdigest() for each in (*self.files, *self.pages))
        hashed_content = content_hash(self.content, files)
        with transaction.atomic():
            earlier = _earlier(self.channel, self.key)
            if earlier is not None:
                is_same = earlier.content_hash == hashed_content
                return FiledCase(earlier.case, _current_code(earlier, self.key), False, is_same)
            with delete_pictures_on_error() as stored:
                case = self._store(stored)
                FiledSubmission.objects.create(
                    channel=self.channel.value, key_hash=hashed_key, content_hash=hashed_content, case=case
                )
                return FiledCase(case, self._code if self.with_code else None, True)

    def _store(self, stored: list[str]) -> Case:
        code = self._code if self.with_code else tracking_code.generate()  # a code that nobody has
        case = Case(
            **submission_columns(self.content),
            submission_id=uuid4(),
            centre=self.centre,
            channel=self.channel.value,
            case_number=str(next_case_number(self.centre)),
            tracking_hash=tracking_hash(code),
            received_at=self.received_at,
            filed_at=self.filed_at,
            filing_time_quality=self._quality.value,
            notice_given=self.notice_given.value if self.notice_given else "",
        )
        event = commands.create_case(case, self._actor, self.files)
        store_files(event, self.files, stored)
        store_complainant(case, self.content, self.channel)
        for index, page in enumerate(self.pages):
            name = f"pages/{self.received_at:%Y/%m}/{uuid4()}.jpg"
            stored.append(default_storage.save(name, ContentFile(page.content)))
            row = LetterPage.objects.create(
                case=case,
                index=index,
                picture=stored[-1],
                media_type=page.media_type,
                width=page.pixels[0],
                height=page.pixels[1],
            )
            letter_page_stored.send(sender=LetterPage, letter_page=row)
        return case

    @property
    def _code(self) -> str:
        return code_of_key(self.channel, self.key)

    @property
    def _quality(self) -> FilingQuality:
        is_now = self.received_at - self.filed_at <= _NOW
        return FilingQuality.CENTRE_CLOCK if is_now else FilingQuality.STATED

    @property
    def _actor(self) -> Actor:
        if self.by is not None:
            return Actor.of(self.by)
        return Actor.system() if self.channel is Channel.IMPORT else Actor.citizen()


def _check_times(filed_at: datetime, received_at: datetime) -> None:
    if filed_at > received_at + _NOW:
        raise FilingError(_IN_FUTURE)
    if filed_at < _FIRST_CENTRES:
        raise FilingError(_TOO_EARLY)


def _check_pages(pages: Sequence[CleanFile]) -> None:
    if len(pages) > MAX_PAGES:
        raise FilingError(_TOO_MANY_PAGES)
    if any(page.media_type != _PHOTO for page in pages):
        raise FilingError(_NO_PICTURE)


def _without_person(content: SubmissionContent) -> SubmissionContent:
    """An anonymous submission identifies nobody, whatever its channel has sent."""
    nobody = {"identity": None, "identity_source": IdentitySource.NONE, "contact": Contact(), "consents": Consents()}
    return content.model_copy(update=nobody)


def repeated_case(content: SubmissionContent, channel: Channel, key: UUID, *, files: int) -> FiledCase | None:
    """The case that was filed under this key, without opening the files of the repetition: only their number is
    compared. None for a new key."""
    earlier = _earlier(channel, key)
    if earlier is None:
        return None
    content = _without_person(content) if content.naming is NameDisclosure.ANONYMOUS else content
    filed = earlier.case.events.earliest("pk").attachments.order_by("pk").values_list("sha256", flat=True)
    is_same = len(filed) == files and earlier.content_hash == content_hash(content, filed)
    return FiledCase(earlier.case, _current_code(earlier, key), False, is_same)


def _earlier(channel: Channel, key: UUID) -> FiledSubmission | None:
    rows = FiledSubmission.objects.select_related("case__centre")
    return rows.filter(channel=channel.value, key_hash=key_hash(channel, key)).first()


def _current_code(earlier: FiledSubmission, key: UUID) -> str | None:
    """The code of the key; None when the citizen has replaced it by a new one."""
    code = code_of_key(Channel(earlier.channel), key)
    return code if tracking_hash(code) == earlier.case.tracking_hash else None


def centre_of_filing(area: str) -> Centre:
    """The centre of a case that is filed at no particular centre, by its place. Raises FilingError without any."""
    provinces = list(Centre.objects.filter(area_code__regex=r"^\d\d$", is_active=True)[:2])
    top = Centre.objects.filter(parent=None, is_active=True).first()
    # An installation of one province takes what has no place, or one outside; otherwise the ministry does.
    fallback = provinces[0] if len(provinces) == 1 else top or (provinces[0] if provinces else None)
    if fallback is None:
        raise FilingError(_NO_CENTRE)
    return nearest_active(centre_for_area(area, fallback))
