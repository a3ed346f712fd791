"""A mail as an officer reads it: who sent it, when, its text and its files. Pure; no part of the mail is run or
fetched."""

import json
import re
from base64 import b64decode, b64encode
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.errors import MessageError
from email.message import EmailMessage
from email.utils import parseaddr
from html.parser import HTMLParser
from typing import Self

MAX_TEXT_CHARS = 20_000  # as a case may have
MAX_PARTS = 200
_MAX_LINE_CHARS = 300
_MAX_TEXT_BYTES = 1 << 20  # of a text part; a case has 20,000 characters
# Decoders whose time grows with the length alone; that of «punycode» grows with its square.
_CHARSET = re.compile(r"us-ascii|utf-?8|utf-?16|tis-?620|windows-(?:874|125\d)|cp874|iso-8859-(?:1|2|9|11|15)")
_BLOCKS = frozenset({"p", "div", "br", "tr", "li", "h1", "h2", "h3", "table"})
_HIDDEN = frozenset({"script", "style", "head", "title"})


@dataclass(frozen=True)
class MailContent:
    """What a mail says. `refused` are sentences about files that were not taken."""

    sender_name: str = field(repr=False)
    sender_address: str = field(repr=False)
    subject: str = field(repr=False)
    sent_at: str  # ISO 8601, '' when the mail has no date
    text: str = field(repr=False)
    files: tuple[str, ...] = field(default=(), repr=False)  # names of those that were taken
    refused: tuple[str, ...] = ()

    def to_json(self) -> str:
        """For storing."""
        return json.dumps(asdict(self), ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> Self:
        """From `to_json`."""
        values = json.loads(text)
        return cls(**{**values, "files": tuple(values["files"]), "refused": tuple(values["refused"])})


@dataclass(frozen=True)
class MailFile:
    """A file of a mail, as it came."""

    name: str
    content: bytes = field(repr=False)


def pack_file(name: str, media_type: str, content: bytes) -> str:
    """A checked file as text, to be encrypted with its name."""
    return json.dumps([name, media_type, b64encode(content).decode()])


def unpack_file(text: str) -> tuple[str, str, bytes]:
    """Name, media type and content from `pack_file`."""
    name, media_type, content = json.loads(text)
    return name, media_type, b64decode(content)


def parse_mail(raw: bytes) -> tuple[MailContent, list[MailFile]] | None:
    """The content and the files. None for a mail that no person has written: a bounce, an absence note, marked spam.
    Raises ValueError for what is no mail."""
    try:
        message = message_from_bytes(raw, policy=policy.default)
        if not isinstance(message, EmailMessage) or not message.keys():
            raise ValueError("This is no mail")
        if _is_automatic(message):
            return None
        texts, files = _parts(message)
        name, address = parseaddr(str(message.get("From", "")))
        content = MailContent(
            sender_name=_line(name),
            sender_address=_line(address),
            subject=_line(str(message.get("Subject", ""))),
            sent_at=_date(message),
            text="\n\n".join(texts)[:MAX_TEXT_CHARS],
        )
    except (MessageError, LookupError, TypeError, AttributeError, RecursionError) as error:
        raise ValueError("This mail cannot be read") from error
    return content, files


def _is_automatic(message: EmailMessage) -> bool:
    submitted = str(message.get("Auto-Submitted", "no")).strip().lower()
    is_spam = str(message.get("X-Spam-Flag", "")).strip().lower() == "yes"
    return submitted != "no" or is_spam or message.get_content_type() == "multipart/report"


def _parts(message: EmailMessage) -> tuple[list[str], list[MailFile]]:
    plain: list[str] = []
    html: list[str] = []
    files: list[MailFile] = []
    for index, part in enumerate(message.walk()):
        if index >= MAX_PARTS:
            break
        if part.is_multipart():
            continue
        name, kind = part.get_filename() or "", part.get_content_type()
        if part.get_content_disposition() == "attachment" or name or not kind.startswith("text/"):
            payload = part.get_payload(decode=True)
            if isinstance(payload, bytes) and payload:
                files.append(MailFile(_line(name) or "file", payload))
        elif kind == "text/plain":
            plain.append(_text(part))
        elif kind == "text/html":
            html.append(_readable(_text(part)))
    return [text for text in (plain or html) if text], files


def _text(part: EmailMessage) -> str:
    payload = part.get_payload(decode=True)
    if not isinstance(payload, bytes):
        return ""
    charset = (part.get_content_charset() or "utf-8").lower()
    text = payload[:_MAX_TEXT_BYTES].decode(charset if _CHARSET.fullmatch(charset) else "utf-8", "replace")
    return "".join(each for each in text if each.isprintable() or each in "\n\t").strip()


class _Reader(HTMLParser):
    """Collects the text of an HTML mail; scripts and styles are left out."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self._hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _HIDDEN:
            self._hidden += 1
        elif tag in _BLOCKS:
            self.texts.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in _HIDDEN:
            self._hidden = max(0, self._hidden - 1)

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.texts.append(data)


def _readable(html: str) -> str:
    reader = _Reader()
    reader.feed(html)
    lines = (" ".join(line.split()) for line in "".join(reader.texts).splitlines())
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def _line(text: str) -> str:
    return " ".join("".join(each for each in text if each.isprintable()).split())[:_MAX_LINE_CHARS]


def _date(message: EmailMessage) -> str:
    value = getattr(message.get("Date"), "datetime", None)
    if not isinstance(value, datetime):
        return ""
    return (value if value.tzinfo else value.replace(tzinfo=UTC)).isoformat(timespec="seconds")
