"""Makes rows of the case system for tests: officers with roles, agencies, cases."""

import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from uuid import uuid4

from django.db import connection
from django.utils import timezone

from central.agencies.models import Agency
from central.cases.case_clock import start_clock
from central.cases.codes import Attention
from central.cases.commands import Actor
from central.cases.event_kinds import ActorKind, EventKind
from central.cases.history import append_event
from central.cases.models import Case
from central.cases.triggers import install_triggers, remove_triggers
from central.centres.models import Centre, Membership, Officer
from central.people.roles import Role

_numbers = itertools.count(1)


def create_officer_with(centre: Centre, *roles: Role, name: str = "", agency: Agency | None = None) -> Officer:
    """An officer with these roles at the centre, or at the agency of its register."""
    officer = Officer.objects.create_user(username=name or f"{roles[0].value}{next(_numbers)}")
    for role in roles:
        Membership.objects.create(
            officer=officer, centre=centre, role=role.value, agency=agency, may_read_people=True, may_run_fleet=True
        )
    return officer


def actor_with(centre: Centre, *roles: Role) -> Actor:
    """A signed-in officer with these roles."""
    return Actor.of(create_officer_with(centre, *roles))


def create_agency(centre: Centre, code: str = "", **fields: object) -> Agency:
    """An agency that takes cases."""
    code = code or f"agency-{next(_numbers)}"
    values = {"kind": "local_government", "level": "district", "name_th": f"หน่วยงาน {code}", **fields}
    return Agency.objects.create(centre=centre, code=code, **values)


def create_case(centre: Centre, *, at: datetime | None = None, **fields: object) -> Case:
    """A new case of this centre, as a kiosk's delivery leaves it."""
    number, now = next(_numbers), at or timezone.now()
    values: dict[str, object] = {
        "submission_id": uuid4(),
        "case_number": f"KKN07A-{number:06d}-51",
        "tracking_hash": f"{number:064x}",
        "nature": "complaint",
        "topic": "utilities",
        "about": "nobody",
        "area": "400101",
        "for_whom": "self",
        "text": "ไฟฟ้าดับทุกคืน",
        "name_disclosure": "named",
        "language": "th",
        "notice_version": "2569-01",
        "notice_accepted_at": now,
        "received_at": now,
        "filed_at": now,
        "filing_time_quality": "kiosk_clock",
        "attention": Attention.NEW.value,
        **fields,
    }
    case = Case(centre=centre, **values)
    start_clock(case)
    case.save(force_insert=True)
    append_event(case, EventKind.RECEIVED, actor=ActorKind.SYSTEM, at=now, is_public=True)
    return case


@contextmanager
def history_unlocked() -> Iterator[None]:
    """Lets a test change the history, as somebody with full access to the database could."""
    remove_triggers(connection)
    try:
        yield
    finally:
        install_triggers(connection)
