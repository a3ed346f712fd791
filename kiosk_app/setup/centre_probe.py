"""Asks the address of a centre who is there, and who vouches for its certificate. Runs as the interface's user."""

import hashlib
import ssl
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from http.client import HTTPConnection, HTTPException
from urllib.parse import urlsplit

from requests import PreparedRequest
from requests.utils import get_environ_proxies, select_proxy

from journey.setup.setup_state import TaskOutcome
from kiosk_app.forwarder.centre_connection import CentreConnection
from kiosk_app.forwarder.centre_errors import (
    CentreError,
    IncompatibleVersionError,
    IntermediaryError,
    RefusedError,
    RetryLaterError,
)
from kiosk_app.forwarder.tls import TrustStore

FINGERPRINT_ANSWER, AUTHORITY_ANSWER = "centre.fingerprint", "centre.authority"
_TIMEOUT_S = 10.0
_NO_AUTHORITY = ((FINGERPRINT_ANSWER, ""), (AUTHORITY_ANSWER, ""))
_THAILAND = timezone(timedelta(hours=7))
# OpenSSL's X509_V_ERR_* (x509_vfy.h).
_UNKNOWN_AUTHORITY = {2, 18, 19, 20, 21}  # no issuer in the store, in several ways
_WRONG_DATE = {9, 10}  # not yet valid, expired
_WRONG_NAME = {62, 64}


def probe_centre(url: str, ca_file: str = "") -> TaskOutcome:
    """Whether a centre answers at `url`, with a certificate that this kiosk accepts."""
    request = PreparedRequest()
    try:
        request.prepare("POST", f"{url.rstrip('/')}/api/v1/enrolments", data="{}")
        with CentreConnection(TrustStore(ca_file), exchange_s=_TIMEOUT_S) as connection:
            try:
                connection.send(request)
            except RefusedError:  # a centre, and nothing else, refuses the empty request as a problem of RFC 9457
                authority = connection.verified_ca_pem
                name = certificate_name(authority) if authority else "-"
                return TaskOutcome(passed=True, sentence="centre.answered", detail=name, answers=_NO_AUTHORITY)
    except (CentreError, OSError, ValueError) as error:
        return _explain(error, url)
    return _failure("centre.no_service")


def _failure(sentence: str, detail: str = "") -> TaskOutcome:
    return TaskOutcome(passed=False, sentence=sentence, detail=detail, answers=_NO_AUTHORITY)


def _explain(error: Exception, url: str) -> TaskOutcome:
    if isinstance(error, IncompatibleVersionError):
        return _failure("centre.incompatible")
    if isinstance(error, RetryLaterError) and not isinstance(error, IntermediaryError):
        return _failure("centre.busy")
    if "proxy" in str(error) and "password" in str(error):  # as CentreConnection names a response 407
        return _failure("centre.proxy_login")
    if isinstance(error, CentreError) and error.__cause__ is None:  # something answered, and it is no centre
        return _failure("centre.no_service")
    refused = next((cause for cause in _causes(error) if isinstance(cause, ssl.SSLCertVerificationError)), None)
    if refused is None:
        return _failure("centre.unreachable")
    if refused.verify_code in _UNKNOWN_AUTHORITY:
        return _describe_authority(url)
    if refused.verify_code in _WRONG_DATE:
        return _failure("centre.wrong_date", f"{datetime.now(_THAILAND):%Y-%m-%d}")
    if refused.verify_code in _WRONG_NAME:
        return _failure("centre.wrong_name")
    return _failure("centre.wrong_certificate", refused.verify_message[:80])


def _causes(error: BaseException) -> Iterator[BaseException]:
    """The error and what it was raised from. urllib3 keeps that as `reason`, behind a proxy as its only argument."""
    cause: object = error
    while isinstance(cause, BaseException):
        yield cause
        arguments = [*cause.args, None]
        cause = cause.__cause__ or cause.__context__ or getattr(cause, "reason", None) or arguments[0]


def _describe_authority(url: str) -> TaskOutcome:
    """What the technician compares before the unknown authority of `url` is accepted."""
    from cryptography import x509  # noqa: PLC0415  takes 0.1 s, and only this page needs it

    try:
        chain = unverified_chain(url)
        highest = x509.load_der_x509_certificate(chain[-1])
        constraints = [extension.value for extension in highest.extensions]
    except (OSError, HTTPException, ValueError, IndexError):
        return _failure("centre.unreachable")
    # A server's own certificate is renewed after some months, and a kiosk that knew only this one would be cut off.
    is_authority = any(isinstance(value, x509.BasicConstraints) and value.ca for value in constraints)
    if highest.issuer != highest.subject and not is_authority:
        return _failure("centre.incomplete_chain")
    fingerprint = format_fingerprint(chain[-1])
    answers = ((FINGERPRINT_ANSWER, fingerprint), (AUTHORITY_ANSWER, ssl.DER_cert_to_PEM_cert(chain[-1])))
    # passed: the next page asks about the fingerprint.
    return TaskOutcome(passed=True, sentence="centre.unknown_authority", detail=fingerprint, answers=answers)


def unverified_chain(url: str) -> list[bytes]:
    """The certificates that the server sends, as DER, its own first. Raises OSError or HTTPException when nobody
    answers."""
    parts = urlsplit(url)
    host, port = parts.hostname or "", parts.port or 443
    proxy = urlsplit(select_proxy(url, get_environ_proxies(url)) or "")
    connection = HTTPConnection(proxy.hostname or host, proxy.port or port, timeout=_TIMEOUT_S)
    if proxy.hostname:
        connection.set_tunnel(host, port)
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    connection.connect()
    with context.wrap_socket(connection.sock, server_hostname=host) as secured:
        inner = getattr(secured, "_sslobj", None)  # public from Python 3.13 on
        chain = inner.get_unverified_chain() if inner is not None else None
    return [entry if isinstance(entry, bytes) else entry.public_bytes(2) for entry in chain or ()]


def format_fingerprint(certificate: bytes) -> str:
    """SHA-256 of a certificate as people compare it: the first 20 bytes in groups, which nobody can imitate."""
    digest = hashlib.sha256(certificate).hexdigest().upper()[:40]
    return " ".join(digest[i : i + 4] for i in range(0, len(digest), 4))


def certificate_name(pem: str) -> str:
    """The name of a certificate's holder."""
    from cryptography import x509  # noqa: PLC0415

    subject = x509.load_pem_x509_certificate(pem.encode()).subject
    names = subject.get_attributes_for_oid(x509.NameOID.COMMON_NAME) or list(subject)
    return str(names[0].value)[:80] if names else "-"
