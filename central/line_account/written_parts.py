"""Texts, photos and places that are collected over several messages, for a complaint or an answer."""

from dataclasses import dataclass

from central.line_account.chat_content import Part
from central.line_account.turn import MAX_FILES, Turn
from protocol.bilingual_text import BilingualText

_TOO_LONG = BilingualText(
    "ข้อความรวมกันยาวเกิน {limit:,} ตัวอักษร ข้อความล่าสุดจึงยังไม่ได้รับ โปรดย่อแล้วส่งใหม่",
    "The text is longer than {limit:,} characters together, so your last message was not taken. Send a shorter one",
)
_TOO_MANY_FILES = BilingualText(
    f"ส่งได้ไม่เกิน {MAX_FILES} ภาพ ภาพล่าสุดจึงไม่ได้รับ", f"Up to {MAX_FILES} photos can be sent, so the last one was not taken"
)
_ONE_PDF = BilingualText(
    "ส่งภาพถ่ายได้ไม่เกิน 5 ภาพ หรือ PDF 1 ไฟล์ ไฟล์ล่าสุดจึงไม่ได้รับ",
    "Send up to five photos, or one PDF. So the last file was not taken",
)
_ONLY_THESE = BilingualText(
    "รับได้เฉพาะข้อความ ภาพถ่าย PDF และตำแหน่ง", "Only text, photos, PDF files and places can be received"
)
_RECEIVED = BilingualText(
    "รับไว้แล้ว: {characters:,} ตัวอักษร {files} ไฟล์ ส่งต่อได้ หรือกด «{button}»",
    "Received so far: {characters:,} characters, {files} files. Send more, or press “{button}”",
)
_PLACE = BilingualText("ตำแหน่ง", "Place")
_PDF = "application/pdf"


@dataclass(frozen=True)
class Collected:
    """Where the parts go, and how much fits. `button` ends it."""

    parts: list[Part]
    max_chars: int
    button: BilingualText


def collect(turn: Turn, collected: Collected) -> None:
    """Add the message to the parts and say what there is so far, or why it was not taken."""
    if turn.file_refusal is not None:
        turn.say(turn.file_refusal)
    elif turn.file is not None:
        _add_file(turn)
    elif turn.incoming.place is not None:
        place = f"{_PLACE.in_language(turn.language)}: {turn.incoming.place.description}"
        _add_text(turn, collected, place)
    elif turn.text:
        _add_text(turn, collected, turn.text)
    else:
        turn.say(_ONLY_THESE)
    if not turn.incoming.is_answered_later or turn.texts:
        say_received(turn, collected)


def say_received(turn: Turn, collected: Collected) -> None:
    """How much there is so far."""
    characters = len("\n".join(part.text for part in collected.parts))
    button = collected.button.in_language(turn.language)
    turn.say(_RECEIVED, characters=characters, files=turn.files.count(), button=button)


def _add_text(turn: Turn, collected: Collected, text: str) -> None:
    parts = [*collected.parts, Part(message_id=turn.incoming.message_id, text=text)]
    if len("\n".join(part.text for part in parts)) > collected.max_chars:
        turn.say(_TOO_LONG, limit=collected.max_chars)
    else:
        collected.parts.append(parts[-1])


def refuse_file(turn: Turn, media_type: str = "") -> BilingualText | None:
    """Why one more file is not taken; None if it is. Before it is fetched, its type is unknown: ''."""
    types = [*turn.files.values_list("media_type", flat=True), media_type]
    if len(types) > MAX_FILES:
        return _TOO_MANY_FILES
    return _ONE_PDF if _PDF in types and len(types) > 1 else None


def _add_file(turn: Turn) -> None:
    refusal = refuse_file(turn, turn.file.media_type if turn.file else "")
    if refusal is not None:
        turn.say(refusal)
    else:
        turn.add_file()
