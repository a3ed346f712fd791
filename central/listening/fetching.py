"""Fetches a feed: limited in bytes, time and redirects, and from public addresses only.

An administrator types the address, and the server answers with whatever it likes. The address that a name has is
checked on the open connection, before anything is sent: a name server that changes its answer gains nothing. The
centre's own network is reached only where the installation names the host (`CENTRAL_FEED_HOSTS`)."""

import ipaddress
from urllib.parse import urljoin, urlsplit

import requests
from django.conf import settings
from urllib3.exceptions import HTTPError

from machine.http_deadline import Deadline, DeadlineAdapter

MAX_FEED_BYTES = 2 * 1024 * 1024
_DEADLINE_S, _CONNECT_S, _READ_S = 20.0, 5.0, 10.0
_MAX_REDIRECTS = 3
_CHUNK_BYTES = 16 * 1024
# Addresses of IPv4 hosts, internal ones too, inside IPv6: of translators (RFC 6052), and of old tunnels. And fec0::/10,
# which was internal before fc00::/7.
_TRANSLATED = tuple(map(ipaddress.ip_network, ("64:ff9b::/96", "::/96", "2002::/16", "fec0::/10")))
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_HEADERS = {
    "User-Agent": "Damrongdham-Centre",
    "Accept": "application/rss+xml, application/atom+xml, application/feed+json, application/xml, application/json",
    "Accept-Encoding": "identity",  # a small compressed answer cannot become a large one
}


class FeedError(Exception):
    """A feed that cannot be fetched or read. `code` is stored with its source."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def check_address(url: str) -> str:
    """The host of an address that may be fetched. Raises FeedError."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        raise FeedError("address") from None
    if parts.scheme not in ("http", "https") or not host or parts.username or parts.password:
        raise FeedError("address")
    return host


def fetch(url: str) -> bytes:
    """The content of a feed. Raises FeedError. Only an address that somebody typed reaches the own network: a server
    elsewhere must not lead there by a redirect."""
    typed_host = check_address(url)
    for _ in range(_MAX_REDIRECTS + 1):
        is_own = typed_host in settings.FEED_HOSTS and check_address(url) == typed_host
        response = _request(url, is_own=is_own)
        if isinstance(response, bytes):
            return response
        url = urljoin(url, response)
    raise FeedError("redirects")


def _request(url: str, *, is_own: bool) -> bytes | str:
    """The content, or the address of a redirect. `is_own`: the peer may be in the centre's own network."""
    check_address(url)
    deadline, content = Deadline(), bytearray()
    adapter = DeadlineAdapter(deadline, accepts_peer=None if is_own else is_public)
    try:
        with requests.Session() as session:
            session.trust_env = False  # a proxy would reach addresses that are refused here
            session.mount("http://", adapter)
            session.mount("https://", adapter)
            with (
                deadline.enforce(_DEADLINE_S),
                session.get(
                    url, headers=_HEADERS, timeout=(_CONNECT_S, _READ_S), allow_redirects=False, stream=True
                ) as response,
            ):
                if response.status_code in _REDIRECTS:
                    return response.headers.get("Location", "")[:2000]
                if response.status_code != requests.codes.ok:
                    raise FeedError("refused")
                for chunk in response.iter_content(_CHUNK_BYTES):
                    content += chunk
                    if len(content) > MAX_FEED_BYTES:
                        raise FeedError("too_large")
    except (requests.RequestException, HTTPError, OSError, ValueError) as error:
        raise FeedError("not_public" if _is_refused_peer(error) else "not_reached") from None
    if deadline.has_expired:
        raise FeedError("too_slow")
    return bytes(content)


def is_public(address: str) -> bool:
    """Whether this is an address of the Internet: not of this machine, its network, or a special use."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address) and ip.ipv4_mapped is not None:
        ip = ip.ipv4_mapped
    return ip.is_global and not ip.is_multicast and not any(ip in each for each in _TRANSLATED)


def _is_refused_peer(error: BaseException) -> bool:
    return "The peer is not accepted" in str(error)
