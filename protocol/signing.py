"""Signs and verifies a kiosk's requests, and a centre's receipts, keys, commands and requests.

Requests carry an HTTP message signature (RFC 9421, Ed25519) over method, authority, path, query, the Content-Digest
(RFC 9530, sha-256) of the body when there is one, and the headers of `SIGNED_WHEN_PRESENT` when they are there. The
scheme is not signed, because a reverse proxy that terminates TLS changes it (decision 0012). `created` is recorded but
not checked: a kiosk may have no trustworthy clock, and replays are harmless because every request is idempotent.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TypeVar
from uuid import UUID

from cryptography.exceptions import InvalidSignature as WrongSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PublicKey
from http_message_signatures import (
    HTTPMessageSignaturesException,
    HTTPMessageSigner,
    HTTPMessageVerifier,
    HTTPSignatureKeyResolver,
    algorithms,
)
from pydantic import BaseModel, ValidationError
from requests import PreparedRequest

from protocol import keys
from protocol.encoding import from_base64, to_base64
from protocol.messages import (
    CentreKeys,
    CentreKeysStatement,
    Receipt,
    ReceiptStatement,
    ReleaseRequest,
    ReleaseRequestStatement,
    RemoteCommand,
    RemoteCommandStatement,
)

TAG = "damrongdham-kiosk-1"  # the RFC 9421 `tag`: what the signature is for, and the protocol version
LABEL = "kiosk"
ALWAYS_SIGNED = ("@method", "@authority", "@path", "@query")
SIGNED_WHEN_PRESENT = ("idempotency-key", "upload-offset", "upload-length")
_KEYS_CONTEXT = b"damrongdham-kiosk centre keys 1\n"  # a signed receipt is never valid as a keys statement
_COMMAND_CONTEXT = b"damrongdham-kiosk remote command 1\n"
_RELEASE_CONTEXT = b"damrongdham-kiosk release request 1\n"


class SignatureError(Exception):
    """The signature of a request is invalid: unknown key, changed content, or an unsigned component."""


class ReceiptError(Exception):
    """A receipt is invalid: wrong signature, or no statement in it."""


class CentreKeysError(Exception):
    """New keys are invalid: wrong signature, for another kiosk, or no statement in them."""


class RemoteCommandError(Exception):
    """A command is invalid: wrong signature, for another kiosk, or no statement in it."""


class ReleaseRequestError(Exception):
    """A request for a release is invalid: wrong signature, for another kiosk, or no statement in it."""


class _KeyResolver(HTTPSignatureKeyResolver):
    """Adapter for the library: one private key to sign, or a look-up of raw public keys to verify.

    The library turns every exception of a look-up into a bad signature. `failure` keeps it."""

    def __init__(self, private: Ed25519PrivateKey | None, public: Callable[[str], bytes | None]) -> None:
        self._private = private
        self._public = public
        self.failure: Exception | None = None

    def resolve_private_key(self, key_id: str) -> Ed25519PrivateKey | None:
        return self._private

    def resolve_public_key(self, key_id: str) -> Ed25519PublicKey | None:
        try:
            raw = self._public(key_id)
        except Exception as error:
            self.failure = error
            raise
        return None if raw is None else Ed25519PublicKey.from_public_bytes(raw)


class _TimelessVerifier(HTTPMessageVerifier):
    """Does not check `created` and `expires`."""

    require_created = False

    def validate_created_and_expires(self, sig_input: Any, max_age: Any = None) -> None:
        pass


@dataclass(frozen=True)
class _SignedMessage:
    """A message in the form that the library expects."""

    method: str
    url: str
    headers: Mapping[str, str]


def _components_to_sign(headers: Mapping[str, str]) -> tuple[str, ...]:
    names = {name.lower() for name in headers}
    return ALWAYS_SIGNED + tuple(name for name in SIGNED_WHEN_PRESENT if name in names)


def sign_request(prepared: PreparedRequest, key: Ed25519PrivateKey, key_id: str) -> None:
    """Add Content-Digest (when there is a body), Signature-Input and Signature to a prepared request, in place.

    Everything signed must be final: prepare first, sign last. The body must be bytes or absent."""
    body = prepared.body
    if not isinstance(body, bytes | None):
        raise TypeError("Only a request whose body is bytes can be signed")
    signer = HTTPMessageSigner(signature_algorithm=algorithms.ED25519, key_resolver=_KeyResolver(key, lambda _: None))
    signer.sign(
        prepared,
        key_id=key_id,
        label=LABEL,
        tag=TAG,
        covered_component_ids=_components_to_sign(prepared.headers),
        body=body or None,
    )


def verify_request(
    method: str,
    url: str,
    headers: Mapping[str, str],
    body: bytes,
    resolve_key: Callable[[str], bytes | None],
) -> str:
    """The key id of a valid signature that covers everything that must be signed.

    `url` is absolute, with the authority of the client's Host header; its scheme only determines the default port.
    `headers` holds each header once. `resolve_key` gives the raw Ed25519 public key of a key id, None when it is
    unknown. Raises SignatureError, and what `resolve_key` raises: a store of keys that is away is no bad signature."""
    message, resolver = _SignedMessage(method, url, headers), _KeyResolver(None, resolve_key)
    verifier = _TimelessVerifier(signature_algorithm=algorithms.ED25519, key_resolver=resolver)
    try:
        (verified,) = verifier.verify(
            message, max_age=None, expect_tag=TAG, require_components=_components_to_sign(headers), body=body
        )
    except (HTTPMessageSignaturesException, ValueError) as error:
        if resolver.failure is not None:
            raise resolver.failure from None
        raise SignatureError(f"The request has no valid signature: {error}") from error
    return str(verified.parameters["keyid"])


def read_signing_time(headers: Mapping[str, str]) -> datetime | None:
    """The signature's `created` time, None when it has none. By the signer's clock: record it, do not rely on it.
    `headers` must have passed `verify_request`."""
    value = {name.lower(): value for name, value in headers.items()}.get("signature-input", "")
    for parameter in value.split(";"):
        name, _, text = parameter.partition("=")
        if name == "created" and text.isdecimal():
            return datetime.fromtimestamp(int(text), UTC)
    return None


def sign_receipt(statement: ReceiptStatement, key: Ed25519PrivateKey) -> Receipt:
    """The centre's receipt: the statement as canonical JSON, and a signature over exactly those bytes."""
    raw = _canonical(statement)
    return Receipt(
        statement=to_base64(raw),
        signature=to_base64(key.sign(raw)),
        key=keys.fingerprint(keys.public_key_bytes(key)),
    )


def verify_receipt(receipt: Receipt, public_key: bytes) -> ReceiptStatement:
    """The statement, after verifying the signature with this raw Ed25519 public key. Raises ReceiptError."""
    try:
        raw = from_base64(receipt.statement)
        Ed25519PublicKey.from_public_bytes(public_key).verify(from_base64(receipt.signature), raw)
        return ReceiptStatement.model_validate_json(raw)
    except WrongSignature:
        raise ReceiptError("The receipt is not signed by the centre this kiosk is enrolled at") from None
    except (ValidationError, ValueError) as error:
        raise ReceiptError("The receipt contains no statement that can be read") from error


def sign_keys(statement: CentreKeysStatement, key: Ed25519PrivateKey) -> CentreKeys:
    """The statement of the present keys for one kiosk, signed with a receipt key that the kiosk already has."""
    raw = _canonical(statement)
    return CentreKeys(
        statement=to_base64(raw),
        signature=to_base64(key.sign(_KEYS_CONTEXT + raw)),
        key=keys.fingerprint(keys.public_key_bytes(key)),
    )


def verify_keys(new_keys: CentreKeys, public_key: bytes, enrolment_id: UUID) -> CentreKeysStatement:
    """The statement, after verifying it with `public_key`, the raw Ed25519 receipt key that this kiosk already has.
    Raises CentreKeysError when the signature is invalid, the statement is for another enrolment, or one of its keys is
    unusable."""
    try:
        raw = from_base64(new_keys.statement)
        Ed25519PublicKey.from_public_bytes(public_key).verify(from_base64(new_keys.signature), _KEYS_CONTEXT + raw)
        statement = CentreKeysStatement.model_validate_json(raw)
        X25519PublicKey.from_public_bytes(from_base64(statement.sealing_key))
        Ed25519PublicKey.from_public_bytes(from_base64(statement.receipt_key))
    except WrongSignature:
        raise CentreKeysError("The new keys are not signed by the centre this kiosk is enrolled at") from None
    except (ValidationError, ValueError) as error:
        raise CentreKeysError("The centre's new keys cannot be read") from error
    if statement.enrolment_id != enrolment_id:
        raise CentreKeysError("The new keys are meant for another enrolment")
    return statement


def sign_command(statement: RemoteCommandStatement, key: Ed25519PrivateKey) -> RemoteCommand:
    """The command to one kiosk, signed with a receipt key that the kiosk has."""
    return RemoteCommand(**_sign_statement(statement, key, _COMMAND_CONTEXT))


def verify_command(command: RemoteCommand, public_key: bytes, enrolment_id: UUID) -> RemoteCommandStatement:
    """The statement, after verifying it with `public_key`, the raw Ed25519 receipt key that this kiosk has. Raises
    RemoteCommandError."""
    try:
        return _verify_statement(command, RemoteCommandStatement, public_key, enrolment_id, _COMMAND_CONTEXT)
    except ValueError as error:
        raise RemoteCommandError(f"The command {error}") from error


def sign_release_request(statement: ReleaseRequestStatement, key: Ed25519PrivateKey) -> ReleaseRequest:
    """The request to one kiosk, signed with a receipt key that the kiosk has."""
    return ReleaseRequest(**_sign_statement(statement, key, _RELEASE_CONTEXT))


def verify_release_request(request: ReleaseRequest, public_key: bytes, enrolment_id: UUID) -> ReleaseRequestStatement:
    """The statement, after verifying it with `public_key`, the raw Ed25519 receipt key that this kiosk has. Raises
    ReleaseRequestError."""
    try:
        return _verify_statement(request, ReleaseRequestStatement, public_key, enrolment_id, _RELEASE_CONTEXT)
    except ValueError as error:
        raise ReleaseRequestError(f"The request {error}") from error


_Statement = TypeVar("_Statement", RemoteCommandStatement, ReleaseRequestStatement)


def _sign_statement(statement: BaseModel, key: Ed25519PrivateKey, context: bytes) -> dict[str, str]:
    """The fields of a signed message to one kiosk."""
    raw = _canonical(statement)
    return {
        "statement": to_base64(raw),
        "signature": to_base64(key.sign(context + raw)),
        "key": keys.fingerprint(keys.public_key_bytes(key)),
    }


def _verify_statement(
    message: RemoteCommand | ReleaseRequest,
    statement_class: type[_Statement],
    public_key: bytes,
    enrolment_id: UUID,
    context: bytes,
) -> _Statement:
    """The verified statement of a message to this kiosk. Raises ValueError with the end of a sentence."""
    try:
        raw = from_base64(message.statement)
        Ed25519PublicKey.from_public_bytes(public_key).verify(from_base64(message.signature), context + raw)
        statement = statement_class.model_validate_json(raw)
    except WrongSignature:
        raise ValueError("is not signed by the centre this kiosk is enrolled at") from None
    except (ValidationError, ValueError) as error:
        raise ValueError("contains no statement that can be read") from error
    if statement.enrolment_id != enrolment_id:
        raise ValueError("is meant for another enrolment")
    return statement


def _canonical(statement: BaseModel) -> bytes:
    return json.dumps(statement.model_dump(mode="json"), sort_keys=True, separators=(",", ":")).encode()
