"""What is derived from the key of a sending, under a secret of the keyring: its hash and its tracking code.

So a repeated sending gets the same code, and no code is stored (decision 0110)."""

import hashlib
import hmac
from collections.abc import Iterable
from uuid import UUID

from central.channels import Channel
from central.keyring import keyring
from protocol import tracking_code
from protocol.submission import SubmissionContent

_SECRET = "tracking"  # noqa: S105 (the name of a key file)
# When the citizen read the notice is no part of what was filed: a page that is sent again has a newer time.
_NO_CONTENT = {"notice_accepted_at"}


def key_hash(channel: Channel, key: UUID) -> str:
    """The stored form of a key: 64 hex digits."""
    return _digest(b"filing key", f"{channel.value}:{key}").hex()


def code_of_key(channel: Channel, key: UUID) -> str:
    """The tracking code of the case that is filed under this key. Whoever knows the key and can file has the code too:
    a key is as secret as a code."""
    attempt, code = 0, ""
    while not code:
        digest = _digest(b"filing code", f"{channel.value}:{key}:{attempt}")
        code, attempt = tracking_code.code_of(int.from_bytes(digest)), attempt + 1
    return code


def content_hash(content: SubmissionContent, files: Iterable[str]) -> str:
    """Equal for two sendings of the same content with the same files: 64 hex digits. `files`: their SHA-256 in hex."""
    return _digest(b"filing content", "\0".join([content.model_dump_json(exclude=_NO_CONTENT), *files])).hex()


def _digest(purpose: bytes, text: str) -> bytes:
    return hmac.new(keyring().derived_key(_SECRET, purpose), text.encode(), hashlib.sha256).digest()
