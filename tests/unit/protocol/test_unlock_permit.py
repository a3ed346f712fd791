"""A permit opens the kiosks it names, for its time, when the centre has signed it; nothing else does."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from pydantic import ValidationError

from protocol import keys, signing
from protocol.encoding import from_base64, to_base64
from protocol.messages import CentreKeysStatement
from protocol.unlock_permit import (
    MAX_BYTES,
    MAX_KIOSKS,
    PermitError,
    UnlockPermit,
    UnlockStatement,
    check_permit,
    parse_permit,
    sign_permit,
    verify_permit,
)

KEY = keys.new_signing_key()
PUBLIC = keys.public_key_bytes(KEY)
NOW = datetime(2026, 11, 30, 9, 0, tzinfo=UTC)
STATEMENT = UnlockStatement(
    kiosks=("KKN07", "KKN08"), serial=12, issued=NOW, expires=NOW + timedelta(days=2), minutes=30
)


def _check(statement: UnlockStatement = STATEMENT, **changed: Any) -> None:
    values: dict[str, Any] = {"kiosk_id": "KKN07", "last_serial": 12, "now": NOW + timedelta(hours=1)}
    check_permit(statement, **{**values, **changed})


def test_a_signed_permit_opens_the_kiosks_it_names() -> None:
    permit = parse_permit(sign_permit(STATEMENT, KEY).to_bytes())
    assert verify_permit(permit, PUBLIC) == STATEMENT
    _check()
    _check(kiosk_id="KKN08", last_serial=0)


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"kiosk_id": "KKN09"}, "other kiosks"),
        ({"last_serial": 13}, "newer permit"),
        ({"now": NOW + timedelta(days=2, seconds=1)}, "expired"),
        ({"now": NOW - timedelta(days=2)}, "clock"),
    ],
)
def test_every_other_permit_is_refused_with_a_sentence(changed: dict[str, Any], reason: str) -> None:
    with pytest.raises(PermitError, match=reason):
        _check(**changed)


@pytest.mark.parametrize("field", ["kiosks", "serial", "expires", "minutes"])
def test_a_changed_permit_is_refused(field: str) -> None:
    permit = sign_permit(STATEMENT, KEY)
    content = json.loads(from_base64(permit.statement))
    content[field] = {"kiosks": ["KKN09"], "serial": 99, "expires": "2026-12-06T09:00:00Z", "minutes": 120}[field]
    forged = permit.model_copy(update={"statement": to_base64(json.dumps(content).encode())})
    with pytest.raises(PermitError, match="not signed"):
        verify_permit(forged, PUBLIC)


def test_a_permit_of_another_centre_is_refused() -> None:
    with pytest.raises(PermitError, match="not signed"):
        verify_permit(sign_permit(STATEMENT, keys.new_signing_key()), PUBLIC)


def test_no_other_signature_of_the_centre_is_a_permit() -> None:
    """The centre signs keys and receipts with the same key."""
    statement = CentreKeysStatement(
        enrolment_id=UUID("01890a5d-ac96-774b-bcce-b302099a8057"), sealing_key="", receipt_key="", since=NOW
    )
    signed = signing.sign_keys(statement, KEY)
    raw = STATEMENT.model_dump_json().encode()
    for signature in (signed.signature, to_base64(KEY.sign(raw))):
        permit = UnlockPermit(statement=to_base64(raw), signature=signature, key=signed.key)
        with pytest.raises(PermitError, match="not signed"):
            verify_permit(permit, PUBLIC)


@pytest.mark.parametrize("content", [b"", b"{}", b"[]", b"\xff" * 64, b'{"statement": 1}', b" " * (MAX_BYTES + 1)])
def test_another_file_is_no_permit(content: bytes) -> None:
    with pytest.raises(PermitError):
        parse_permit(content)


@pytest.mark.parametrize(
    "changed",
    [{"minutes": 0}, {"minutes": 500}, {"expires": NOW + timedelta(days=30)}, {"expires": NOW}, {"kiosks": ()}],
)
def test_no_permit_is_made_for_long(changed: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        UnlockStatement.model_validate(STATEMENT.model_dump() | changed)


def test_a_permit_for_the_most_kiosks_fits() -> None:
    kiosks = tuple(f"KKN{number:02}" for number in range(100)) * (MAX_KIOSKS // 100)
    assert len(sign_permit(STATEMENT.model_copy(update={"kiosks": kiosks}), KEY).to_bytes()) <= MAX_BYTES
