"""The menu, the language, and the end of what is stored of an account."""

from central.line_account import common_choices as buttons
from central.line_account.case_steps import CANCELLED
from central.line_account.chat_content import ChatContent, Step
from central.line_account.filing_check import find_filed_case, show_filed_case
from central.line_account.incoming import IncomingKind
from central.line_account.linking import unlink_all
from central.line_account.turn import Turn
from protocol.bilingual_text import BilingualText

_WELCOME = BilingualText(
    "สวัสดี ที่นี่{centre} ท่านยื่นเรื่องร้องเรียนที่นี่ได้ หรือส่งรหัสติดตามเพื่อดูความคืบหน้า\nเหตุด่วนเหตุร้ายโทร 191 เจ็บป่วยฉุกเฉิน 1669",
    "This is {centre}. You can file a complaint here, or send a tracking code to see how a case goes.\n"
    "In an emergency call 191 (police) or 1669 (ambulance).",
)
_NO_CASE_OPEN = BilingualText(
    "ยังไม่ได้รับสิ่งที่ส่งมา หากเป็นของเรื่องที่ยื่นแล้ว โปรดส่งรหัสติดตามก่อน แล้วส่งอีกครั้ง",
    "This was not taken. If it belongs to a case, send its tracking code first, and then send this again.",
)
_ERASE = BilingualText(
    "เลิกแจ้งทุกเรื่องทาง LINE และลบสิ่งที่เก็บไว้ของบัญชีนี้หรือไม่ เรื่องที่ยื่นแล้วยังอยู่ที่ศูนย์ และดูได้ด้วยรหัสติดตาม",
    "Stop all notices on LINE and erase what is stored of this account? Cases that you have filed stay at the centre, "
    "and their tracking codes work.",
)
_ERASED = BilingualText(
    "เลิกแจ้งทาง LINE แล้ว {count} เรื่อง และลบสิ่งที่เก็บไว้ของบัญชีนี้แล้ว",
    "Notices about {count} cases are stopped, and what was stored of this account is erased.",
)
_NO_CODE_NOW = BilingualText(
    "ไม่มีรหัสให้ดูแล้ว หากไม่ได้เก็บรหัสไว้ โปรดโทร 1567 แล้วแจ้งเลขเรื่อง",
    "The code cannot be shown any more. If you have not kept it, call 1567 and give your case number.",
)


def show_menu(turn: Turn) -> None:
    """Greeting and buttons. A photo without a case, or a sticker, gets its own sentence."""
    turn.content.step = Step.MENU
    if turn.incoming.kind in (IncomingKind.FILE, IncomingKind.PLACE, IncomingKind.UNSUPPORTED):
        if turn.incoming.is_answered_later:
            return
        turn.say(_NO_CASE_OPEN)
    else:
        turn.say(_WELCOME, centre=turn.chat.route.centre.name_in(turn.language))
    _offer_menu(turn)


def change_language(turn: Turn) -> None:
    """The other language, for this conversation and for what is filed in it."""
    turn.chat.language = "th" if turn.language == "en" else "en"
    turn.content.step = Step.MENU
    turn.say(_WELCOME, centre=turn.chat.route.centre.name_in(turn.language))
    _offer_menu(turn)


def cancel_draft(turn: Turn) -> None:
    """Erase what was entered and not sent."""
    turn.content.step, turn.content.draft = Step.MENU, None
    turn.files.delete()
    turn.say(CANCELLED)
    _offer_menu(turn)


def ask_erasure(turn: Turn) -> None:
    """Ask before anything is erased."""
    turn.content.step = Step.ERASING
    turn.say(_ERASE)
    turn.offer(buttons.YES, buttons.NO)


def take_erasure(turn: Turn) -> None:
    """Erase when the answer is yes."""
    if turn.choice != buttons.YES.data:
        show_menu(turn)
        return
    turn.say(_ERASED, count=unlink_all(turn.chat))
    turn.chat.files.all().delete()
    turn.content, turn.is_over = ChatContent(), True


def show_code_again(turn: Turn) -> None:
    """Number and code of the case that was filed here last, for a day."""
    filed = find_filed_case(turn.content.filed_key) if turn.content.filed_key else None
    if filed is None:
        turn.say(_NO_CODE_NOW)
        _offer_menu(turn)
    else:
        show_filed_case(turn, filed)


def _offer_menu(turn: Turn) -> None:
    resume = (buttons.RESUME,) if turn.content.draft is not None else ()
    code = (buttons.CODE_AGAIN,) if turn.content.filed_key else ()
    turn.offer(*resume, buttons.FILE, buttons.TRACK, *code, buttons.ERASE, buttons.OTHER_LANGUAGE)
