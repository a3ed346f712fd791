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
    "track_reopening": "/t/reopening",
    "track_new_code": "/t/new-code",
    "track_data": "/t/data",
    "track_notices": "/t/notices",
    "track_history": "/t/history",
}


def posted_pages(code: str, case_number: str) -> list[PostedPage]:
    """Every such page, with this case for those that need one. `code` is its tracking code."""
    citizen = [PostedPage(name, "", "/t", path, {"code": code}) for name, path in _CITIZEN_FORMS.items()]
    sent = PostedPage("track_details", "", "/t", "/t/details", {"code": code, "token": "not-a-token", "text": ""})
    routes, case = "/desk/notices/routes/khonkaen", f"/desk/cases/{case_number}"
    return [
        *citizen,
        sent,
        PostedPage("desk:notice_hours", "admin", routes, f"{routes}/hours", {"quiet_from": "25:00"}),
        PostedPage("desk:notice_route", "admin", routes, f"{routes}/line", {"is_active": "on", "sender": "no-id"}),
        PostedPage("desk:send_again", "admin", "/desk/notices", "/desk/notices/send-again", {"all": "1"}),
        PostedPage("desk:stop_notices", "officer1", case, f"{case}/notices/stop", {"channel": "line"}),
    ]
