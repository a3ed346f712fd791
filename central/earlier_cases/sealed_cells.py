"""The cells of a row as they are stored until it is imported, and a file until it is read: encrypted under a secret of
the keyring."""

import json
import secrets
from collections.abc import Sequence
from typing import cast

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from central.keyring import KeyringError, keyring

_NONCE_BYTES = 12


class CellsCipher:
    """Encrypts and decrypts many rows with one derived key."""

    def __init__(self) -> None:
        self._cipher = AESGCM(keyring().derived_key("identity", b"earlier cases"))

    def seal(self, cells: Sequence[str]) -> bytes:
        """The nonce, followed by the AES-256-GCM ciphertext."""
        return self.seal_bytes(json.dumps(list(cells), ensure_ascii=False).encode())

    def open(self, sealed: bytes) -> list[str]:
        """The cells. Raises KeyringError for another key or changed bytes."""
        return cast(list[str], json.loads(self.open_bytes(sealed)))

    def seal_bytes(self, plain: bytes) -> bytes:
        """The same of a whole file."""
        nonce = secrets.token_bytes(_NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, plain, None)

    def open_bytes(self, sealed: bytes) -> bytes:
        """The content of the file. Raises KeyringError for another key or changed bytes."""
        try:
            return self._cipher.decrypt(sealed[:_NONCE_BYTES], bytes(sealed[_NONCE_BYTES:]), None)
        except InvalidTag as error:
            raise KeyringError("The identity key of this installation does not decrypt this row") from error
