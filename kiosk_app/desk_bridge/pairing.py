"""Pairs browsers with the bridge: a one-time code on the terminal becomes a token of the browser.

Other programs and websites on this computer can reach the bridge too. They do not know the token, of which only the
hash is stored."""

import hashlib
import json
import secrets
import threading
import time
from collections.abc import Callable
from pathlib import Path

from machine.safe_files import read_file, replace_file_atomically
from protocol import crockford

CODE_SYMBOLS = 8  # 40 bits
CODE_LIFE_S = 600.0
_MAX_WRONG_CODES = 5
_MAX_TOKENS = 20  # browsers of one computer; the oldest makes room
_MAX_FILE_BYTES = 8192


class Pairing:
    """The code that is valid now, and the hashes of the tokens, kept in `file`."""

    def __init__(self, file: Path, clock: Callable[[], float] = time.monotonic) -> None:
        self._file, self._clock = file, clock
        self._lock = threading.Lock()
        self._code, self._ends, self._wrong = "", 0.0, 0

    def new_code(self) -> str:
        """A new one-time code, in two groups: '7KQ2-M9XD'. The one before ends."""
        with self._lock:
            self._code = crockford.encode(secrets.randbits(5 * CODE_SYMBOLS), CODE_SYMBOLS)
            self._ends, self._wrong = self._clock() + CODE_LIFE_S, 0
            return f"{self._code[:4]}-{self._code[4:]}"

    def pair(self, typed: str) -> str | None:
        """A token for the right code, once. None for a wrong, used or old one."""
        with self._lock:
            if not self._code or self._clock() > self._ends:
                return None
            if not secrets.compare_digest(crockford.normalise_lookalikes(typed).encode(), self._code.encode()):
                self._wrong += 1
                if self._wrong >= _MAX_WRONG_CODES:
                    self._code = ""
                return None
            self._code = ""
            token = secrets.token_urlsafe(32)
            self._store([*self._hashes(), _hash(token)][-_MAX_TOKENS:])
            return token

    def is_paired(self, token: str) -> bool:
        """Whether this token was given out."""
        hashed = _hash(token)
        return any(secrets.compare_digest(hashed, each) for each in self._hashes())

    def forget_all(self) -> None:
        """Every browser must be paired again."""
        with self._lock:
            self._store([])

    def _hashes(self) -> list[str]:
        try:
            hashes = json.loads(read_file(self._file, _MAX_FILE_BYTES, private=True))
        except (OSError, ValueError):  # none yet, or damaged: the browsers pair again
            return []
        return [each for each in hashes if isinstance(each, str)] if isinstance(hashes, list) else []

    def _store(self, hashes: list[str]) -> None:
        self._file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        replace_file_atomically(self._file, json.dumps(hashes).encode())


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()
