from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from http_message_signatures import HTTPMessageSigner, MappingKeyResolver, algorithms
from hypothesis import given
from hypothesis import strategies as st
from requests import PreparedRequest, Request
from uuid6 import uuid7

from protocol import keys, signing
from protocol.encoding import from_base64, to_base64
from protocol.messages import CentreKeys, CentreKeysStatement, Receipt, ReceiptStatement
from protocol.signing import CentreKeysError, ReceiptError, SignatureError

KEY = keys.new_signing_key()
PUBLIC = keys.public_key_bytes(KEY)
KEY_ID = keys.fingerprint(PUBLIC)
URL = "https://centre.example/api/v1/submissions"


def find_key(key_id: str) -> bytes | None:
    return PUBLIC if key_id == KEY_ID else None


def sign_request(
    method: str = "POST", url: str = URL, body: bytes | None = b'{"a":1}', **headers: str
) -> PreparedRequest:
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    prepared = Request(method, url, data=body, headers=names).prepare()
    signing.sign_request(prepared, KEY, KEY_ID)
    return prepared


def verify_request(prepared: PreparedRequest, **changed: object) -> str:
    values = {
        "method": prepared.method,
        "url": prepared.url,
        "headers": dict(prepared.headers),
        "body": prepared.body or b"",
        **changed,
    }
    return signing.verify_request(**values, resolve_key=find_key)  # type: ignore[arg-type]


def without_header(prepared: PreparedRequest, name: str) -> dict[str, str]:
    return {key: value for key, value in prepared.headers.items() if key.lower() != name}


@given(st.binary(max_size=500), st.sampled_from(["POST", "PATCH", "GET", "HEAD"]))
def test_a_signed_request_passes_and_names_its_key(body: bytes, method: str) -> None:
    prepared = sign_request(method, body=body, Idempotency_Key="one")
    assert verify_request(prepared) == KEY_ID
    assert ("Content-Digest" in prepared.headers) == bool(body)


def test_a_signature_is_valid_behind_a_proxy_that_ends_tls() -> None:
    """As behind nginx: plain HTTP, Host unchanged, header names in another case."""
    prepared = sign_request(Upload_Offset="0")
    lower = {name.lower(): value for name, value in prepared.headers.items()}
    assert verify_request(prepared, url=URL.replace("https:", "http:"), headers=lower) == KEY_ID


@pytest.mark.parametrize(
    "changed",
    [
        {"method": "PUT"},
        {"url": URL + "x"},
        {"url": URL + "?x=1"},
        {"url": URL.replace("centre.example", "other.example")},
        {"body": b'{"a":2}'},
        {"body": b""},
    ],
)
def test_every_change_in_transit_is_detected(changed: dict[str, object]) -> None:
    with pytest.raises(SignatureError):
        verify_request(sign_request(), **changed)


@pytest.mark.parametrize("name", ["idempotency-key", "upload-offset", "upload-length", "content-digest", "signature"])
def test_a_signed_header_cannot_be_removed(name: str) -> None:
    prepared = sign_request(Idempotency_Key="one", Upload_Offset="0", Upload_Length="7")
    with pytest.raises(SignatureError):
        verify_request(prepared, headers=without_header(prepared, name))


@pytest.mark.parametrize("name", ["Idempotency-Key", "Upload-Offset", "Upload-Length"])
def test_nothing_that_matters_can_be_added_unsigned(name: str) -> None:
    prepared = sign_request()
    with pytest.raises(SignatureError):
        verify_request(prepared, headers={**prepared.headers, name: "7"})


def test_a_body_needs_a_digest_even_when_the_signature_is_good() -> None:
    prepared = sign_request("GET", body=None)
    assert verify_request(prepared) == KEY_ID
    with pytest.raises(SignatureError):
        verify_request(prepared, body=b"slipped in")


def test_an_unknown_key_and_another_key_under_a_known_name_are_refused() -> None:
    prepared = sign_request()
    with pytest.raises(SignatureError):
        signing.verify_request("POST", URL, dict(prepared.headers), prepared.body, lambda _: None)  # type: ignore[arg-type]
    signing.sign_request(again := Request("POST", URL, data=b"x").prepare(), keys.new_signing_key(), KEY_ID)
    with pytest.raises(SignatureError):
        verify_request(again)


@pytest.mark.parametrize("value", ["", "kiosk=", "kiosk=()", "kiosk=1", "\x00", "ก"])
def test_rubbish_in_the_signature_headers_is_a_refusal(value: str) -> None:
    for name in ("Signature", "Signature-Input"):
        prepared = sign_request()
        with pytest.raises(SignatureError):
            verify_request(prepared, headers={**without_header(prepared, name.lower()), name: value})


def test_the_clock_of_the_kiosk_is_recorded_and_not_judged() -> None:
    assert abs(
        (signing.read_signing_time(sign_request().headers) or datetime.min.replace(tzinfo=UTC)) - datetime.now(UTC)
    ) < timedelta(seconds=5)
    private = MappingKeyResolver(public_keys={}, private_keys={KEY_ID: KEY})
    signer = HTTPMessageSigner(signature_algorithm=algorithms.ED25519, key_resolver=private)
    for year in (1970, 2000, 2099):
        prepared = Request("GET", URL).prepare()
        when = datetime(year, 1, 2, tzinfo=UTC)
        covered = signing.ALWAYS_SIGNED
        signer.sign(prepared, key_id=KEY_ID, tag=signing.TAG, created=when, expires=when, covered_component_ids=covered)
        assert verify_request(prepared) == KEY_ID
        assert signing.read_signing_time(prepared.headers) == when


def test_a_signature_without_every_required_component_is_refused() -> None:
    private = MappingKeyResolver(public_keys={}, private_keys={KEY_ID: KEY})
    signer = HTTPMessageSigner(signature_algorithm=algorithms.ED25519, key_resolver=private)
    for left_out in signing.ALWAYS_SIGNED:
        prepared = Request("GET", URL).prepare()
        covered = [name for name in signing.ALWAYS_SIGNED if name != left_out]
        signer.sign(prepared, key_id=KEY_ID, tag=signing.TAG, covered_component_ids=covered)
        with pytest.raises(SignatureError, match=left_out):
            verify_request(prepared)


def receipt_statement() -> ReceiptStatement:
    return ReceiptStatement(
        submission_id=uuid7(),
        case_number="KKN07A-000001-00",
        kiosk_id="KKN07",
        sealed_sha256="a" * 64,
        parts=("b" * 64,),
        received_at=datetime(2026, 11, 21, 9, 12, tzinfo=UTC),
    )


def test_a_verified_receipt_contains_the_signed_statement() -> None:
    statement = receipt_statement()
    assert signing.verify_receipt(signing.sign_receipt(statement, KEY), PUBLIC) == statement


@given(st.integers(0, 10_000))
def test_a_receipt_with_any_changed_bit_is_refused(position: int) -> None:
    receipt = signing.sign_receipt(receipt_statement(), KEY)
    for field in ("statement", "signature"):
        raw = bytearray(from_base64(getattr(receipt, field)))
        raw[position % len(raw)] ^= 1 << position % 8
        with pytest.raises(ReceiptError):
            signing.verify_receipt(receipt.model_copy(update={field: to_base64(bytes(raw))}), PUBLIC)


def test_only_a_receipt_signed_by_the_centre_is_accepted() -> None:
    with pytest.raises(ReceiptError, match="not signed by the centre"):
        signing.verify_receipt(signing.sign_receipt(receipt_statement(), keys.new_signing_key()), PUBLIC)
    rubbish = b"no statement"
    signed_rubbish = Receipt(statement=to_base64(rubbish), signature=to_base64(KEY.sign(rubbish)), key=KEY_ID)
    with pytest.raises(ReceiptError, match="no statement"):
        signing.verify_receipt(signed_rubbish, PUBLIC)


def centre_keys_statement(enrolment_id: UUID) -> CentreKeysStatement:
    return CentreKeysStatement(
        enrolment_id=enrolment_id,
        sealing_key=to_base64(keys.public_key_bytes(keys.new_sealing_key())),
        receipt_key=to_base64(keys.public_key_bytes(keys.new_signing_key())),
        since=datetime.now(UTC),
    )


def test_new_keys_of_the_centre_are_accepted_for_this_enrolment_only() -> None:
    own_id, other = UUID(str(uuid7())), UUID(str(uuid7()))
    statement = centre_keys_statement(own_id)
    assert signing.verify_keys(signing.sign_keys(statement, KEY), PUBLIC, own_id) == statement
    for signed, enrolment_id in [
        (signing.sign_keys(statement, KEY), other),
        (signing.sign_keys(statement, keys.new_signing_key()), own_id),
        (signing.sign_keys(statement.model_copy(update={"sealing_key": "AAAA"}), KEY), own_id),
    ]:
        with pytest.raises(CentreKeysError):
            signing.verify_keys(signed, PUBLIC, enrolment_id)


def test_a_receipt_and_a_key_statement_are_never_confused() -> None:
    statement = centre_keys_statement(UUID(str(uuid7())))
    raw = from_base64(signing.sign_keys(statement, KEY).statement)
    as_receipt = Receipt(statement=to_base64(raw), signature=to_base64(KEY.sign(raw)), key=KEY_ID)
    with pytest.raises(CentreKeysError):
        signing.verify_keys(CentreKeys(**as_receipt.model_dump()), PUBLIC, statement.enrolment_id)
    with pytest.raises(ReceiptError):
        signing.verify_receipt(Receipt(**signing.sign_keys(statement, KEY).model_dump()), PUBLIC)
