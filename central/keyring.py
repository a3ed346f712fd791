"""The keys of this installation, as 0600 files under the data directory.

keys/sealing/<fingerprint>.pem   X25519: kiosks seal to the current one; older ones open what is still under way
keys/receipt/<fingerprint>.pem   Ed25519: signs receipts
keys/<kind>/current              the fingerprint in use, and since when
keys/retired/<kind>-<…>.pem      keys nobody uses any more, to be carried away
keys/django.secret               Django's signing key
keys/tracking.secret             keys the hash under which tracking codes are stored
keys/identity.secret             keys the hash and the encryption of citizen id numbers

Losing the directory loses every sealed submission not yet opened and every tracking code: back it up with the database,
and apart from it.
"""

import hashlib
import hmac
import re
import secrets
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

from protocol import keys
from protocol.files import create_file, read_file, replace_file

_NONCE_BYTES = 12
_FINGERPRINT = re.compile(r"[0-9a-f]{32}")
_MAX_KEY_FILE_BYTES = 64 * 1024  # bytes; a secret has some dozen
KEY_KINDS = ("sealing", "receipt")


class KeyringError(Exception):
    """A key is missing or damaged; the message is one sentence."""


def _write_if_absent(path: Path, text: str) -> None:
    """A new 0600 file; one that is there stays as it is."""
    with suppress(FileExistsError):
        create_file(path, text.encode("ascii"))


def _read_key_file(path: Path) -> str:
    try:
        return read_file(path, _MAX_KEY_FILE_BYTES).decode("ascii")
    except OSError as error:
        raise KeyringError(f"The key file {path} cannot be read; has `central migrate` been run?") from error


@dataclass(frozen=True)
class Keyring:
    """Keys in `directory`. Files are read when asked for, so that a new current key is used without a restart."""

    directory: Path

    def create_missing(self) -> None:
        """Make every key that does not exist yet."""
        for folder in (self.directory, self.directory / "sealing", self.directory / "receipt"):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for kind in KEY_KINDS:
            if not (self.directory / kind / "current").exists():
                self.rotate(kind)
        _write_if_absent(self.directory / "django.secret", secrets.token_urlsafe(48))
        for name in ("tracking", "identity"):
            _write_if_absent(self.directory / f"{name}.secret", secrets.token_hex(32))

    def rotate(self, kind: str) -> str:
        """A new key is the current one from now on; the others stay and go on opening or signing what is theirs. Its
        fingerprint."""
        # Kiosks take nothing that is not newer than what they have, also when this machine's clock was put back.
        known = [self.current_since(each) for each in KEY_KINDS if (self.directory / each / "current").exists()]
        since = max([datetime.now(UTC), *(moment + timedelta(microseconds=1) for moment in known)])
        key = keys.new_sealing_key() if kind == "sealing" else keys.new_signing_key()
        fingerprint = keys.fingerprint(keys.public_key_bytes(key))
        keys.save_private_key(key, self._key_path(kind, fingerprint))
        replace_file(self.directory / kind / "current", f"{fingerprint} {since.isoformat()}".encode())
        return fingerprint

    def retire(self, kind: str, fingerprint: str) -> Path:
        """Take a key out of use, into the directory of those to be carried away. Raises KeyringError."""
        if fingerprint == self.current_fingerprint(kind):
            raise KeyringError(f"The {kind} key {fingerprint} is the current one; rotate first")
        retired_directory = self.directory / "retired"
        retired_directory.mkdir(mode=0o700, exist_ok=True)
        try:
            return self._key_path(kind, fingerprint).rename(retired_directory / f"{kind}-{fingerprint}.pem")
        except OSError as error:
            raise KeyringError(f"The {kind} key {fingerprint} cannot be moved: {error.strerror}") from error

    def fingerprints(self, kind: str) -> list[str]:
        """Of every key of this kind that is here."""
        return sorted(path.stem for path in (self.directory / kind).glob("*.pem"))

    def current_fingerprint(self, kind: str) -> str:
        """Fingerprint of the key in use; `kind` is one of KEY_KINDS. Raises KeyringError."""
        return _read_key_file(self.directory / kind / "current").split()[0]

    def current_since(self, kind: str) -> datetime:
        """When the current key was taken in use. Raises KeyringError."""
        _, _, since = _read_key_file(self.directory / kind / "current").strip().partition(" ")
        return datetime.fromisoformat(since) if since else datetime.fromtimestamp(0, UTC)  # '': of an earlier version

    def load_sealing_key(self, fingerprint: str) -> X25519PrivateKey:
        """The key behind a fingerprint. Raises KeyringError when there is none."""
        try:
            return keys.load_sealing_key(self._key_path("sealing", fingerprint))
        except keys.KeyFileError as error:
            raise KeyringError(f"This centre has no sealing key {fingerprint}") from error

    def load_receipt_key(self, fingerprint: str) -> Ed25519PrivateKey:
        """The key behind a fingerprint. Raises KeyringError when there is none."""
        try:
            return keys.load_signing_key(self._key_path("receipt", fingerprint))
        except keys.KeyFileError as error:
            raise KeyringError(f"This centre has no receipt key {fingerprint}") from error

    def tracking_hash(self, code: str) -> str:
        """Under which a canonical tracking code is stored: 64 hex characters that do not lead back to the code."""
        return self._keyed_hash("tracking", code)

    def citizen_id_hash(self, citizen_id: str) -> str:
        """Equal for equal id numbers, and useless without the key: the 10**12 numbers could all be tried otherwise."""
        return self._keyed_hash("identity", citizen_id)

    def encrypt_citizen_id(self, text: str) -> bytes:
        """AES-256-GCM, nonce first."""
        nonce = secrets.token_bytes(_NONCE_BYTES)
        return nonce + AESGCM(self._derive_key("identity", b"encrypt")).encrypt(nonce, text.encode(), None)

    def decrypt_citizen_id(self, encrypted: bytes) -> str:
        """What `encrypt_citizen_id` encrypted. Raises KeyringError when the key is another or the bytes were
        changed."""
        nonce, sealed = encrypted[:_NONCE_BYTES], encrypted[_NONCE_BYTES:]
        try:
            return AESGCM(self._derive_key("identity", b"encrypt")).decrypt(nonce, sealed, None).decode()
        except InvalidTag as error:
            raise KeyringError("The identity key of this installation does not open this id number") from error

    def _key_path(self, kind: str, fingerprint: str) -> Path:
        # A fingerprint may come from a kiosk: only hex becomes part of a path.
        if not _FINGERPRINT.fullmatch(fingerprint):
            raise KeyringError("A key's fingerprint is 32 hex characters")
        return self.directory / kind / f"{fingerprint}.pem"

    def _keyed_hash(self, name: str, text: str) -> str:
        return hmac.new(self._derive_key(name, b"hash"), text.encode(), hashlib.sha256).hexdigest()

    def _derive_key(self, name: str, purpose: bytes) -> bytes:
        """One secret file, one key for each purpose."""
        secret = bytes.fromhex(_read_key_file(self.directory / f"{name}.secret"))
        return hmac.new(secret, purpose, hashlib.sha256).digest()


def keyring() -> Keyring:
    """The keyring of this installation."""
    return Keyring(Path(settings.DATA_DIR) / "keys")
