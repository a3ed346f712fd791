"""The addresses that this service gives out: in links to send on, in mails, to kiosks.

`CENTRAL_URL` is the address of the installation. The Host header of a request is not: whoever sends the request chooses
it, and a link with a secret would lead to another machine. Only an installation without `CENTRAL_URL`, which answers on
loopback, uses the request (decision 0074)."""

from django.conf import settings
from django.http import HttpRequest


def service_url(request: HttpRequest) -> str:
    """The address of this service, without a slash at its end."""
    return settings.PUBLIC_URL or f"{request.scheme}://{request.get_host()}"


def absolute_url(request: HttpRequest, path: str) -> str:
    """The whole address of a path of this service, which begins with a slash."""
    return f"{service_url(request)}{path}"
