"""What `central setup` needs to know: the questions, from where their answers come, and what is a valid one."""

import argparse
import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

_HOST = re.compile(r"(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}")
_ADDRESS = re.compile(r"[^@\s,]+@[^@\s,]+\.[a-z]{2,}")


class AnswerError(Exception):
    """An answer is missing or invalid; the message is one sentence for people."""


@dataclass(frozen=True)
class Question:
    """One question. `default` is computed from the earlier answers; None: an answer is required. `find_error` returns
    a sentence, or '' for a valid answer. `applies` tells from the earlier answers whether it is asked at all."""

    name: str
    text: str
    default: Callable[[Mapping[str, str]], str | None]
    find_error: Callable[[str], str]
    applies: Callable[[Mapping[str, str]], bool] = lambda answers: True


def _host_error(text: str) -> str:
    return "" if _HOST.fullmatch(text) else "is no host name such as track.example.go.th"


def _centre_error(text: str) -> str:
    return "" if re.fullmatch("[a-z][a-z0-9-]{0,39}", text) else "is no short name in Latin letters such as khonkaen"


def _area_error(text: str) -> str:
    is_code = re.fullmatch("[1-9][0-9]|[1-9][0-9]{3}|ministry", text)
    return "" if is_code else "is neither a code of 2 digits (province), one of 4 (district), nor: ministry"


def _officer_error(text: str) -> str:
    return "" if re.fullmatch(r"[\w.@+-]{2,150}", text) else "is no name to sign in with, such as somsri"


def _database_error(text: str) -> str:
    if text in ("local", "sqlite") or (urlsplit(text).scheme == "postgres" and urlsplit(text).path.strip("/")):
        return ""
    return "is neither local, nor sqlite, nor postgres://user:password@host/name"


def _mail_error(text: str) -> str:
    try:
        parts = urlsplit(text)
        is_server = parts.scheme in ("smtp", "smtps") and bool(parts.hostname) and (parts.port or 25) > 0
    except ValueError:
        is_server = False
    return "" if text == "none" or is_server else "is neither smtp://user:password@host:port, nor smtps://…, nor none"


def _addresses_error(text: str) -> str:
    addresses = [address.strip() for address in text.split(",") if address.strip()]
    return (
        "" if all(_ADDRESS.fullmatch(address) for address in addresses) else "are no mail addresses with commas between"
    )


def _tls_error(text: str) -> str:
    return "" if text in ("files", "self-signed", "none") else "is neither files, nor self-signed, nor none"


def _file_error(text: str) -> str:
    return "" if Path(text).is_file() else "is no file"


def _certificate(name: str) -> Callable[[Mapping[str, str]], str | None]:
    return lambda answers: f"/etc/letsencrypt/live/{answers['host']}/{name}"


def _has_files(answers: Mapping[str, str]) -> bool:
    return answers["tls"] == "files"


QUESTIONS = (
    Question("host", "Host name for citizens and kiosks, such as track.example.go.th", lambda _: None, _host_error),
    Question("centre", "Short name of the first centre, such as khonkaen", lambda _: None, _centre_error),
    Question(
        "area",
        "Its area: 2 digits a province (40 is Khon Kaen), 4 a district, or ministry",
        lambda _: None,
        _area_error,
    ),
    Question("administrator", "Name with which its administrator signs in", lambda _: None, _officer_error),
    Question(
        "database",
        "Database: local (PostgreSQL on this machine), postgres://user:password@host/name, or sqlite",
        lambda _: "local",
        _database_error,
    ),
    Question("mail", "Mail server: smtp://user:password@host:port, smtps://…, or none", lambda _: None, _mail_error),
    Question(
        "alert_to",
        "Addresses that get alarms, with commas between",
        lambda _: None,
        _addresses_error,
        lambda answers: answers["mail"] != "none",
    ),
    Question(
        "tls",
        "TLS: files (certificate and key), self-signed (to try), none (another machine ends TLS)",
        lambda answers: "files" if Path(str(_certificate("privkey.pem")(answers))).exists() else None,
        _tls_error,
    ),
    Question(
        "certificate", "File of the certificate with its chain", _certificate("fullchain.pem"), _file_error, _has_files
    ),
    Question("key", "File of its private key", _certificate("privkey.pem"), _file_error, _has_files),
)


def add_options(parser: argparse.ArgumentParser) -> None:
    """An option for each question."""
    for question in QUESTIONS:
        parser.add_argument(f"--{question.name.replace('_', '-')}", metavar="VALUE", help=question.text)


def read_answers_file(path: Path) -> dict[str, str]:
    """The answers in a TOML file: `name = "value"`. Raises AnswerError."""
    try:
        content = tomllib.loads(path.read_text("utf-8"))
    except (OSError, UnicodeError, tomllib.TOMLDecodeError) as error:
        raise AnswerError(f"{path} cannot be read: {error}") from error
    names = {question.name for question in QUESTIONS}
    for name, value in content.items():
        if name not in names:
            raise AnswerError(f"{path}: unknown name {name}; known are {', '.join(sorted(names))}")
        if not isinstance(value, str):
            raise AnswerError(f'{path}: the value of {name} is no text; write {name} = "…"')
    return content


def collect(known: Mapping[str, str], prompt: Callable[[str, str | None], str] | None) -> dict[str, str]:
    """Every answer: from `known`, by `prompt(text, default)`, or the default when there is no `prompt`. Raises
    AnswerError; a wrong answer at a prompt is asked again."""
    answers: dict[str, str] = {}
    for question in QUESTIONS:
        if not question.applies(answers):
            continue
        option = f"--{question.name.replace('_', '-')}"
        value, default = known.get(question.name), question.default(answers)
        text = f"{question.text}"
        while True:
            is_typed = value is None and prompt is not None
            if is_typed and prompt is not None:
                value = prompt(text, default) or default
            answer = default if value is None else value
            if answer is None and not is_typed:
                raise AnswerError(f"{question.text}: give it by {option}, or in the file of answers")
            error = question.find_error(answer) if answer is not None else "is needed"
            if not error and answer is not None:
                answers[question.name] = answer
                break
            if not is_typed:
                raise AnswerError(f"{option}: {answer} {error}")
            text, value = f"That {error}. {question.text}", None
    return answers
