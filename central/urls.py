"""Addresses: citizens at /, /t; kiosks at /api; officers at /desk."""

from django.urls import include, path

from central.api import api
from central.tracking import views as tracking

urlpatterns = [
    path("", tracking.landing, name="landing"),
    path("t", tracking.track, name="track"),
    path("api/", api.urls),
    path("desk/", include("central.desk.urls")),
]
handler400 = "central.errors.bad_request"
handler403 = "central.errors.forbidden"
handler404 = "central.errors.not_found"
handler500 = "central.errors.failed"
