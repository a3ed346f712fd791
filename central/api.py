"""The JSON API, /api/v1/…, described at /api/openapi.json (without a page for it: that would load from third parties)."""

from ninja import NinjaAPI

from central import problems
from central.fleet.api import router as fleet
from central.intake.api import router as intake
from central.tracking.api import router as tracking

api = NinjaAPI(title="Damrongdham central service", version="1", docs_url=None, openapi_url="/openapi.json")
problems.install(api)
api.add_router("/v1", intake, tags=["intake"])
api.add_router("/v1", fleet, tags=["fleet"])
api.add_router("/v1", tracking, tags=["tracking"])
