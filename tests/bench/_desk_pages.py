"""Times of the desk's pages and of the tracking page with more and more cases. A child process of `desk`.

    python -m tests.bench._desk_pages SIZE…

DATABASE_URL and CENTRAL_DATA name an empty installation. Prints one line of JSON for each size: page -> seconds of each
request. The pages are requested by an officer of a province with twelve districts."""

import json
import logging
import random
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

import django

REQUESTS = 40
WARM_UP = 5
OPEN_SHARE = 0.1  # far more than a centre leaves open, so that the lists have something to pass over
DAYS_PER_THOUSAND = 20  # 50 new cases a day
PAGES = {
    "home": "/desk/",
    "open cases": "/desk/cases?status=",
    "every status": "/desk/cases?status=all",
    "closed": "/desk/cases?status=closed",
    "new": "/desk/cases?queue=new",
    "open, by due date": "/desk/cases?status=&sort=due",
    "longest unchanged": "/desk/cases?status=&sort=quiet",
    "mine": "/desk/cases?owner=me",
    "of one topic": "/desk/cases?topic=land",
    "one number": "/desk/cases?number=000321",
    "a district": "/desk/cases?centre=d4001",
    "200 rows": "/desk/cases?status=all&size=200",
}
# The same template and middleware, without a case; a case whose page is not cached; the same case again.
STATIC, FIRST_TRACKING, TRACKING = "static page", "tracking, first", "tracking, again"
TURNS = 200
_STATUSES = ("received", "checking", "ordered", "in_progress", "unclear")
_ATTENTIONS = {"received": "new", "in_progress": "agency_answered"}


def main(sizes: list[int]) -> None:
    django.setup()
    logging.disable(logging.INFO)  # a line for each request
    from django.core.management import call_command  # noqa: PLC0415  # needs Django set up
    from django.db import connection  # noqa: PLC0415
    from django.test import Client  # noqa: PLC0415

    call_command("migrate", verbosity=0)
    client, officer_id, centres = Client(SERVER_NAME="localhost"), *_create_centres()
    from central.centres.models import Officer  # noqa: PLC0415

    client.force_login(Officer.objects.get(pk=officer_id))
    number, code = _tracked_case(centres[0])
    stored = 0
    for size in sizes:
        _create_cases(stored, size, officer_id, centres)
        stored = size
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE" if connection.vendor == "postgresql" else "PRAGMA wal_checkpoint")
        deep = _middle_page(client)
        paths = {**PAGES, "page 20": deep, "a case": f"/desk/cases/{number}"}
        times = {name: _time(partial(client.get, path)) for name, path in paths.items()}
        times |= _tracking_times(client, code)
        sys.stdout.write(json.dumps({"size": size, "times": times}) + "\n")
        sys.stdout.flush()


def _tracking_times(client: Any, code: str) -> dict[str, list[float]]:
    """Processor seconds of this process for the static page and both tracking pages, in turn, as browsers request
    them. Not the time of a clock: the ratio must not depend on the rest of the machine."""
    from central.tracking.page import clear_page_cache  # noqa: PLC0415

    headers, form = {"accept-encoding": "gzip"}, "application/x-www-form-urlencoded"
    read = partial(client.get, "/t", headers=headers)
    look_up = partial(client.post, "/t", urlencode({"code": code}), content_type=form, headers=headers)
    times: dict[str, list[float]] = {STATIC: [], FIRST_TRACKING: [], TRACKING: []}
    for turn in range(WARM_UP + TURNS):
        clear_page_cache()
        for name, request in ((STATIC, read), (FIRST_TRACKING, look_up), (TRACKING, look_up)):
            seconds = _seconds(request, time.process_time)
            if turn >= WARM_UP:
                times[name].append(seconds)
    return times


def _create_centres() -> tuple[int, list[int]]:
    """The officer, and the centres of the cases: a province, its districts, and another province."""
    from central.centres.models import Centre, Membership, Officer  # noqa: PLC0415
    from central.people.roles import Role  # noqa: PLC0415

    ministry = Centre.objects.create(slug="moi", name_th="กระทรวงมหาดไทย", name_en="Ministry")
    province, other = (
        Centre.objects.create(parent=ministry, slug=f"p{code}", area_code=code, name_th=code, name_en=code)
        for code in ("40", "56")
    )
    districts = [
        Centre.objects.create(
            parent=province, slug=f"d{code}", area_code=str(code), name_th=str(code), name_en=str(code)
        )
        for code in range(4001, 4013)
    ]
    officer = Officer.objects.create_user(username="somsri")
    Membership.objects.create(officer=officer, centre=province, role=Role.CASE_OFFICER.value)
    return officer.pk, [province.pk, *(district.pk for district in districts), other.pk]


def _create_cases(first: int, last: int, officer_id: int, centres: list[int]) -> None:
    from django.utils import timezone  # noqa: PLC0415

    from central.cases.models import Case  # noqa: PLC0415

    chance, now = random.Random(first), timezone.now()
    for start in range(first, last, 2_000):
        rows = []
        for number in range(start, min(start + 2_000, last)):
            at = now - timedelta(days=(last - number) * DAYS_PER_THOUSAND / 1000)
            status = chance.choice(_STATUSES) if chance.random() < OPEN_SHARE else "closed"
            rows.append(case_row(Case, number, status, at, officer_id if number % 300 == 0 else None, centres, chance))
        Case.objects.bulk_create(rows)


def case_row(model: Any, number: int, status: str, at: Any, owner: int | None, centres: list[int], chance: Any) -> Any:
    """An unsaved case, newest last; one in ten is open in the benchmark."""
    return model(
        centre_id=chance.choice(centres),
        submission_id=uuid4(),
        case_number=f"KKN{number // 10**6 % 100:02d}A-{number % 10**6:06d}-51",
        tracking_hash=f"{number:064x}",
        nature="complaint",
        topic=chance.choice(("utilities", "land", "environment", "debt")),
        about="nobody",
        area=chance.choice(("400101", "400107", "400201")),
        for_whom="self",
        text="ไฟถนนหน้าวัดดับมาสามสัปดาห์แล้ว ขอให้ซ่อมแซมโดยเร็ว " * 6,
        name_disclosure="named",
        language="th",
        notice_version="2569-01",
        notice_accepted_at=at,
        received_at=at,
        filed_at=at,
        filing_time_quality="kiosk_clock",
        status=status,
        attention=_ATTENTIONS.get(status, ""),
        owner_id=owner,
        closed_at=at + timedelta(days=14) if status == "closed" else None,
        due=(at + timedelta(days=21)).date(),
        last_activity_at=None if status == "received" else at + timedelta(days=chance.random()),
    )


def _middle_page(client: Any) -> str:
    """The address of page 20 of all cases."""
    path = "/desk/cases?status=all"
    for _ in range(19):
        html = client.get(path).content.decode()
        query = html.partition('rel="next" href="?')[2].partition('"')[0].replace("&amp;", "&")
        path = f"/desk/cases?{query}" if query else path
    return path


def _tracked_case(centre_id: int) -> tuple[str, str]:
    """Number and tracking code of a case of the province that has a history."""
    from django.utils import timezone  # noqa: PLC0415

    from central.cases import commands  # noqa: PLC0415
    from central.cases.models import Case  # noqa: PLC0415
    from central.identity_crypto import tracking_hash  # noqa: PLC0415
    from central.keyring import keyring  # noqa: PLC0415
    from protocol import tracking_code  # noqa: PLC0415

    keyring().create_missing()
    code = tracking_code.generate()
    case = case_row(Case, 99_000_001, "received", timezone.now(), None, [centre_id], random.Random(1))
    case.tracking_hash, case.due = tracking_hash(code), None
    commands.create_case(case)
    commands.take(case, commands.Actor.system(), seen_revision=None)
    commands.ask_details(case, commands.Actor.system(), seen_revision=None, question="เสาไฟต้นไหน")
    return case.case_number, code


def _time(request: Callable[[], Any]) -> list[float]:
    for _ in range(WARM_UP):
        _seconds(request)
    return [_seconds(request) for _ in range(REQUESTS)]


def _seconds(request: Callable[[], Any], clock: Callable[[], float] = time.perf_counter) -> float:
    begun = clock()
    response = request()
    seconds = clock() - begun
    if response.status_code != 200:
        raise RuntimeError(f"{response.request['PATH_INFO']}: {response.status_code}")
    return seconds


if __name__ == "__main__":
    main([int(size) for size in sys.argv[1:]])
