"""What makes the pages of the citizen an app on a phone: its manifest, the service worker that opens the form without
network, and the script that finds the proof of work."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.views.decorators.http import require_safe

_SCRIPT = "text/javascript; charset=utf-8"
_ICONS = [
    {"src": f"/static/icons/app-{size}.png", "sizes": f"{size}x{size}", "type": "image/png", "purpose": purpose}
    for size, purpose in ((192, "any"), (512, "any"), (512, "maskable"))
]


@require_safe
def manifest(request: HttpRequest) -> JsonResponse:
    """The web app: it opens the front page, with tracking and filing as shortcuts."""
    return JsonResponse(
        {
            "name": "ศูนย์ดำรงธรรม · Damrongdham",
            "short_name": "ดำรงธรรม",
            "lang": "th",
            "start_url": "/",
            "scope": "/",
            "display": "standalone",
            "background_color": "#F6F3EA",
            "theme_color": "#12376E",
            "icons": _ICONS,
            "shortcuts": [
                {"name": "ยื่นเรื่อง · File a complaint", "url": "/file"},
                {"name": "ติดตามเรื่อง · Track a case", "url": "/t"},
            ],
        },
        content_type="application/manifest+json",
        headers={"Cache-Control": "public, max-age=86400"},
    )


@require_safe
def filing_worker(request: HttpRequest) -> HttpResponse:
    """The service worker of /file."""
    return _script("public/filing_worker.js", **{"Service-Worker-Allowed": "/file"})


@require_safe
def proof_worker(request: HttpRequest) -> HttpResponse:
    """The Web Worker that finds the proof of work."""
    return _script("public/proof_worker.js")


def _script(template: str, **headers: str) -> HttpResponse:
    return HttpResponse(
        render_to_string(template), content_type=_SCRIPT, headers={"Cache-Control": "no-cache", **headers}
    )
