"""The URLs: citizens at /, /t, /file and /activities, wall screens at /wall, kiosks at /api, officers at /desk,
agencies by personal links at /a, machines that watch the service at /healthz."""

from django.urls import include, path

from central.activities import views as activities
from central.activities.feed import ActivityFeed
from central.agency_desk.urls import desk_patterns, link_patterns
from central.api import api
from central.desk.agency_registration_views import register_agency
from central.monitoring import views as monitoring
from central.public import app_files, open_data_views
from central.public.filing_views import filing
from central.public.place_lists import places_of_province
from central.public.receipt_views import receipt_file
from central.tracking import action_views, history_views
from central.tracking import views as tracking
from central.tracking.history_roots import history_roots
from central.tracking.lost_code_views import lost_code
from central.tracking.push_worker import push_worker
from central.wall_screens import views as wall_views

urlpatterns = [
    path("", tracking.landing, name="landing"),
    path("app.webmanifest", app_files.manifest, name="manifest"),
    path("file", filing, name="file"),
    path("file/receipt", receipt_file, name="file_receipt"),
    path("file/places/<str:province>.json", places_of_province, name="file_places"),
    path("file/worker.js", app_files.filing_worker, name="filing_worker"),
    path("file/proof-worker.js", app_files.proof_worker, name="proof_worker"),
    path("t", tracking.track, name="track"),
    path("t/details", action_views.details, name="track_details"),
    path("t/rating", action_views.rating, name="track_rating"),
    path("t/survey", action_views.survey, name="track_survey"),
    path("t/reopening", action_views.reopening, name="track_reopening"),
    path("t/new-code", action_views.new_code, name="track_new_code"),
    path("t/lost", lost_code, name="track_lost"),
    path("t/data", action_views.data_request, name="track_data"),
    path("t/push-worker.js", push_worker, name="push_worker"),
    path("t/notices", action_views.notices, name="track_notices"),
    path("t/history", history_views.history, name="track_history"),
    path("wall", wall_views.wall, name="wall"),
    path("wall/panel", wall_views.wall_panel, name="wall_panel"),
    path("activities", activities.activity_list, name="activities"),
    path("activities/feed", ActivityFeed(), name="activity_feed"),
    path("activities/photos/<str:key>.jpg", activities.activity_photo, name="activity_photo"),
    path("activities/<int:activity_id>", activities.activity_page, name="activity"),
    path("open-data", open_data_views.open_data_page, name="open_data"),
    path("open-data/catalogue.json", open_data_views.open_data_catalogue, name="open_data_catalogue"),
    path("open-data/<str:month>.<str:format_name>", open_data_views.open_data_file, name="open_data_file"),
    path("history-roots.txt", history_roots, name="history_roots"),
    path("healthz", monitoring.healthz, name="healthz"),
    path("readyz", monitoring.readyz, name="readyz"),
    path("metrics", monitoring.metrics, name="metrics"),
    path("api/", api.urls),
    path("agencies/register", register_agency, name="register_agency"),
    path("desk/", include(desk_patterns)),
    path("desk/", include("central.desk.urls")),
    path("a/", include(link_patterns)),
]
handler400 = "central.error_pages.bad_request"
handler403 = "central.error_pages.forbidden"
handler404 = "central.error_pages.not_found"
handler500 = "central.error_pages.server_error"
