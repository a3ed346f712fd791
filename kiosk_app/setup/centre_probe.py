"""Asks the address of a centre who is there, and who vouches for its certificate. Runs as the interface's user."""

import hashlib
import os
import socket
import ssl
from urllib.parse import urlsplit

from requests import PreparedRequest, RequestException

from journey.setup.setup_state import TaskOutcome
from kiosk_app.forwarder.centre_connection import CentreConnection
from kiosk_app.forwarder.centre_errors import CentreError
from kiosk_app.forwarder.tls import TrustStore

FINGERPRINT_ANSWER, AUTHORITY_ANSWER = "centre.fingerprint", "centre.authority"
_TIMEOUT_S = 10.0
_NO_AUTHORITY = ((FINGERPRINT_ANSWER, ""), (AUTHORITY_ANSWER, ""))


def probe_centre(url: str, ca_file: str = "") -> TaskOutcome:
    """Whether a centre answers at `url`, with a certificate that this kiosk accepts."""
    request = PreparedRequest()
    try:
        with CentreConnection(TrustStore(ca_file), exchange_s=_TIMEOUT_S) as connection:
            request.prepare("POST", f"{url.rstrip('/')}/api/v1/enrolments", data="{}")
            response = connection.send(request)
            authority = connection.verified_ca_pem
    except (CentreError, RequestException, OSError) as error:
        return _explain(error, url)
    # A centre refuses the empty request as a problem; anything else has no such address.
    if response.status == 404 or response.status >= 500:
        return TaskOutcome(passed=False, sentence="centre.no_service", answers=_NO_AUTHORITY)
    name = certificate_name(authority) if authority else "-"
    return TaskOutcome(passed=True, sentence="centre.answered", detail=name, answers=_NO_AUTHORITY)


def _explain(error: BaseException, url: str) -> TaskOutcome:
    text = f"{error} {error.__cause__!r}"
    if "proxy" in text.lower() and "password" in text.lower():
        return TaskOutcome(passed=False, sentence="centre.proxy_login", answers=_NO_AUTHORITY)
    if url.startswith("https:") and not os.environ.get("HTTPS_PROXY"):
        try:
            chain, reason = unverified_chain(url)
        except (OSError, ValueError):
            return TaskOutcome(passed=False, sentence="centre.unreachable", answers=_NO_AUTHORITY)
        if reason in _UNKNOWN_AUTHORITY and chain:
            pem = ssl.DER_cert_to_PEM_cert(chain[-1])
            fingerprint = format_fingerprint(chain[-1])
            answers = ((FINGERPRINT_ANSWER, fingerprint), (AUTHORITY_ANSWER, pem))
            # passed: the next page asks about the fingerprint.
            return TaskOutcome(passed=True, sentence="centre.unknown_authority", detail=fingerprint, answers=answers)
        if reason:
            return TaskOutcome(False, "centre.wrong_certificate", _REASONS.get(reason, ""), answers=_NO_AUTHORITY)
    return TaskOutcome(passed=False, sentence="centre.unreachable", answers=_NO_AUTHORITY)


# OpenSSL's X509_V_ERR_*: no issuer in the store, in several ways.
_UNKNOWN_AUTHORITY = {2, 18, 19, 20, 21}
_REASONS = {9: "not valid yet", 10: "expired", 62: "another name", 64: "another address"}


def unverified_chain(url: str) -> tuple[list[bytes], int]:
    """The certificates that the server sends, as DER, and OpenSSL's reason to refuse them (0 for none). Raises
    OSError when nobody answers."""
    parts = urlsplit(url)
    host, port = parts.hostname or "", parts.port or 443
    reason = 0
    try:
        with socket.create_connection((host, port), _TIMEOUT_S) as plain:
            context = ssl.create_default_context()
            with context.wrap_socket(plain, server_hostname=host):
                pass
    except ssl.SSLCertVerificationError as error:
        reason = error.verify_code
    unchecked = ssl.create_default_context()
    unchecked.check_hostname, unchecked.verify_mode = False, ssl.CERT_NONE
    with (
        socket.create_connection((host, port), _TIMEOUT_S) as plain,
        unchecked.wrap_socket(plain, server_hostname=host) as secured,
    ):
        inner = getattr(secured, "_sslobj", None)
        chain = inner.get_unverified_chain() if inner is not None else None
        if not chain:
            return [], reason
        return [entry if isinstance(entry, bytes) else entry.public_bytes(2) for entry in chain], reason


def format_fingerprint(certificate: bytes) -> str:
    """SHA-256 of a certificate as people compare it: the first 20 bytes in groups, which nobody can imitate."""
    digest = hashlib.sha256(certificate).hexdigest().upper()[:40]
    return " ".join(digest[i : i + 4] for i in range(0, len(digest), 4))


def certificate_name(pem: str) -> str:
    """The name of a certificate's holder."""
    from cryptography import x509  # noqa: PLC0415  takes 0.1 s, and only this page needs it

    subject = x509.load_pem_x509_certificate(pem.encode()).subject
    names = subject.get_attributes_for_oid(x509.NameOID.COMMON_NAME) or list(subject)
    return str(names[0].value)[:80] if names else "-"
