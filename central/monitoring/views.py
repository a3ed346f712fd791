"""/healthz, /readyz and /metrics."""

import hmac
from ipaddress import ip_address

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest

from central.monitoring.metrics import InstallationCollector
from central.monitoring.readiness import is_ready, readiness


@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """200 while the process answers. It reads nothing: a database that is away is no reason to restart this process."""
    return HttpResponse("ok\n", content_type="text/plain")


@require_safe
def readyz(request: HttpRequest) -> HttpResponse:
    """200 when requests can be handled, 503 with the checks that failed otherwise."""
    results = readiness.results()
    ready = is_ready(results)
    response = JsonResponse({"ready": ready, "checks": results}, status=200 if ready else 503)
    response._has_been_logged = True  # type: ignore[attr-defined]  # by the cache, once and not at every probe
    return response


@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """The metrics in the text format of Prometheus, for callers that the settings admit. A 404 for everybody else."""
    if not _may_read_metrics(request):
        raise Http404
    registry = CollectorRegistry(auto_describe=False)
    registry.register(InstallationCollector())
    return HttpResponse(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


def _may_read_metrics(request: HttpRequest) -> bool:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if settings.METRICS_TOKEN and scheme == "Bearer":
        return hmac.compare_digest(token.encode(), settings.METRICS_TOKEN.encode())
    try:
        caller = ip_address(str(request.META.get("REMOTE_ADDR", "")))
    except ValueError:
        return False
    return any(caller in network for network in settings.METRICS_FROM)
