"""Searches files, logs and captured packets for names, phone numbers and tracking codes, in any encoding."""

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
    """The ways people and programs write a secret: a tracking code or a phone number in each of its usual groupings."""
    with suppress(tracking_code.TrackingCodeError):
        shown = tracking_code.display(tracking_code.parse(secret))
        upper = (shown, shown.replace("-", " "), shown.replace("-", ""))
        return (*upper, *(spelling.lower() for spelling in upper))
    if _THAI_PHONE.fullmatch(secret):
        grouped = f"{secret[:-7]}-{secret[-7:-4]}-{secret[-4:]}"
        local = (grouped, grouped.replace("-", " "), secret)
        return (
            *local,
            *(f"+66{spelling[1:]}" for spelling in local),
            *(f"+66 {spelling[1:]}" for spelling in local[:2]),
        )
    return (secret,)


@cache
def encoded_forms(secret: str) -> tuple[bytes, ...]:
    """The byte strings that reveal a secret: each of its spellings in each encoding."""
    return tuple(set(chain.from_iterable(map(_encode_variants, spellings(secret)))))


def _encode_variants(secret: str) -> set[bytes]:
    """`secret` in UTF-8, UTF-16 and Thai Windows encoding, as JSON escapes, and in base64 at each of three offsets."""
    plain = secret.encode()
    forms = {plain, secret.encode("utf-16-le"), json.dumps(secret)[1:-1].encode()}
    if all(character.isascii() or "\u0e01" <= character <= "\u0e5b" for character in secret):
        forms.add(secret.encode("cp874"))
    for offset in range(3):
        for encode in (b64encode, urlsafe_b64encode):
            # Base64 symbols that also contain bits of the bytes before or after the secret are cut off.
            forms.add(encode(bytes(offset) + plain)[(offset * 8 + 5) // 6 : (offset + len(plain)) * 8 // 6])
    return forms


def find_secrets(content: bytes, secrets: Iterable[str]) -> list[str]:
    """The secrets that are readable in `content`."""
    return [secret for secret in secrets if any(form in content for form in encoded_forms(secret))]


def sample_codes(codes: Sequence[str]) -> Sequence[str]:
    """At most 50 of the printed codes at equal distances: a log is too long to be searched for all of them."""
    return codes[:: len(codes) // _MAX_SEARCHED_CODES + 1]


def find_leaks(directory: Path, *extra_secrets: str) -> list[str]:
    """One line per file below `directory` in which the canary, the phone number or an extra secret is readable."""
    return [
        f"{file.name}: {len(secrets)} secrets"
        for file in directory.rglob("*")
        if file.is_file() and (secrets := find_secrets(file.read_bytes(), (CANARY, PHONE, *extra_secrets)))
    ]


def log_to_directory(journal: Path) -> None:
    """Make this process and its forks log into the new directory `journal` only."""
    journal.mkdir()
    logging.basicConfig(filename=journal / "log", level=logging.INFO, force=True)
