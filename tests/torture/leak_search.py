"""Searches whatever a kiosk leaves behind for what must not be readable there: names, phone numbers, tracking codes."""

import json
import logging
import re
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Iterable, Sequence
from contextlib import suppress
from functools import cache
from itertools import chain
from pathlib import Path

from protocol import tracking_code
from tests.torture.headless_kiosk import CANARY, PHONE

_MAX_SEARCHED_CODES = 50
_THAI_PHONE = re.compile(r"0\d{8,9}")


def spellings(secret: str) -> tuple[str, ...]:
    """How people and programs write a secret: a tracking code or a phone number in each of its usual groupings."""
    with suppress(tracking_code.TrackingCodeError):
        shown = tracking_code.display(tracking_code.parse(secret))
        upper = (shown, shown.replace("-", " "), shown.replace("-", ""))
        return (*upper, *(one.lower() for one in upper))
    if _THAI_PHONE.fullmatch(secret):
        grouped = f"{secret[:-7]}-{secret[-7:-4]}-{secret[-4:]}"
        local = (grouped, grouped.replace("-", " "), secret)
        return (*local, *(f"+66{one[1:]}" for one in local), *(f"+66 {one[1:]}" for one in local[:2]))
    return (secret,)


@cache
def encoded_forms(secret: str) -> tuple[bytes, ...]:
    """The bytes that tell a secret: each of its spellings in each encoding."""
    return tuple(set(chain.from_iterable(map(_encode_variants, spellings(secret)))))


def _encode_variants(secret: str) -> set[bytes]:
    """In three codings, as JSON escapes, and in base 64 wherever it begins."""
    plain = secret.encode()
    found = {plain, secret.encode("utf-16-le"), json.dumps(secret)[1:-1].encode()}
    if all(character.isascii() or "\u0e01" <= character <= "\u0e5b" for character in secret):
        found.add(secret.encode("cp874"))
    for lead in range(3):
        for coding in (b64encode, urlsafe_b64encode):
            # Symbols that also hold bits of what stands before or after are cut off.
            found.add(coding(bytes(lead) + plain)[(lead * 8 + 5) // 6 : (lead + len(plain)) * 8 // 6])
    return found


def find_secrets(content: bytes, secrets: Iterable[str]) -> list[str]:
    """Those of the secrets that can be read in `content`."""
    return [secret for secret in secrets if any(form in content for form in encoded_forms(secret))]


def sample_codes(codes: Sequence[str]) -> Sequence[str]:
    """About fifty of the printed codes, spread over all of them: logs are too long to be searched for each."""
    return codes[:: len(codes) // _MAX_SEARCHED_CODES + 1]


def find_leaks(directory: Path, *extra_secrets: str) -> list[str]:
    """Files below `directory` in which the canary, its phone number or one of `extra_secrets` can be read."""
    return [
        f"{file.name}: {len(told)} secrets"
        for file in directory.rglob("*")
        if file.is_file() and (told := find_secrets(file.read_bytes(), (CANARY, PHONE, *extra_secrets)))
    ]


def log_to_directory(journal: Path) -> None:
    """From now on this process, and what it forks, logs into the new directory `journal` alone."""
    journal.mkdir()
    logging.basicConfig(filename=journal / "log", level=logging.INFO, force=True)
