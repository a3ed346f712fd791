"""What two cases may share, as keyed hashes of 64 bits.

All possible citizen ids, phone numbers, plates and frequent names could be tried against a plain hash. The key is
derived from the installation's identity secret and is not in the database."""

import hashlib
from collections.abc import Iterable
from enum import IntEnum

from central.keyring import keyring

_PURPOSE = b"duplicates"
TOKEN_BYTES = 8


class TokenKind(IntEnum):
    """What a token stands for, as stored."""

    CITIZEN_ID = 1
    PHONE = 2
    NAME = 3  # and year of birth
    RESPONDENT = 10
    RESPONDENT_NEAR = 11
    PLACE = 20  # tambon, topic and month
    TEXT = 30


def matching_key() -> bytes:
    """The key of the tokens and of the words of texts. Raises KeyringError."""
    return keyring().derived_key("identity", _PURPOSE)


def tokens(key: bytes, kind: TokenKind, values: Iterable[str]) -> list[int]:
    """A token for each value: a signed 64-bit number, as a column holds it."""
    return [
        int.from_bytes(
            hashlib.blake2b(f"{kind.value} {value}".encode(), key=key, digest_size=TOKEN_BYTES).digest(),
            "big",
            signed=True,
        )
        for value in dict.fromkeys(values)
    ]
