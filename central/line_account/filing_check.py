"""The end of a filing: everything that was entered is shown, and sent once."""

from uuid import UUID

from central.cases.attachments import CleanFile
from central.channels import Channel
from central.filing.file_case import FiledCase, FilingError, file_case
from central.filing.keys import code_of_key, key_hash
from central.filing.models import FiledSubmission
from central.identity_crypto import tracking_hash
from central.line_account import common_choices as buttons
from central.line_account.chat_content import ChatContent, Draft, Step
from central.line_account.consent_texts import PRIVACY_NOTICE_VERSION
from central.line_account.linking import agree_to_notices
from central.line_account.messages import Choice
from central.line_account.turn import Turn
from central.notices.texts import tracking_address
from central.people.shared_throttle import SharedThrottle
from protocol import tracking_code
from protocol.bilingual_text import BilingualText
from protocol.choices import IdentitySource, NameDisclosure
from protocol.submission import Contact, Identity, SubmissionContent
from protocol.topics import TOPICS, Topic
from thai import phone, places

FILINGS_OF_A_DAY = SharedThrottle("line-filings", limit=6, window_s=24 * 3600)  # a family of six shares a telephone
_MAX_SHOWN_CHARS = 600

_CHECK = BilingualText("โปรดตรวจ แล้วกด «{button}»", "Please check, then press “{button}”")
_ROWS = BilingualText(
    "เรื่อง: {topic}\nสถานที่: {place}\nไฟล์แนบ: {files}\nชื่อ: {naming}{name}\nโทร: {phone}\nแจ้งทาง LINE: {notices}\n"
    "รายละเอียด: {text}",
    "Topic: {topic}\nPlace: {place}\nFiles: {files}\nName: {naming}{name}\nPhone: {phone}\nLINE notices: {notices}\n"
    "What happened: {text}",
)
_FILED = BilingualText(
    "ศูนย์ดำรงธรรมรับเรื่องแล้ว\nเลขเรื่อง {number}", "The Damrongdham Centre has your case\nCase number {number}"
)
_KEEP_CODE = BilingualText(
    "ข้อความถัดไปคือรหัสติดตาม โปรดเก็บไว้ ผู้ที่มีรหัสดูเรื่องนี้ได้ ดูความคืบหน้า: ส่งรหัสมาที่นี่ {where}",
    "The next message is your tracking code. Keep it: whoever has it can see this case. To see how it goes, send the "
    "code here {where}",
)
_OR_PAGE = BilingualText("หรือที่ {url}", "or at {url}")
_NO_CODE = BilingualText("รหัสถูกเปลี่ยนใหม่แล้ว โปรดใช้รหัสใหม่", "The code was replaced by a new one. Please use that")
_TOO_MANY = BilingualText(
    "บัญชีนี้ยื่นเรื่องครบ 6 เรื่องในวันนี้แล้ว ยังไม่ได้ส่งเรื่องนี้ โปรดส่งพรุ่งนี้ หรือโทร 1567",
    "This account has filed six cases today. This one was not sent. Please send it tomorrow, or call 1567",
)
_NOT_FILED = BilingualText("ยังไม่ได้ส่ง: {reason}", "Not sent: {reason}")
_NONE = BilingualText("ไม่ระบุ", "not stated")
_CHANGES = (
    Choice(BilingualText("แก้หัวข้อ", "Change the topic"), "change:topic"),
    Choice(BilingualText("แก้สถานที่", "Change the place"), "change:place"),
    Choice(BilingualText("แก้รายละเอียด", "Change the text"), "change:story"),
    Choice(BilingualText("แก้ชื่อหรือเบอร์", "Change name or phone"), "change:person"),
)


def ask_check(turn: Turn, draft: Draft) -> None:
    """Everything that will be sent."""
    language = turn.language
    none = _NONE.in_language(language)
    text = draft.text
    place = " · ".join(filter(None, (places.full_name(draft.area or "", language), draft.place_note)))
    turn.say(
        _ROWS,
        topic=TOPICS[draft.topic or Topic.UNSURE].name.in_language(language),
        place=place or none,
        files=turn.files.count(),
        naming=buttons.NAMING_CHOICES[draft.naming or NameDisclosure.WITHHELD].label.in_language(language),
        name=f" · {draft.name}" if draft.name else "",
        phone=phone.display(draft.phone) if draft.phone else none,
        notices=(buttons.YES if draft.wants_notices else buttons.NO).label.in_language(language),
        text=(text if len(text) <= _MAX_SHOWN_CHARS else f"{text[:_MAX_SHOWN_CHARS]}…") or none,
    )
    turn.say(_CHECK, button=buttons.SEND.label.in_language(language))
    turn.offer(buttons.SEND, *_CHANGES, buttons.CANCEL)


def take_check(turn: Turn, draft: Draft) -> None:
    """Send, or take one answer back so that its question comes again."""
    match turn.choice:
        case buttons.SEND.data:
            _send(turn, draft)
        case "change:topic":
            draft.topic = None
        case "change:place":
            draft.area, draft.place_note = None, ""
        case "change:story":
            draft.is_story_done = False
        case "change:person":
            draft.naming = draft.name = draft.phone = draft.wants_notices = None


def find_filed_case(key: UUID) -> FiledCase | None:
    """The case that was filed on LINE under this key; None for another key."""
    filed = (
        FiledSubmission.objects.filter(channel=Channel.LINE.value, key_hash=key_hash(Channel.LINE, key))
        .select_related("case__centre")
        .first()
    )
    if filed is None:
        return None
    code = code_of_key(Channel.LINE, key)
    is_current = tracking_hash(code) == filed.case.tracking_hash
    return FiledCase(filed.case, code if is_current else None, is_new=False)


def show_filed_case(turn: Turn, filed: FiledCase) -> None:
    """Number and code of a filed case. The code is a message by itself, so that it can be copied."""
    turn.say(_FILED, number=filed.case.case_number)
    if filed.code is None:
        turn.say(_NO_CODE)
    else:
        address = tracking_address(filed.case)
        turn.say(_KEEP_CODE, where=_OR_PAGE.in_language(turn.language).format(url=address) if address else "")
        turn.texts.append(tracking_code.display(filed.code))
    turn.offer(buttons.TRACK, buttons.FILE, buttons.MENU)


def _send(turn: Turn, draft: Draft) -> None:
    user = f"{turn.chat.route_id}:{turn.chat.user_id}"
    if not FILINGS_OF_A_DAY.count_attempt(user):
        turn.say(_TOO_MANY)
        turn.offer(buttons.SEND, buttons.CANCEL)
        return
    try:
        filed = file_draft(turn, draft, turn.stored_files())
    except FilingError as error:
        FILINGS_OF_A_DAY.take_back_attempt(user)
        turn.say(_NOT_FILED, reason=error.sentence.in_language(turn.language))
        turn.offer(buttons.SEND, *_CHANGES, buttons.CANCEL)
        return
    if draft.wants_notices:
        agree_to_notices(turn, filed.case)
    is_anonymous = draft.naming is NameDisclosure.ANONYMOUS
    # Nothing connects an anonymous case with this account any more.
    turn.content = ChatContent(step=Step.MENU, filed_key=None if is_anonymous else draft.key)
    turn.files.delete()
    show_filed_case(turn, filed)


def file_draft(turn: Turn, draft: Draft, files: list[CleanFile]) -> FiledCase:
    """File the draft under its key: a second time returns the same case. Raises FilingError."""
    content = SubmissionContent(
        topic=draft.topic or Topic.UNSURE,
        area=draft.area or "",
        spot=draft.place_note,
        text=draft.text,
        naming=draft.naming or NameDisclosure.WITHHELD,
        contact=Contact(phone=draft.phone or ""),
        identity=Identity(first_name=draft.name) if draft.name else None,
        identity_source=IdentitySource.TYPED if draft.name else IdentitySource.NONE,
        language="en" if turn.language == "en" else "th",
        notice_version=PRIVACY_NOTICE_VERSION,
        notice_accepted_at=draft.notice_accepted_at or turn.now,
    )
    return file_case(
        content, channel=Channel.LINE, key=draft.key, filed_at=turn.now, files=files, centre=turn.chat.route.centre
    )
