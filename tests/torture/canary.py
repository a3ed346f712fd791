"""Looking for what must not be readable, in whatever a kiosk leaves behind."""

import json
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from tests.torture.hall import CANARY


@cache
def forms(secret: str) -> tuple[bytes, ...]:
    """How a secret may be written: in three codings, as JSON escapes, and in base 64 wherever it begins."""
    plain = secret.encode()
    found = {plain, secret.encode("utf-16-le"), json.dumps(secret)[1:-1].encode()}
    if all(character.isascii() or "\u0e01" <= character <= "\u0e5b" for character in secret):
        found.add(secret.encode("cp874"))
    for lead in range(3):
        for coding in (b64encode, urlsafe_b64encode):
            # Symbols that also hold bits of what stands before or after are cut off.
            found.add(coding(bytes(lead) + plain)[(lead * 8 + 5) // 6 : (lead + len(plain)) * 8 // 6])
    return tuple(found)


def tells(content: bytes, secrets: Iterable[str]) -> list[str]:
    """Those of the secrets that can be read in `content`."""
    return [secret for secret in secrets if any(form in content for form in forms(secret))]


def readable(directory: Path, *more: str) -> list[str]:
    """Files below `directory` in which the canary, or one of `more`, can be read."""
    return [
        f"{file.name}: {len(told)} secrets"
        for file in directory.rglob("*")
        if file.is_file() and (told := tells(file.read_bytes(), (CANARY, *more)))
    ]
