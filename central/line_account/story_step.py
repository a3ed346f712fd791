"""What happened: any number of messages and up to five photos, ended by a button."""

from central.line_account import common_choices as buttons
from central.line_account.chat_content import Draft
from central.line_account.messages import Choice
from central.line_account.turn import MAX_FILES, Turn
from central.line_account.written_parts import Collected, collect
from protocol.bilingual_text import BilingualText
from protocol.choices import MAX_TEXT_CHARS

_STORY = BilingualText(
    "เล่าเรื่องของท่าน: เกิดอะไรขึ้น เมื่อไร ต้องการให้ช่วยอะไร พิมพ์ได้หลายข้อความ "
    f"และส่งภาพได้ไม่เกิน {MAX_FILES} ภาพ หรือ PDF 1 ไฟล์ เสร็จแล้วกด «เสร็จแล้ว»",
    "Tell us what happened, when, and what you ask for. Send as many messages as you like, and up to "
    f"{MAX_FILES} photos or one PDF. Then press “Done”",
)
_NOTHING = BilingualText("ยังไม่มีข้อความหรือภาพ", "There is no text and no photo yet")
_ERASED = BilingualText("ลบข้อความและภาพที่ส่งไว้แล้ว", "Your text and photos are erased")
_AGAIN = Choice(BilingualText("เล่าใหม่ทั้งหมด", "Start this again"), "again")


def ask_story(turn: Turn, draft: Draft) -> None:
    """The question; after the first message the answer has said what there is."""
    if not turn.texts and not turn.incoming.is_answered_later:
        turn.say(_STORY)
    more = (_AGAIN,) if draft.parts or turn.files.exists() else ()
    turn.offer(buttons.DONE, buttons.CAMERA, buttons.PHOTOS, buttons.SHARE_PLACE, *more, buttons.CANCEL)


def take_story(turn: Turn, draft: Draft) -> None:
    """Add a message, or end the story."""
    if turn.choice == buttons.DONE.data:
        draft.is_story_done = bool(draft.parts) or turn.files.exists()
        if not draft.is_story_done:
            turn.say(_NOTHING)
    elif turn.choice == _AGAIN.data:
        draft.parts.clear()
        turn.files.delete()
        turn.say(_ERASED)
    else:
        collect(turn, Collected(draft.parts, MAX_TEXT_CHARS, buttons.DONE.label))
