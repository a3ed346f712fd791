"""Pages that are only seen after a form: the forms of a citizen, which have the tracking code in their body, and what
the desk answers to a form that it refuses or carries out."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class PostedPage:
    """A form that `user` sends from the page `base`: names and values of its fields. '' is a visitor. A desk's form
    gets the token of the page."""

    name: str
    user: str
    base: str
    path: str
    fields: Mapping[str, str] = field(default_factory=dict)


_CITIZEN_FORMS = {
    "track_details": "/t/details",
    "track_rating": "/t/rating",
    "track_survey": "/t/survey",
    "track_reopening": "/t/reopening",
    "track_new_code": "/t/new-code",
    "track_data": "/t/data",
    "track_notices": "/t/notices",
    "track_history": "/t/history",
}


# An officer enters a case; sent again with its key, the same slip is shown.
_FILED_CASE = {
    "key": "0192f0c4-7a5e-7cc3-8d11-5f0b2a9e4d10",
    "notice_given": "read_out",
    "channel": "counter",
    "naming": "named",
    "topic": "utilities",
    "nature": "complaint",
    "about": "nobody",
    "for_whom": "self",
    "place": "400101",
    "text": "ไฟถนนหน้าวัดดับมาสองสัปดาห์",
}
_OTHER_KEY = "0192f0c4-7a5e-7cc3-8d11-5f0b2a9e4d11"
_SEARCH = {"way": "number", "term": "KKN07A-000123-41", "reason": "ผู้ร้องโทรมา"}


def posted_pages(code: str, case_number: str, import_id: int, trial_id: int) -> list[PostedPage]:
    """Every such page, with this case and import for those that need one. `code` is the tracking code of the case; the
    rows of the import `trial_id` are being tried."""
    citizen = [PostedPage(name, "", "/t", path, {"code": code}) for name, path in _CITIZEN_FORMS.items()]
    sent = PostedPage("track_details", "", "/t", "/t/details", {"code": code, "token": "not-a-token", "text": ""})
    imports = f"/desk/imports/{import_id}"
    routes, case = "/desk/notices/routes/khonkaen", f"/desk/cases/{case_number}"
    return [
        *citizen,
        sent,
        PostedPage("desk:file", "intake1", "/desk/file", "/desk/file", _FILED_CASE),
        PostedPage("desk:file", "intake1", "/desk/file", "/desk/file", {**_FILED_CASE, "key": _OTHER_KEY, "text": ""}),
        PostedPage("desk:find", "intake1", "/desk/find", "/desk/find", _SEARCH | {"term": case_number}),
        PostedPage("desk:find", "intake1", "/desk/find", "/desk/find", _SEARCH | {"reason": ""}),
        PostedPage("desk:new_code", "intake1", f"{case}/code", f"{case}/code", {"way": "card", "proposed": "x"}),
        PostedPage("desk:imports", "director", "/desk/imports", "/desk/imports", {"centre": "khonkaen"}),
        PostedPage("desk:import_batch", "director", imports, imports, {"text": ""}),
        PostedPage("desk:import_batch", "director", imports, f"/desk/imports/{trial_id}", {"text": ""}),
        PostedPage("desk:import_batch", "director", imports, f"{imports}/step", {"step": "stop"}),
        PostedPage("desk:add_activity", "director", "/desk/activities", "/desk/activities/new", {"title_th": ""}),
        PostedPage("desk:search", "officer1", "/desk/", "/desk/search", {"words": "นางสมใจ ใจดี ถนน"}),
        PostedPage("desk:notice_hours", "admin", routes, f"{routes}/hours", {"quiet_from": "25:00"}),
        PostedPage("desk:notice_route", "admin", routes, f"{routes}/line", {"is_active": "on", "sender": "no-id"}),
        PostedPage("desk:send_again", "admin", "/desk/notices", "/desk/notices/send-again", {"all": "1"}),
        PostedPage("desk:save_point", "intake1", case, f"{case}/point", {"coordinates": "102.83, 16.43"}),
        PostedPage("desk:name_respondent", "intake1", case, f"{case}/respondents", {"kind": "shop", "respondent": ""}),
        PostedPage("desk:stop_notices", "officer1", case, f"{case}/notices/stop", {"channel": "line"}),
    ]
