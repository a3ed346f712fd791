"""TLS trust store: which certificate authorities are accepted.

At the enrolment two people compare a code, and the authority that signed the centre's certificate is saved with it:
afterwards only this authority is accepted, regardless of the system's trust store (decision 0013). The validity period
of a certificate is checked only when a time server has set the clock: a kiosk with an empty clock battery must deliver
too.
"""

import ssl
from typing import Any

import requests

from kiosk_app.outbox.clock import clock_quality
from machine.http_deadline import Deadline, DeadlineAdapter
from protocol.choices import ClockQuality

_NO_CHECK_TIME = ssl.VerifyFlags(0x200000)  # X509_V_FLAG_NO_CHECK_TIME of OpenSSL, which Python does not name
_DER_ENCODING = 2  # _ssl.ENCODING_DER


class TrustStore:
    """`ca_file`: PEM file of the accepted authorities; without it `ca_pem`, the PEM; without both, the system's."""

    def __init__(self, ca_file: str = "", ca_pem: str = "") -> None:
        self._ca_file = ca_file
        self._ca_pem = "" if ca_file else ca_pem
        self._context: ssl.SSLContext | None = None
        self.verified_ca_pem = ""  # PEM of the authority of the last response

    def context(self) -> ssl.SSLContext:
        """Created at the first use: reading the system's certificates takes 20 ms. Raises OSError, ssl.SSLError."""
        if self._context is None:
            self._context = ssl.create_default_context(cafile=self._ca_file or None, cadata=self._ca_pem or None)
            # Accepts private authorities whose certificate lacks some extensions: Python 3.13 refuses them, 3.11 does
            # not.
            self._context.verify_flags &= ~ssl.VerifyFlags.VERIFY_X509_STRICT
            # Accepts an intermediate authority as the one to trust, as Python 3.13 does: servers do not send the root.
            self._context.verify_flags |= ssl.VerifyFlags.VERIFY_X509_PARTIAL_CHAIN
        return self._context

    def update_time_check(self) -> None:
        """For new connections, check the validity period of certificates only if a time server has set the clock."""
        context = self.context()
        dated = context.verify_flags & ~_NO_CHECK_TIME
        trusted = clock_quality() is ClockQuality.SYNCHRONISED
        context.verify_flags = dated if trusted else dated | _NO_CHECK_TIME

    def record_authority(self, response: requests.Response) -> None:
        """Save the authority of this response; its connection must still be open."""
        connection = getattr(response.raw, "connection", None)
        inner = getattr(getattr(connection, "sock", None), "_sslobj", None)
        if inner is not None and (chain := inner.get_verified_chain()):  # public from Python 3.13 on
            self.verified_ca_pem = ssl.DER_cert_to_PEM_cert(chain[-1].public_bytes(_DER_ENCODING))


class PinnedTlsAdapter(DeadlineAdapter):
    """A DeadlineAdapter that accepts only the authorities of a trust store."""

    def __init__(self, trust_store: TrustStore, deadline: Deadline) -> None:
        self._trust_store = trust_store
        super().__init__(deadline)

    def build_connection_pool_key_attributes(
        self, request: requests.PreparedRequest, verify: Any, cert: Any = None
    ) -> Any:
        """The usual host; certificates are not configurable by the environment."""
        host, _ = super().build_connection_pool_key_attributes(request, True, cert)
        return host, {"ssl_context": self._trust_store.context()}

    def cert_verify(self, conn: Any, url: str, verify: Any, cert: Any) -> None:
        """Do not add the certificates bundled with `requests`."""
        conn.cert_reqs = "CERT_REQUIRED"
