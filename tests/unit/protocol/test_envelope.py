from uuid import UUID

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st
from uuid6 import uuid7

from protocol import envelope, keys
from protocol.envelope import EnvelopeError
from protocol.sealing import OVERHEAD_BYTES

KEY = keys.new_sealing_key()
PUBLIC = keys.public_key_bytes(KEY)
SUBMISSION = UUID("01a1fd84-97b2-7981-accf-11e505cfcfdc")


def seal(plaintext: bytes, part: str = "submission") -> bytes:
    return envelope.seal(plaintext, PUBLIC, kiosk_id="KKN07", submission_id=SUBMISSION, part=part)


def opened(
    sealed: bytes,
    key: X25519PrivateKey = KEY,
    kiosk: str = "KKN07",
    submission: object = SUBMISSION,
    part: str = "submission",
) -> bytes:
    return envelope.unseal(sealed, key, kiosk_id=kiosk, submission_id=str(submission), part=part)


@given(st.binary(max_size=4096), st.integers(0, 19))
def test_a_sealed_part_opens_in_its_place(plaintext: bytes, index: int) -> None:
    sealed = seal(plaintext, envelope.page_part(index))
    assert len(sealed) == len(plaintext) + OVERHEAD_BYTES
    assert opened(sealed, part=f"page-{index}") == plaintext


@given(st.binary(min_size=16, max_size=200))
def test_sealing_the_same_content_twice_gives_different_unreadable_bytes(plaintext: bytes) -> None:
    first, second = seal(plaintext), seal(plaintext)
    assert first != second
    assert plaintext not in first


@given(st.binary(max_size=200), st.data())
def test_every_changed_bit_is_detected(plaintext: bytes, data: st.DataObject) -> None:
    sealed = bytearray(seal(plaintext))
    bit = data.draw(st.integers(0, len(sealed) * 8 - 1))
    # X25519 ignores the top bit of the encapsulated key, but HPKE hashes the key itself: the change is detected too.
    sealed[bit // 8] ^= 1 << bit % 8
    with pytest.raises(EnvelopeError):
        opened(bytes(sealed))


@given(st.binary(max_size=200), st.integers(0, OVERHEAD_BYTES + 100))
def test_a_cut_seal_does_not_open(plaintext: bytes, length: int) -> None:
    sealed = seal(plaintext)
    with pytest.raises(EnvelopeError):
        opened(sealed[: min(length, len(sealed) - 1)])


@pytest.mark.parametrize(
    "other",
    [
        {"key": keys.new_sealing_key()},
        {"kiosk": "KKN08"},
        {"submission": uuid7()},
        {"part": "page-0"},
    ],
)
def test_a_seal_does_not_open_in_another_place(other: dict[str, object]) -> None:
    sealed = seal(b"content")
    assert opened(sealed) == b"content"
    with pytest.raises(EnvelopeError):
        opened(sealed, **other)  # type: ignore[arg-type]


def test_pages_cannot_be_exchanged() -> None:
    with pytest.raises(EnvelopeError):
        opened(seal(b"first", "page-0"), part="page-1")


@pytest.mark.parametrize(
    ("kiosk", "submission", "part"),
    [("KKN07\n", str(SUBMISSION), "submission"), ("KKN07", "1", "submission"), ("KKN07", str(SUBMISSION), "page-x")],
)
def test_only_valid_kiosk_submission_and_part_ids_are_sealed(kiosk: str, submission: str, part: str) -> None:
    with pytest.raises(EnvelopeError):
        envelope.seal(b"", PUBLIC, kiosk_id=kiosk, submission_id=submission, part=part)


@pytest.mark.parametrize("public", [b"", b"short", bytes(32), bytes(33)])
def test_an_unusable_key_is_refused(public: bytes) -> None:
    with pytest.raises(EnvelopeError):
        envelope.seal(b"content", public, kiosk_id="KKN07", submission_id=SUBMISSION, part="submission")
