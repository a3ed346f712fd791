"""Following a case: its code opens it for half an hour; then the user reads it, answers, adds photos and links it."""

from central.cases import commands
from central.cases.case_clock import public_deadline
from central.cases.clock import today
from central.cases.commands import Actor
from central.cases.errors import NotAllowedError
from central.cases.limits import MAX_NOTE_CHARS
from central.cases.models import Case
from central.identity_crypto import tracking_hash
from central.line_account import common_choices as buttons
from central.line_account.chat_content import CASE_OPEN, Answer, Step
from central.line_account.consent_texts import NOTICES_CONSENT
from central.line_account.linking import agree_to_notices, is_linked, unlink_case
from central.line_account.messages import Choice
from central.line_account.turn import Turn
from central.line_account.written_parts import Collected, collect
from central.messages.sent_forms import carry_out_once
from central.notices import routes
from central.notices.codes import NoticeChannel
from central.notices.texts import tracking_address
from central.people.shared_throttle import SharedThrottle
from central.submission_labels import topic_name
from central.tracking.lookup import LookupOutcome, LookupResult, find_case_status
from protocol import tracking_code
from protocol.bilingual_text import BilingualText
from protocol.case_status import CaseStatus
from protocol.choices import NameDisclosure
from thai import places

# Somebody who tries codes gets far with no limit; a person mistypes a few, which the check symbol finds uncounted.
_UNKNOWN_CODES = SharedThrottle("line-codes", limit=10, window_s=3600, max_window_s=24 * 3600)

_CODE = BilingualText(
    "พิมพ์หรือวางรหัสติดตาม 13 ตัว เช่น 7KQ2-M9XD-4TBVS",
    "Type or paste the tracking code of 13 characters, such as 7KQ2-M9XD-4TBVS",
)
_TOO_MANY_CODES = BilingualText(
    "มีการค้นหาที่ไม่พบหลายครั้งเกินไป โปรดรอ 1 ชั่วโมงแล้วลองใหม่ หรือโทร 1567",
    "Too many unsuccessful searches. Please wait an hour and try again, or call 1567.",
)
_STATE = BilingualText(
    "{sentence}\nเลขเรื่อง {number}\n{topic}{place}\n{deadline}", "{sentence}\nCase {number}\n{topic}{place}\n{deadline}"
)
_AGENCY = BilingualText("หน่วยงาน: {agency}", "Agency: {agency}")
_MESSAGE = BilingualText("ข้อความจากศูนย์: {message}", "Message from the centre: {message}")
_QUESTION = BilingualText("ศูนย์ถามท่าน: {message}", "The centre asks: {message}")
_OUTCOME = BilingualText("ผล: {outcome}", "Result: {outcome}")
_MORE_AT = BilingualText("ประวัติทั้งหมด ให้คะแนน หรือขอเปิดเรื่องอีกครั้ง: {url}", "History, rating, asking to reopen: {url}")
_EXPIRED = BilingualText("หมดเวลาแล้ว โปรดส่งรหัสติดตามอีกครั้ง", "The time is over. Please send the tracking code again")
_WRITE = BilingualText(
    "พิมพ์ข้อความ ส่งภาพ PDF หรือตำแหน่ง แล้วกด «{button}»", "Write, or send photos, a PDF or a place. Then press “{button}”"
)
_NOTHING = BilingualText("ยังไม่มีข้อความหรือภาพ", "There is no text and no photo yet")
_SENT = BilingualText(
    "ศูนย์ได้รับสิ่งที่ท่านส่งแล้ว และแจ้งเจ้าหน้าที่ผู้รับผิดชอบแล้ว",
    "The centre has received what you sent, and the officer in charge sees it.",
)
_NOT_SENT = BilingualText("ยังไม่ได้ส่ง: {reason}", "Not sent: {reason}")
CANCELLED = BilingualText("ยกเลิกแล้ว สิ่งที่พิมพ์และส่งไว้ถูกลบแล้ว", "Cancelled. What you wrote and sent is erased.")
_OPEN = BilingualText("เรื่อง {number} เปิดอยู่ ท่านจะทำอะไร", "Case {number} is open. What would you like to do?")
_LINKED = BilingualText("จะแจ้งความคืบหน้าของเรื่องนี้ทาง LINE", "You will be told on LINE when this case moves on.")
_UNLINKED = BilingualText("จะไม่แจ้งเรื่องนี้ทาง LINE อีก", "Nothing more is sent on LINE about this case.")
_ANSWER = Choice(BilingualText("ตอบคำถาม", "Answer"), "details")
_ADD = Choice(BilingualText("เพิ่มข้อความหรือภาพ", "Add text or photos"), "details")
_LINK = Choice(BilingualText("รับแจ้งทาง LINE", "Get LINE notices"), "link")
_UNLINK = Choice(BilingualText("เลิกรับแจ้งเรื่องนี้", "Stop these notices"), "unlink")


def ask_code(turn: Turn) -> None:
    """Ask for the code of a case."""
    turn.content.step = Step.CODE
    turn.say(_CODE)
    turn.offer(buttons.MENU)


def looks_like_code(text: str) -> bool:
    """Whether a text is a tracking code, or one with a typing error: as long, of Latin letters and digits."""
    try:
        tracking_code.code_from_url(text)
    except tracking_code.TrackingCodeError:
        pass
    else:
        return True
    symbols = "".join(text.replace("-", "").split())
    return (
        symbols.isascii() and symbols.isalnum() and len(symbols) in range(12, 15) and any(c.isdigit() for c in symbols)
    )


def open_case(turn: Turn, text: str) -> None:
    """Find the case of a code and show it. Unknown codes are counted for each account."""
    caller = f"{turn.chat.route_id}:{turn.chat.user_id}"
    if not _UNKNOWN_CODES.count_attempt(caller):
        turn.say(_TOO_MANY_CODES)
        turn.offer(buttons.MENU)
        return
    lookup = find_case_status(text, turn.language, f"line:{caller}")
    if lookup.outcome is not LookupOutcome.NOT_FOUND:
        _UNKNOWN_CODES.take_back_attempt(caller)
    if lookup.case is None:
        turn.texts.append(lookup.response.sentence)
        turn.content.step = Step.CODE
        turn.offer(buttons.MENU)
        return
    content = turn.content
    content.case_hash = tracking_hash(tracking_code.code_from_url(text))
    content.case_until = turn.now + CASE_OPEN
    turn.drop_answer()
    _show_case(turn, lookup)


def take_case_message(turn: Turn) -> None:
    """A message while a case is open."""
    case = _open_case_of(turn)
    if case is None:
        turn.drop_answer()
        turn.say(_EXPIRED)
        ask_code(turn)
        return
    turn.content.case_until = turn.now + CASE_OPEN
    if turn.content.step is Step.DETAILS:
        _take_details(turn, case)
    elif turn.content.step is Step.LINKING and turn.choice in (buttons.YES.data, buttons.NO.data):
        _take_consent(turn, case)
    else:
        _take_case_choice(turn, case)


def _take_case_choice(turn: Turn, case: Case) -> None:
    match turn.choice:
        case _LINK.data:
            turn.content.step = Step.LINKING
            turn.say(NOTICES_CONSENT)
            turn.offer(buttons.YES, buttons.NO)
        case _UNLINK.data:
            unlink_case(turn.chat, case)
            turn.say(_UNLINKED)
            _offer_steps(turn, case)
        case _ADD.data if case.closed_at is None:
            turn.content.step, turn.content.answer = Step.DETAILS, Answer()
            turn.say(_WRITE, button=buttons.SEND.label.in_language(turn.language))
            _offer_collecting(turn)
        case "" if case.closed_at is None:  # at once what is to be added
            turn.content.step, turn.content.answer = Step.DETAILS, Answer()
            _take_details(turn, case)
        case _:  # a closed case, or a button of an earlier message
            offer_open_case(turn, case)


def _take_details(turn: Turn, case: Case) -> None:
    answer = turn.content.answer or Answer()
    turn.content.answer = answer
    if turn.choice == buttons.SEND.data:
        _send_details(turn, case, answer)
        return
    collect(turn, Collected(answer.parts, MAX_NOTE_CHARS, buttons.SEND.label))
    _offer_collecting(turn)


def _offer_collecting(turn: Turn) -> None:
    turn.offer(buttons.SEND, buttons.CAMERA, buttons.PHOTOS, buttons.SHARE_PLACE, buttons.CANCEL)


def _send_details(turn: Turn, case: Case, answer: Answer) -> None:
    files = turn.stored_files()
    if not answer.parts and not files:
        turn.say(_NOTHING)
        _offer_collecting(turn)
        return
    try:
        carry_out_once(
            case,
            answer.token,
            lambda: commands.record_details(
                case, Actor.citizen(), seen_revision=None, details=answer.text, attachments=files
            ),
        )
    except NotAllowedError as error:
        turn.say(_NOT_SENT, reason=error.sentence.in_language(turn.language))
        _offer_collecting(turn)
        return
    turn.content.step = Step.CASE
    turn.drop_answer()
    turn.say(_SENT)
    _offer_steps(turn, case)


def _take_consent(turn: Turn, case: Case) -> None:
    turn.content.step = Step.CASE
    if turn.choice == buttons.YES.data:
        agree_to_notices(turn, case)
        turn.say(_LINKED)
    else:
        turn.say(_UNLINKED)
    _offer_steps(turn, case)


def _show_case(turn: Turn, lookup: LookupResult) -> None:
    tracked, case = lookup.case, _open_case_of(turn)
    if tracked is None or case is None:
        return
    turn.content.step = Step.CASE
    place = places.full_name(case.area, turn.language)
    turn.say(
        _STATE,
        sentence=lookup.response.sentence,
        number=case.case_number,
        topic=topic_name(case.topic, turn.language),
        place=f" · {place}" if place else "",
        deadline=public_deadline(tracked.case, today()).in_language(turn.language),
    )
    if case.agency_name:
        turn.say(_AGENCY, agency=case.agency_name)
    if case.outcome:
        turn.say(_OUTCOME, outcome=case.outcome)
    if tracked.latest_message:
        is_question = case.current_status is CaseStatus.UNCLEAR
        turn.say(_QUESTION if is_question else _MESSAGE, message=tracked.latest_message)
    if case.closed_at is not None:
        turn.texts.append(_more_at(turn, case))
    turn.texts[:] = ["\n".join(filter(None, turn.texts))]
    _offer_steps(turn, case)


def offer_open_case(turn: Turn, case: Case) -> None:
    """What can be done with the open case."""
    if case.closed_at is None:
        turn.say(_OPEN, number=case.case_number)
    else:
        turn.texts.append(_more_at(turn, case))
    _offer_steps(turn, case)


def cancel_answer(turn: Turn) -> None:
    """Erase what was collected and not sent; the case stays open."""
    turn.drop_answer()
    turn.content.step = Step.CASE
    turn.say(CANCELLED)
    case = _open_case_of(turn)
    if case is not None:
        _offer_steps(turn, case)


def _more_at(turn: Turn, case: Case) -> str:
    address = tracking_address(case)
    return _MORE_AT.in_language(turn.language).format(url=address) if address else ""


def _offer_steps(turn: Turn, case: Case) -> None:
    offered = []
    if case.closed_at is None:
        offered.append(_ANSWER if case.current_status is CaseStatus.UNCLEAR else _ADD)
    if is_linked(turn.chat, case):
        offered.append(_UNLINK)
    elif case.name_disclosure != NameDisclosure.ANONYMOUS.value and _line_works(case):
        offered.append(_LINK)
    turn.offer(*offered, buttons.MENU)


def _line_works(case: Case) -> bool:
    return NoticeChannel.LINE in routes.working_channels(case.centre)


def _open_case_of(turn: Turn) -> Case | None:
    """The open case; None when its time is over, or when its code was replaced by a new one."""
    content = turn.content
    if not content.case_hash or content.case_until is None or content.case_until <= turn.now:
        return None
    return Case.objects.select_related("centre").filter(tracking_hash=content.case_hash).first()
