"""The network address of a caller, as throttles and the record of account events use it."""

from ipaddress import IPv4Address, ip_address, ip_network

from django.http import HttpRequest


def client_address(request: HttpRequest) -> str:
    """The address of the caller. Behind a proxy, `central serve --trusted-proxy` makes it the client's address.

    An IPv6 address is reduced to its /64: one household or one phone can call from all 2**64 addresses of it."""
    # Some proxies write "[2001:db8::1]:4711". waitress passes it on unchanged.
    text = str(request.META.get("REMOTE_ADDR", "")).removeprefix("[").partition("]")[0]
    try:
        address = ip_address(text)
    except ValueError:
        return text
    if isinstance(address, IPv4Address):
        return text
    return str(address.ipv4_mapped or ip_network((int(address) >> 64 << 64, 64)))
