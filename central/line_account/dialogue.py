"""Which step answers a message."""

from central.line_account import common_choices as buttons
from central.line_account.case_steps import ask_code, cancel_answer, looks_like_code, open_case, take_case_message
from central.line_account.chat_content import Step, comparable
from central.line_account.filing_steps import FILING_STEPS, begin_filing, continue_filing, take_filing_message
from central.line_account.incoming import IncomingKind
from central.line_account.menu_steps import (
    ask_erasure,
    cancel_draft,
    change_language,
    show_code_again,
    show_menu,
    take_erasure,
)
from central.line_account.messages import labels_of
from central.line_account.turn import Turn
from protocol.bilingual_text import BilingualText

# Whatever is typed in these steps is content, unless it is a button.
_WRITING = frozenset({Step.STORY, Step.DETAILS, Step.NAME, Step.PLACE})
_CASE_STEPS = frozenset({Step.CASE, Step.DETAILS, Step.LINKING})
TOO_FAST = BilingualText(
    "ท่านส่งหลายข้อความในเวลาสั้น ข้อความหลังจากนี้ยังไม่ได้รับ โปรดรอ 5 นาทีแล้วส่งอีกครั้ง",
    "You have sent many messages in a short time. What you send now is not taken. Wait 5 minutes and send it again.",
)
FAILED = BilingualText(
    "ขออภัย ระบบขัดข้อง ข้อความล่าสุดยังไม่ได้รับ โปรดส่งอีกครั้ง หรือโทร 1567",
    "Sorry, an error occurred and your last message was not taken. Please send it again, or call 1567.",
)


def respond(turn: Turn) -> None:
    """Answer one message: changes the content of the conversation and fills in the texts and buttons of the turn."""
    if turn.incoming.kind is IncomingKind.UNSEND:
        _take_back(turn)
        return
    if turn.incoming.kind is IncomingKind.FOLLOW:
        show_menu(turn)
    elif not _take_command(turn):
        _take_message(turn)
    if turn.choices or turn.texts:
        turn.content.offer(labels_of(turn.choices, turn.language))


def _take_command(turn: Turn) -> bool:
    """Buttons and words that mean the same everywhere. False for anything else."""
    step, word = turn.content.step, comparable(turn.text)
    match turn.choice:
        case buttons.MENU.data:
            show_menu(turn)
        case buttons.FILE.data:
            begin_filing(turn)
        case buttons.RESUME.data if turn.content.draft is not None:
            continue_filing(turn)
        case buttons.TRACK.data:
            ask_code(turn)
        case buttons.CODE_AGAIN.data:
            show_code_again(turn)
        case buttons.ERASE.data:
            ask_erasure(turn)
        case buttons.OTHER_LANGUAGE.data:
            change_language(turn)
        case buttons.CANCEL.data if step is Step.DETAILS:
            cancel_answer(turn)
        case buttons.CANCEL.data:
            cancel_draft(turn)
        case _ if word in buttons.STOP_WORDS and step is Step.DETAILS:
            cancel_answer(turn)
        case _ if word in buttons.STOP_WORDS and step in FILING_STEPS:
            cancel_draft(turn)
        case _ if word in buttons.STOP_WORDS:
            ask_erasure(turn)
        case _ if word in buttons.MENU_WORDS and step not in _WRITING:
            show_menu(turn)
        case _:
            return False
    return True


def _take_message(turn: Turn) -> None:
    step = turn.content.step
    if step in FILING_STEPS:
        take_filing_message(turn)
    elif step is Step.ERASING:
        take_erasure(turn)
    elif turn.text and step is not Step.DETAILS and (step is Step.CODE or looks_like_code(turn.text)):
        open_case(turn, turn.text)
    elif step in _CASE_STEPS:
        take_case_message(turn)
    else:
        show_menu(turn)


def _take_back(turn: Turn) -> None:
    """The user has taken a message back: it is no part of what will be sent."""
    message_id, content = turn.incoming.message_id, turn.content
    if message_id:
        for collected in filter(None, (content.draft, content.answer)):
            collected.parts = [part for part in collected.parts if part.message_id != message_id]
        turn.chat.files.filter(message_id=message_id).delete()
