"""How each picture of a page of the desk is taken: who signs in, which page, what is clicked, what is cut out."""

from dataclasses import dataclass

DESK_WIDTH, WIDE, PHONE_WIDTH = 900, 1100, 390


@dataclass(frozen=True)
class Shot:
    """One picture. `user` is a user name of the demo data, '' for a visitor. `follow` are links from `path`,
    `click` are elements that change it, such as the button of a step. `crop` is the element in the picture, '' for the
    top of the page; `height` cuts it. `mark` is an element with a frame around it."""

    name: str
    user: str
    path: str
    crop: str = ""
    follow: tuple[str, ...] = ()
    click: tuple[str, ...] = ()
    mark: str = ""
    width: int = DESK_WIDTH
    height: int = 760


_FIRST_CASE = ("#cases tbody .number a",)
_STEP_FORM = "#step-form"


def _step(name: str, user: str, status: str, code: str) -> Shot:
    """The form with one step chosen, on the page of the first case with this status."""
    click = (f'label[for="step-{code}"]',)
    return Shot(name, user, f"/desk/cases?status={status}", _STEP_FORM, _FIRST_CASE, click, width=WIDE, height=1240)


SHOTS = (
    Shot("sign-in", "", "/desk/login", "main .narrow", height=520),
    Shot("second-factor", "intake1", "/desk/second-factor/set-up", "#app", height=620),
    Shot("menu", "admin", "/desk/centres", "", click=("header nav.wide details summary",), width=WIDE, height=420),
    Shot("home", "intake1", "/desk/", "main", height=620),
    Shot("list", "intake1", "/desk/cases", "", width=WIDE, height=440, mark="#filter"),
    Shot("new-case", "intake1", "/desk/cases?status=received", "", _FIRST_CASE, width=WIDE, mark=_STEP_FORM),
    Shot("filing", "intake1", "/desk/file", "main", width=WIDE, height=820),
    Shot("finding", "intake1", "/desk/find", "main", height=560),
    Shot("new-code", "intake1", "/desk/cases?status=checking", "main", (*_FIRST_CASE, 'a[href$="/code"]'), height=760),
    _step("ask", "officer1", "checking", "ask_details"),
    _step("order", "officer1", "checking", "order"),
    _step("proposal", "officer1", "checking", "propose_order"),
    Shot("decision", "director", "/desk/decisions", "main .decisions", mark=".deciding", height=900),
    Shot("imports", "director", "/desk/imports", "main", height=480),
    Shot("activity", "director", "/desk/activities/new", "main", height=820),
    Shot("decision-phone", "director", "/desk/decisions", "", width=PHONE_WIDTH, height=844),
    Shot("referrals", "officer1", "/desk/cases?status=in_progress", "#referrals", _FIRST_CASE, height=420),
    Shot(
        "delivery",
        "officer1",
        "/desk/cases?status=in_progress",
        "main",
        (*_FIRST_CASE, "#referrals li[data-state=accepted] a"),
        height=620,
    ),
    Shot(
        "deadline",
        "officer1",
        "/desk/cases?status=in_progress",
        "section:has(> #deadline)",
        _FIRST_CASE,
        ("#deadline summary",),
        height=620,
    ),
    _step("closing", "officer1", "in_progress", "close"),
    Shot(
        "complainant",
        "officer1",
        "/desk/cases?status=checking",
        "#person:has([action$=person])",
        _FIRST_CASE,
        height=420,
    ),
    Shot(
        "name-request", "officer1", "/desk/cases?status=checking", "#person:has(#request-name)", _FIRST_CASE, height=420
    ),
    Shot("agency-answer", "land-office", "/desk/agency/", ".answer", ("td a",), width=PHONE_WIDTH, height=900),
    Shot(
        "agency-report",
        "land-office",
        "/desk/agency/?group=accepted",
        "section[aria-labelledby=report]",
        ("td a",),
        width=PHONE_WIDTH,
        height=900,
    ),
    Shot("agency-queue", "land-office", "/desk/agency/?group=accepted", "main", height=520),
    Shot("supervision", "inspector", "/desk/agency/supervision", "main", height=620),
    Shot("registration", "", "/desk/register?centre=khonkaen", "main .medium", height=760),
    Shot("person", "admin", "/desk/people?role=case_officer", "main", ("#people tbody a",), width=WIDE, height=640),
    Shot("centres", "admin", "/desk/centres", "main", height=520),
    Shot("agencies", "admin", "/desk/agencies", "main", height=620),
    Shot("routing", "admin", "/desk/routing?at=khonkaen", "main", height=720),
    Shot("holidays", "admin", "/desk/holidays", "main", height=560),
    Shot("kiosks", "technician", "/desk/fleet", "main", width=WIDE, height=560, mark="#calls"),
    Shot("enrolments", "technician", "/desk/enrolments", "main", height=560, mark="section.waiting"),
    Shot("audit", "auditor", "/desk/audit", "main", height=620),
)

# In the technicians' handbook.
TECHNICIAN_SHOTS = (
    Shot("kiosk-page", "technician", "/desk/fleet", "main", ("#fleet tbody a",), width=WIDE, height=900),
)
