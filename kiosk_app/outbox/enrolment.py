"""The enrolment of this kiosk at its centre: public data in `enrolment.json`.

When the centre rotates its keys, it sends the forwarder a statement signed by the receipt key that this kiosk knows.
The forwarder may not write enrolment.json, which belongs to root; it appends the statement to `centre-keys.json`, and
every load of the enrolment verifies all signatures again. A damaged or forged file is ignored: the enrolment's own keys
still work, because a centre keeps its old ones, and the statement is sent again.
"""

import json
import os
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from kiosk_app.outbox.errors import OutboxBrokenError
from kiosk_app.outbox.json_state import MAX_STATE_FILE_BYTES
from kiosk_app.outbox.state_directory import delivery_directory
from machine.safe_files import read_file, replace_file_atomically
from protocol import keys
from protocol.encoding import from_base64
from protocol.messages import Base64, CentreKeys, CentreKeysStatement
from protocol.signing import CentreKeysError, verify_keys

ENROLMENT_FILE = "enrolment.json"
ROTATED_KEYS_FILE = "centre-keys.json"
_CHECKSUM_KEY = "check"  # SHA-256 of the rest, in canonical JSON


def is_same_host(url: str, other_url: str) -> bool:
    """Whether two addresses have the same host, regardless of the port: one certificate is valid for both."""
    return urlsplit(url).hostname == urlsplit(other_url).hostname


class EnrolmentUnreadableError(OutboxBrokenError):
    """enrolment.json exists but is damaged or unreadable."""


class Enrolment(BaseModel):
    """Public data, which the interface reads too. Keys are base64url of the raw 32 bytes."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    enrolment_id: UUID
    kiosk_id: str
    series: str  # the letter of this enrolment's case numbers
    centre_url: str
    public_url: str
    centre_name_th: str = ""
    centre_name_en: str = ""
    sealing_key: Base64  # the centre's X25519 key
    receipt_key: Base64  # the centre's Ed25519 key
    signing_key: str  # fingerprint of the kiosk's own key, the `keyid` of its signatures
    authority: str = ""  # PEM of the accepted certificate authority; '' for the system's
    public_authority: str = ""  # the same for the public address, if on another host
    former_receipt_keys: tuple[Base64, ...] = ()  # of the same centre, for receipts from before a rotation
    series_begun: bool = False  # the series mirror had this series; if it lacks it now, the counter is lost

    # Since when the centre uses the present keys; None: since the enrolment. Read with the rotated keys, never stored.
    keys_since: AwareDatetime | None = Field(default=None, exclude=True)

    @property
    def sealing_public_key(self) -> bytes:
        return from_base64(self.sealing_key)

    def receipt_public_key(self, fingerprint: str) -> bytes:
        """The centre's present or former key with that fingerprint; the present key for an unknown fingerprint."""
        receipt_keys = [from_base64(key) for key in (self.receipt_key, *self.former_receipt_keys)]
        return next((key for key in receipt_keys if keys.fingerprint(key) == fingerprint), receipt_keys[0])

    @property
    def tracking_authority(self) -> str:
        """PEM of the certificate authority accepted at the public address; '' for the system's."""
        return self.authority if is_same_host(self.public_url, self.centre_url) else self.public_authority

    @property
    def sealing_fingerprint(self) -> str:
        return keys.fingerprint(self.sealing_public_key)

    @property
    def centre_keys(self) -> tuple[str, str]:
        """Fingerprints of the centre's (sealing, receipt) keys."""
        return self.sealing_fingerprint, keys.fingerprint(from_base64(self.receipt_key))

    def is_same_centre(self, sealing_key: str, receipt_key: str, url: str) -> bool:
        """Whether the address or both keys are those of this enrolment's centre, which can open what was sealed for
        it."""
        return url.rstrip("/") == self.centre_url or (sealing_key, receipt_key) == (self.sealing_key, self.receipt_key)

    def adopt_keys(self, new_keys: CentreKeys, state_dir: Path) -> "Enrolment":
        """Save the centre's new keys durably; returns the enrolment with them. Raises CentreKeysError, OSError."""
        updated, statement = self._with_keys(new_keys)
        statements = {}
        for earlier in _read_rotated_keys(state_dir):
            with suppress(CentreKeysError):  # a statement for another enrolment
                statements[self._with_keys(earlier)[1].since] = earlier
        if any(since >= statement.since for since in statements):
            raise CentreKeysError("The centre's new keys are not newer than the ones in use")
        content = _RotatedKeys(told=(*statements.values(), new_keys)).model_dump_json(by_alias=True).encode()
        replace_file_atomically(delivery_directory(state_dir) / ROTATED_KEYS_FILE, content, 0o644)
        return updated

    def _with_keys(self, new_keys: CentreKeys) -> "tuple[Enrolment, CentreKeysStatement]":
        statement = verify_keys(new_keys, self.receipt_public_key(new_keys.key), self.enrolment_id)
        # Receipts signed with former keys stay valid: a repeated delivery is answered with its first receipt.
        former = [key for key in (self.receipt_key, *self.former_receipt_keys) if key != statement.receipt_key]
        current = {"sealing_key": statement.sealing_key, "receipt_key": statement.receipt_key}
        update = {**current, "former_receipt_keys": tuple(dict.fromkeys(former)), "keys_since": statement.since}
        return self.model_copy(update=update), statement

    @classmethod
    def load(cls, state_dir: Path) -> "Enrolment | None":
        """The enrolment with the centre's rotated keys; None when this kiosk is not enrolled. Raises
        EnrolmentUnreadableError."""
        path = state_dir / ENROLMENT_FILE
        try:
            stored = json.loads(read_file(path, MAX_STATE_FILE_BYTES, owners={0, os.geteuid()}))
            # A flipped bit in the sealing key gives another valid key, and nobody could open a submission that is
            # sealed to it.
            if stored.pop(_CHECKSUM_KEY, None) not in (_compute_checksum(stored), None):  # None: of an earlier version
                raise ValueError("checksum")
            enrolment = cls.model_validate(stored)
        except FileNotFoundError:
            return None
        except OSError as error:
            raise EnrolmentUnreadableError(f"The enrolment in {path} cannot be read: {error.strerror}") from error
        except (ValueError, TypeError, AttributeError) as error:
            raise EnrolmentUnreadableError(f"The enrolment in {path} is damaged: enrol this kiosk again") from error
        for new_keys in _read_rotated_keys(state_dir):
            with suppress(CentreKeysError):
                enrolment, _ = enrolment._with_keys(new_keys)
        return enrolment

    def save(self, state_dir: Path) -> None:
        """Save durably, readable by everyone on this machine."""
        stored = self.model_dump(mode="json")
        content = json.dumps({**stored, _CHECKSUM_KEY: _compute_checksum(stored)}, indent=2, ensure_ascii=False)
        replace_file_atomically(state_dir / ENROLMENT_FILE, content.encode(), 0o644)
        # A new enrolment contains the centre's present keys, so earlier statements are deleted.
        (delivery_directory(state_dir) / ROTATED_KEYS_FILE).unlink(missing_ok=True)


def _compute_checksum(stored: dict[str, Any]) -> str:
    return sha256(json.dumps(stored, sort_keys=True).encode()).hexdigest()


class _RotatedKeys(BaseModel):
    """centre-keys.json: the centre's statements in their order."""

    rotations: tuple[CentreKeys, ...] = Field(default=(), alias="told", serialization_alias="told")


def _read_rotated_keys(state_dir: Path) -> tuple[CentreKeys, ...]:
    try:
        return _RotatedKeys.model_validate_json(
            read_file(delivery_directory(state_dir) / ROTATED_KEYS_FILE, MAX_STATE_FILE_BYTES)
        ).rotations
    except (OSError, ValidationError):
        return ()
