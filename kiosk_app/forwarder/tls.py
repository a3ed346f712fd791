"""Whom TLS believes: the authority this kiosk was enrolled under, whatever other certificates the system trusts.

At the enrolment two people compare a code, and the authority that vouched for the centre then is kept beside it: from
there on it alone counts (decision 0013). Whether a certificate is too old or not yet valid is judged only by a clock
that a time server has set: a kiosk whose battery died believes it is another year, and must deliver all the same.
"""

import ssl
from typing import Any

import requests
from requests.adapters import HTTPAdapter

from kiosk_app.forwarder.deadline import Deadline, make_pool_classes
from kiosk_app.outbox.clock import clock_quality
from protocol.choices import ClockQuality

_NO_CHECK_TIME = ssl.VerifyFlags(0x200000)  # X509_V_FLAG_NO_CHECK_TIME of OpenSSL, which Python does not name
_DER_ENCODING = 2  # _ssl.ENCODING_DER


class TrustStore:
    """`ca_file` names the PEM file of the authorities that count; without it `ca_pem`, the PEM itself; without
    both, whatever the system trusts."""

    def __init__(self, ca_file: str = "", ca_pem: str = "") -> None:
        self._ca_file = ca_file
        self._ca_pem = "" if ca_file else ca_pem
        self._context: ssl.SSLContext | None = None
        self.verified_ca_pem = ""  # PEM of the authority that vouched for whoever answered last

    def context(self) -> ssl.SSLContext:
        """Made when first wanted: reading the system's certificates takes 20 ms. Raises OSError, ssl.SSLError."""
        if self._context is None:
            self._context = ssl.create_default_context(cafile=self._ca_file or None, cadata=self._ca_pem or None)
            # Python 3.13 would refuse what 3.11 takes: authorities of a centre's own, made without all extensions.
            self._context.verify_flags &= ~ssl.VerifyFlags.VERIFY_X509_STRICT
        return self._context

    def update_time_check(self) -> None:
        """For the connections made from now on."""
        context = self.context()
        dated = context.verify_flags & ~_NO_CHECK_TIME
        trusted = clock_quality() is ClockQuality.SYNCHRONISED
        context.verify_flags = dated if trusted else dated | _NO_CHECK_TIME

    def record_authority(self, response: requests.Response) -> None:
        """Keep who vouched for this answer, while its connection is still there."""
        connection = getattr(response.raw, "connection", None)
        inner = getattr(getattr(connection, "sock", None), "_sslobj", None)
        if inner is not None and (chain := inner.get_verified_chain()):  # public from Python 3.13 on
            self.verified_ca_pem = ssl.DER_cert_to_PEM_cert(chain[-1].public_bytes(_DER_ENCODING))


class DeadlineAdapter(HTTPAdapter):
    """Connections of `requests` that a deadline watches, directly or through a proxy."""

    def __init__(self, deadline: Deadline) -> None:
        self._pools = make_pool_classes(deadline)
        super().__init__()

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = self._pools

    def proxy_manager_for(self, proxy: str, **kwargs: Any) -> Any:
        manager = super().proxy_manager_for(proxy, **kwargs)
        if not proxy.lower().startswith("socks"):
            manager.pool_classes_by_scheme = self._pools
        return manager


class PinnedTlsAdapter(DeadlineAdapter):
    """The same, trusting the authorities of that store."""

    def __init__(self, trust_store: TrustStore, deadline: Deadline) -> None:
        self._trust_store = trust_store
        super().__init__(deadline)

    def build_connection_pool_key_attributes(
        self, request: requests.PreparedRequest, verify: Any, cert: Any = None
    ) -> Any:
        """Where to, as ever; whom to believe is not for the environment to say."""
        host, _ = super().build_connection_pool_key_attributes(request, True, cert)
        return host, {"ssl_context": self._trust_store.context()}

    def cert_verify(self, conn: Any, url: str, verify: Any, cert: Any) -> None:
        """Adds no certificates of requests' own."""
        conn.cert_reqs = "CERT_REQUIRED"
