"""The keys of this installation, as 0600 files under the data directory.

keys/sealing/<fingerprint>.pem   X25519: kiosks seal to the current key; earlier keys open what was sealed before
keys/receipt/<fingerprint>.pem   Ed25519: signs receipts
keys/<kind>/current              fingerprint of the current key, and the time of its creation
keys/retired/<kind>-<…>.pem      keys no kiosk uses any more, to be moved to another place
keys/django.secret               Django's signing key
keys/tracking.secret             secret for the hash of tracking codes (central.identity_crypto)
keys/identity.secret             secret for the hash and the encryption of citizen ids (central.identity_crypto), and
                                 for the encryption of the keys of gateways and of LINE conversations
                                 (central.notices.route_secrets)
keys/push.pem                    P-256: by which push services know this installation (central.notices.adapters)

Without this directory every unopened sealed submission and every tracking code is lost. Back it up together with the
database, in a separate place.
"""

import hashlib
import hmac
import re
import secrets
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ec import (
    SECP256R1,
    EllipticCurvePrivateKey,
    generate_private_key,
)
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from django.conf import settings

from machine.safe_files import create_file, read_file, replace_file_atomically
from protocol import keys

_FINGERPRINT = re.compile(r"[0-9a-f]{32}")
_MAX_KEY_FILE_BYTES = 64 * 1024  # a key file has under 200 bytes
KEY_KINDS = ("sealing", "receipt")
_PUSH_KEY = "push.pem"  # browsers know its public half: a new one ends all their subscriptions


class KeyringError(Exception):
    """A key is missing or damaged; the message is one sentence."""


def _write_if_absent(path: Path, text: str) -> None:
    """Create a 0600 file. An existing file is not changed."""
    with suppress(FileExistsError):
        create_file(path, text.encode("ascii"))


def _new_push_key() -> str:
    key = generate_private_key(SECP256R1())
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode("ascii")


def _read_key_file(path: Path) -> str:
    try:
        return read_file(path, _MAX_KEY_FILE_BYTES).decode("ascii")
    except OSError as error:
        raise KeyringError(f"The key file {path} cannot be read; has `central migrate` been run?") from error


@dataclass(frozen=True)
class Keyring:
    """The keys in `directory`. Files are read on each call, so that a new current key is used without a restart."""

    directory: Path

    def create_missing(self) -> None:
        """Create every key that does not exist yet."""
        for folder in (self.directory, self.directory / "sealing", self.directory / "receipt"):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for kind in KEY_KINDS:
            if not (self.directory / kind / "current").exists():
                self.rotate(kind)
        _write_if_absent(self.directory / "django.secret", secrets.token_urlsafe(48))
        if not (self.directory / _PUSH_KEY).exists():
            _write_if_absent(self.directory / _PUSH_KEY, _new_push_key())
        for name in ("tracking", "identity"):
            _write_if_absent(self.directory / f"{name}.secret", secrets.token_hex(32))

    def rotate(self, kind: str) -> str:
        """Create a key and make it the current one. Earlier keys are kept, to open older submissions and to sign
        for kiosks that do not have the new key yet. Returns the fingerprint of the new key."""
        # Kiosks accept only keys newer than those they have, so the time must grow even if the clock was set back.
        known = [self.current_since(each) for each in KEY_KINDS if (self.directory / each / "current").exists()]
        since = max([datetime.now(UTC), *(moment + timedelta(microseconds=1) for moment in known)])
        key = keys.new_sealing_key() if kind == "sealing" else keys.new_signing_key()
        fingerprint = keys.fingerprint(keys.public_key_bytes(key))
        keys.save_private_key(key, self._key_path(kind, fingerprint))
        replace_file_atomically(self.directory / kind / "current", f"{fingerprint} {since.isoformat()}".encode())
        return fingerprint

    def retire(self, kind: str, fingerprint: str) -> Path:
        """Move a key that is not current into the directory of retired keys. Raises KeyringError."""
        if fingerprint == self.current_fingerprint(kind):
            raise KeyringError(f"The {kind} key {fingerprint} is the current one; rotate first")
        retired_directory = self.directory / "retired"
        retired_directory.mkdir(mode=0o700, exist_ok=True)
        try:
            return self._key_path(kind, fingerprint).rename(retired_directory / f"{kind}-{fingerprint}.pem")
        except OSError as error:
            raise KeyringError(f"The {kind} key {fingerprint} cannot be moved: {error.strerror}") from error

    def fingerprints(self, kind: str) -> list[str]:
        """The fingerprints of all keys of this kind."""
        return sorted(path.stem for path in (self.directory / kind).glob("*.pem"))

    def current_fingerprint(self, kind: str) -> str:
        """Fingerprint of the key in use; `kind` is one of KEY_KINDS. Raises KeyringError."""
        return _read_key_file(self.directory / kind / "current").split()[0]

    def current_since(self, kind: str) -> datetime:
        """When the current key was created. Raises KeyringError."""
        _, _, since = _read_key_file(self.directory / kind / "current").strip().partition(" ")
        # '' when an earlier version wrote the file, without the time.
        return datetime.fromisoformat(since) if since else datetime.fromtimestamp(0, UTC)

    def load_sealing_key(self, fingerprint: str) -> X25519PrivateKey:
        """The private key with this fingerprint. Raises KeyringError when there is none."""
        try:
            return keys.load_sealing_key(self._key_path("sealing", fingerprint))
        except keys.KeyFileError as error:
            raise KeyringError(f"This centre has no sealing key {fingerprint}") from error

    def load_receipt_key(self, fingerprint: str) -> Ed25519PrivateKey:
        """The private key with this fingerprint. Raises KeyringError when there is none."""
        try:
            return keys.load_signing_key(self._key_path("receipt", fingerprint))
        except keys.KeyFileError as error:
            raise KeyringError(f"This centre has no receipt key {fingerprint}") from error

    def load_push_key(self) -> EllipticCurvePrivateKey:
        """The key by which push services know this installation (VAPID). Raises KeyringError."""
        pem = _read_key_file(self.directory / _PUSH_KEY).encode("ascii")
        key = serialization.load_pem_private_key(pem, None)
        if not isinstance(key, EllipticCurvePrivateKey):
            raise KeyringError(f"{_PUSH_KEY} is no key on a curve")
        return key

    def has_key(self, kind: str, fingerprint: str) -> bool:
        """Whether this installation has this key."""
        return bool(_FINGERPRINT.fullmatch(fingerprint)) and self._key_path(kind, fingerprint).exists()

    def derived_key(self, name: str, purpose: bytes) -> bytes:
        """A 32-byte key derived from the secret file `name` for one purpose. Raises KeyringError."""
        secret = bytes.fromhex(_read_key_file(self.directory / f"{name}.secret"))
        return hmac.new(secret, purpose, hashlib.sha256).digest()

    def _key_path(self, kind: str, fingerprint: str) -> Path:
        """The file of a key. Raises KeyringError unless the fingerprint is 32 hex digits: it may come from a kiosk, and
        only hex digits may become part of a path."""
        if not _FINGERPRINT.fullmatch(fingerprint):
            raise KeyringError("A key's fingerprint is 32 hex characters")
        return self.directory / kind / f"{fingerprint}.pem"


def keyring() -> Keyring:
    """The keyring of this installation."""
    return Keyring(Path(settings.DATA_DIR) / "keys")
