"""Names of routes: they identify a page or an endpoint without what a URL contains of a case or a person."""

from collections.abc import Iterator

from django.http import HttpRequest
from django.urls import URLPattern, URLResolver, get_resolver

STATIC_FILE, UNKNOWN_PAGE = "static", "unknown"
# Asked by machines every few seconds: not logged.
PROBES = frozenset({"healthz", "readyz", "metrics"})


def route_name(request: HttpRequest) -> str:
    """The name of the route of a request that was handled, such as 'desk:case'. 'unknown' for a URL without a page."""
    if request.resolver_match is not None:
        return request.resolver_match.view_name or UNKNOWN_PAGE
    return STATIC_FILE if request.path.startswith("/static/") else UNKNOWN_PAGE


def route_names() -> list[str]:
    """The names of all routes."""
    return sorted({STATIC_FILE, UNKNOWN_PAGE, *_names(get_resolver().url_patterns, "")})


def _names(patterns: list[URLPattern | URLResolver], prefix: str) -> Iterator[str]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            namespace = f"{prefix}{pattern.namespace}:" if pattern.namespace else prefix
            yield from _names(pattern.url_patterns, namespace)
        elif pattern.name:
            yield f"{prefix}{pattern.name}"
