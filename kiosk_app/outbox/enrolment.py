"""What this kiosk is at its centre: the public facts of an approved enrolment, in `enrolment.json`."""

from pathlib import Path
from typing import Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, ValidationError

from kiosk_app.outbox.errors import OutboxBroken
from kiosk_app.outbox.files import replace_file
from protocol import keys
from protocol.encoding import from_base64
from protocol.messages import Base64

FILE = "enrolment.json"


class EnrolmentUnreadable(OutboxBroken):
    """enrolment.json is there but damaged or unreadable."""


class Enrolment(BaseModel):
    """Nothing secret: the interface reads it too. Keys are base64url of the raw 32 bytes."""

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

    @property
    def sealing_public(self) -> bytes:
        return from_base64(self.sealing_key)

    @property
    def receipt_public(self) -> bytes:
        return from_base64(self.receipt_key)

    @property
    def sealing_fingerprint(self) -> str:
        return keys.fingerprint(self.sealing_public)

    @classmethod
    def load(cls, state: Path) -> Self | None:
        """None when this kiosk is not enrolled. Raises EnrolmentUnreadable."""
        path = state / FILE
        try:
            return cls.model_validate_json(path.read_bytes())
        except FileNotFoundError:
            return None
        except OSError as error:
            raise EnrolmentUnreadable(f"The enrolment in {path} cannot be read: {error.strerror}") from error
        except ValidationError as error:
            raise EnrolmentUnreadable(f"The enrolment in {path} is damaged: enrol this kiosk again") from error

    def save(self, state: Path) -> None:
        """Whole or not at all, durable, readable by everyone on this machine."""
        replace_file(state / FILE, self.model_dump_json(indent=2).encode(), 0o644)
