"""The JSON API, /api/v1/…, described at /api/openapi.json. Ninja's page for it is off: it loads from third parties."""

from enum import Enum
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from ninja import NinjaAPI
from ninja.parser import Parser
from ninja.renderers import JSONRenderer
from ninja.responses import NinjaJSONEncoder
from pydantic_core import from_json

from central import problems
from central.fleet.api import router as fleet
from central.intake.api import router as intake
from central.line_account.api import router as line_account
from central.listening.api import router as listening
from central.notices.api import router as notices
from central.tracking.api import router as tracking


class _Encoder(NinjaJSONEncoder):
    """Writes an enum as its value; Ninja's own encoder writes its Python name."""

    def default(self, o: Any) -> Any:
        return o.value if isinstance(o, Enum) else super().default(o)


class _Renderer(JSONRenderer):
    encoder_class = _Encoder


class _BoundedJsonParser(Parser):
    """Strict JSON (RFC 8259). Python's own parser also accepts lone surrogates, which no database can store."""

    def parse_body(self, request: HttpRequest) -> Any:
        # A value takes 50 to 100 bytes as an object: 4 MB of «[],[],…» would take 100 MB before a model refuses it.
        if sum(map(request.body.count, (b",", b"[", b"{"))) > settings.MAX_JSON_VALUES:
            raise ValueError("More values than any message has")
        return from_json(request.body)


api = NinjaAPI(
    title="Damrongdham central service",
    version="1",
    docs_url=None,
    openapi_url="/openapi.json",
    renderer=_Renderer(),
    parser=_BoundedJsonParser(),
)
problems.register_exception_handlers(api)
api.add_router("/v1", intake, tags=["intake"])
api.add_router("/v1", fleet, tags=["fleet"])
api.add_router("/v1", tracking, tags=["tracking"])
api.add_router("/v1", notices, tags=["notices"])
api.add_router("/v1", line_account, tags=["line"])
api.add_router("/v1", listening, tags=["listening"])
