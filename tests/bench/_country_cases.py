"""Generates a country: its centres, agencies and cases, written by COPY, and the truth about each case.

The truth is drawn first and kept in the table `truth`, which the product does not know. The rows of the case, its
history, its referrals and its complainant are made from it. Triggers and checks of foreign keys are off while rows are
copied: the marks for the text search are not made."""

import json
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, fields
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any
from uuid import UUID

BIG_PROVINCE = "40"
DAYS = 3 * 365
AGENCIES_PER_PROVINCE = 120
_CHUNK = 20_000  # cases in one transaction
_THAI = timezone(timedelta(hours=7))
_TOPICS = ("utilities", "land", "environment", "safety", "corruption", "drugs", "debt", "consumer", "labour", "help")
_CHANNELS = ("kiosk", "counter", "web", "phone_1567", "line", "post")
_OUTCOMES = ("resolved", "resolved", "resolved", "explained", "withdrawn", "duplicate", "not_our_power")
_SUBTOPICS = {"utilities": ("ไฟฟ้า", "electricity"), "environment": ("Waste", "waste")}  # as typed, and the code
# The ages of the bands of the product, written down again.
_BANDS = ((0, 17, "0-17"), (18, 29, "18-29"), (30, 44, "30-44"), (45, 59, "45-59"), (60, 74, "60-74"), (75, 95, "75"))


@dataclass
class Truth:
    """One case as it was drawn. Days are calendar days in Thailand."""

    id: int
    centre_id: int
    area: str
    topic: str
    channel: str
    received_on: date
    subtopic: str = ""
    strategy: str = ""
    outcome: str = ""
    agency_id: int | None = None
    sex: str = ""
    age_band: str = ""
    closed_on: date | None = None
    due: date | None = None
    reopened_on: date | None = None
    rated_on: date | None = None
    stars: int | None = None
    agency_stars: int | None = None
    days_to_take: int | None = None
    days_to_order: int | None = None
    days_at_agency: int | None = None


@dataclass
class _Rows:
    """What one case is in the tables of the product, beside the row of the case."""

    events: list[tuple[datetime, str, str, dict[str, object]]] = field(default_factory=list)
    referrals: list[tuple[int, str, datetime, datetime | None]] = field(default_factory=list)
    birth_date: str = ""
    sex_code: str = ""
    is_uncertain: bool = False
    chosen: dict[str, str] = field(default_factory=dict)
    typed_subtopic: str = ""


@dataclass(frozen=True)
class Country:
    """Who is in it."""

    ministry: Any
    provinces: Sequence[Any]
    centres_of: dict[str, list[Any]]  # by code of the province: it and its districts
    agencies_of: dict[str, list[int]]


def create_country(province_count: int) -> Country:
    """The ministry, its provinces with their districts, and their agencies."""
    from central.agencies.models import Agency  # noqa: PLC0415  # needs Django set up
    from central.centres.models import Centre  # noqa: PLC0415
    from thai import places  # noqa: PLC0415

    ministry = Centre.objects.create(slug="moi", name_th="กระทรวงมหาดไทย", name_en="Ministry of Interior")
    provinces: list[Any] = []
    centres_of: dict[str, list[Any]] = {}
    agencies_of: dict[str, list[int]] = {}
    every = sorted(places.provinces(), key=lambda place: place.code != BIG_PROVINCE)
    for place in every[:province_count]:
        province = Centre.objects.create(
            parent=ministry, slug=f"p{place.code}", area_code=place.code, name_th=place.th, name_en=place.en
        )
        provinces.append(province)
        districts = places.districts(place.code) if place.code != places.BANGKOK_CODE else ()
        centres_of[place.code] = [province] + [
            Centre.objects.create(
                parent=province, slug=f"d{each.code}", area_code=each.code, name_th=each.th, name_en=each.en
            )
            for each in districts
        ]
        agencies = Agency.objects.bulk_create(
            Agency(centre=province, code=f"a{number}", name_th=f"หน่วยงาน {number}", kind="other", level="province")
            for number in range(AGENCIES_PER_PROVINCE)
        )
        agencies_of[place.code] = [agency.pk for agency in agencies]
    return Country(ministry, provinces, centres_of, agencies_of)


def create_cases(country: Country, count: int, big: int, today: date) -> None:
    """`count` cases received in the last three years, `big` of them in the first province."""
    from django.db import connection, transaction  # noqa: PLC0415

    with connection.cursor() as cursor:
        columns = ", ".join(f"{each.name} {_SQL_TYPES[each.name]}" for each in fields(Truth))
        cursor.execute(f"CREATE TABLE truth ({columns})")
    cases = _draw_all(country, count, big, today)
    for start in range(0, count, _CHUNK):
        chunk = [next(cases) for _ in range(min(_CHUNK, count - start))]
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL session_replication_role = replica")
            _copy(cursor, "truth", [each.name for each in fields(Truth)], (_truth_row(truth) for truth, _ in chunk))
            for table, columns_of, rows in _tables(chunk):
                _copy(cursor, table, columns_of, rows)
    with connection.cursor() as cursor:
        cursor.execute("SELECT setval(pg_get_serial_sequence('cases_case', 'id'), %s)", [count])
        cursor.execute("CREATE INDEX truth_centre ON truth (centre_id)")
        cursor.execute("ANALYZE")


_SQL_TYPES = {
    **{each.name: "text" for each in fields(Truth)},
    **dict.fromkeys(("id", "centre_id", "agency_id", "stars", "agency_stars"), "integer"),
    **dict.fromkeys(("days_to_take", "days_to_order", "days_at_agency"), "integer"),
    **dict.fromkeys(("received_on", "closed_on", "due", "reopened_on", "rated_on"), "date"),
}


def _copy(cursor: Any, table: str, columns: Sequence[str], rows: Iterator[tuple[Any, ...]]) -> None:
    with cursor.copy(f"COPY {table} ({', '.join(columns)}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)


def _truth_row(truth: Truth) -> tuple[Any, ...]:
    return tuple(getattr(truth, each.name) for each in fields(Truth))


def _draw_all(country: Country, count: int, big: int, today: date) -> Iterator[tuple[Truth, _Rows]]:
    from central.classification.models import Term  # noqa: PLC0415
    from thai import places  # noqa: PLC0415

    chance = random.Random(count)
    strategies = list(Term.objects.filter(scheme="strategy").order_by("position"))
    strategy_of = {topic: term.code for term in reversed(strategies) for topic in term.topics}
    codes = [term.code for term in strategies]
    others = country.provinces[1:]
    weights = [chance.uniform(0.4, 2.0) for _ in others]
    tambons = {
        district: [each.code for each in places.tambons(district)] or [district]
        for province in country.provinces
        for district in [each.code for each in places.districts(province.area_code)]
    }
    districts_of = {
        province.area_code: [each.code for each in places.districts(province.area_code)]
        for province in country.provinces
    }
    for number in range(1, count + 1):
        is_big = number <= big or not others
        province = country.provinces[0] if is_big else chance.choices(others, weights)[0]
        code = province.area_code
        centre = chance.choice(country.centres_of[code])
        district = centre.area_code if len(centre.area_code) == 4 else chance.choice(districts_of[code])
        area = "" if chance.random() < 0.03 else chance.choice(tambons[district])
        truth = Truth(
            id=number,
            centre_id=centre.pk,
            area=area,
            topic=chance.choices(_TOPICS, range(10, 0, -1))[0],
            channel=chance.choice(_CHANNELS),
            received_on=today - timedelta(days=chance.randint(0, DAYS)),
        )
        rows = _Rows()
        _draw_classification(truth, rows, chance, strategy_of, codes)
        _draw_person(truth, rows, chance)
        _draw_work(truth, rows, chance, country.agencies_of[code], today)
        yield truth, rows


def _draw_classification(
    truth: Truth, rows: _Rows, chance: random.Random, strategy_of: dict[str, str], codes: Sequence[str]
) -> None:
    truth.strategy = strategy_of.get(truth.topic, "")
    if chance.random() < 0.1:
        truth.strategy = chance.choice(codes)
        rows.chosen = {"strategy": truth.strategy}
    if truth.topic in _SUBTOPICS and chance.random() < 0.4:
        rows.typed_subtopic, truth.subtopic = _SUBTOPICS[truth.topic]


def _draw_person(truth: Truth, rows: _Rows, chance: random.Random) -> None:
    """A complainant of a known age: born in a year that gives this age on the day of receipt, whatever the month is."""
    if chance.random() < 0.7:
        truth.sex, rows.sex_code = chance.choice((("male", "1"), ("female", "2"), ("male", "male")))
    if chance.random() < 0.6:
        lowest, highest, truth.age_band = chance.choice(_BANDS)
        birth_year = truth.received_on.year - chance.randint(lowest, highest)
        rows.birth_date = f"{birth_year + 543:04d}0000"  # of a card without month and day the year counts
    rows.is_uncertain = truth.channel == "kiosk" and chance.random() < 0.02


def _draw_work(truth: Truth, rows: _Rows, chance: random.Random, agencies: Sequence[int], today: date) -> None:
    """What happened until today. Hours of a day follow the order of the steps."""

    def step(day: date, hour: int, kind: str, status: str, **payload: object) -> datetime:
        at = datetime(day.year, day.month, day.day, hour, chance.randint(0, 59), tzinfo=_THAI)
        rows.events.append((at, kind, status, dict(payload)))
        return at

    received = truth.received_on
    # Before seven in the morning it is still the day before in UTC.
    step(received, chance.randint(0, 6), "received", "received")
    if chance.random() < 0.95:
        truth.due = received + timedelta(days=chance.choice((10, 21, 21, 45)))
    taken = received + timedelta(days=chance.randint(0, 3))
    if taken > today:
        return
    truth.days_to_take = (taken - received).days
    step(taken, 8, "take", "checking")
    last = _draw_orders(truth, rows, chance, agencies, taken, today)
    closed = last + timedelta(days=min(int(chance.expovariate(1 / 6)), 200))
    if closed > today or chance.random() < 0.06:
        return
    outcome = chance.choice(_OUTCOMES)
    step(closed, 15, "close", "closed")
    if chance.random() < 0.03:
        reopened = closed + timedelta(days=chance.randint(1, 30))
        if reopened <= today:
            truth.reopened_on = reopened
            step(reopened, 9, "reopen", "in_progress")
            closed = reopened + timedelta(days=chance.randint(1, 20))
            if closed > today:
                return
            step(closed, 16, "close", "closed")
    truth.closed_on, truth.outcome = closed, outcome
    rated = closed + timedelta(days=chance.randint(0, 10))
    if rated <= today and chance.random() < 0.2:
        truth.rated_on, truth.stars = rated, chance.choice((1, 2, 3, 4, 4, 5, 5, 5))
        ratings: list[dict[str, int | None]] = [{"agency": None, "stars": truth.stars}]
        if truth.agency_id is not None and chance.random() < 0.8:
            truth.agency_stars = chance.randint(1, 5)
            ratings.append({"agency": truth.agency_id, "stars": truth.agency_stars})
        step(rated, 23, "rate", "", ratings=ratings)


def _draw_orders(
    truth: Truth, rows: _Rows, chance: random.Random, agencies: Sequence[int], taken: date, today: date
) -> date:
    """Orders to agencies; returns the last day on which something happened."""
    ordered = taken + timedelta(days=chance.randint(0, 6))
    if ordered > today or chance.random() < 0.08:
        return taken
    truth.days_to_order = (ordered - truth.received_on).days
    if chance.random() < 0.05:
        again = ordered + timedelta(days=chance.randint(1, 5))
        is_again = again <= today
        rows.referrals.append(
            (chance.choice(agencies), "returned", _at(ordered, 10, chance), _at(again, 9, chance) if is_again else None)
        )
        rows.events.append((_at(ordered, 10, chance), "order", "ordered", {}))
        if not is_again:
            return ordered
        ordered = again
    truth.agency_id = chance.choice(agencies)
    rows.events.append((_at(ordered, 11, chance), "order", "ordered", {}))
    done = ordered + timedelta(days=min(int(chance.expovariate(1 / 12)), 300))
    is_done = done <= today and chance.random() < 0.9
    truth.days_at_agency = (done - ordered).days if is_done else None
    rows.referrals.append(
        (truth.agency_id, "done" if is_done else "accepted", _at(ordered, 11, chance),
         _at(done, 13, chance) if is_done else None)
    )  # fmt: skip
    if is_done:
        rows.events.append((_at(done, 13, chance), "report", "in_progress", {}))
    return done if is_done else ordered


def _at(day: date, hour: int, chance: random.Random) -> datetime:
    return datetime(day.year, day.month, day.day, hour, chance.randint(0, 59), tzinfo=_THAI)


_CASE_CONSTANTS = {
    "nature": "complaint",
    "topic_note": "",
    "about": "nobody",
    "about_note": "",
    "location_note": "",
    "for_whom": "self",
    "for_whom_note": "",
    "text": "ไฟถนนหน้าวัดดับมาสามสัปดาห์แล้ว ขอให้ซ่อมแซมโดยเร็ว " * 4,
    "name_disclosure": "named",
    "language": "th",
    "notice_version": "2569-01",
    "consent_sms": False,
    "assisted": False,
    "newer_content": "{}",
    "handler_name": "",
    "outcome": "",
    "attention": "",
}
_CASE_COLUMNS = (
    "id", "centre_id", "submission_id", "case_number", "tracking_hash", "topic", "subtopic", "terms", "area", "channel",
    "notice_accepted_at", "received_at", "filed_at", "filing_time_quality", "status", "agency_name", "outcome_code",
    "closed_at", "due", "last_activity_at", *_CASE_CONSTANTS,
)  # fmt: skip
_PERSON_CONSTANTS = {
    **dict.fromkeys(
        ("title", "first_name", "middle_name", "last_name", "address", "address_area", "phone", "citizen_id_hash"), ""
    ),
    "source": "typed",
    "citizen_id_last4": "",
    "citizen_id_encrypted": b"",
    "newer_content": "{}",
}
_REFERRAL_CONSTANTS = {"kind": "lead", "order_text": "", "handler_name": "", "return_reason": ""}


def _tables(chunk: Sequence[tuple[Truth, _Rows]]) -> Iterator[tuple[str, Sequence[str], Iterator[tuple[Any, ...]]]]:
    yield "cases_case", _CASE_COLUMNS, (_case_row(truth, rows) for truth, rows in chunk)
    event_columns = ("case_id", "seq", "at", "kind", "status", "payload", "is_public")
    yield (
        "cases_caseevent",
        event_columns,
        (
            (truth.id, number, at, kind, status, json.dumps(payload), False)
            for truth, rows in chunk
            for number, (at, kind, status, payload) in enumerate(
                sorted(rows.events, key=lambda event: event[0]), start=1
            )
        ),
    )
    referral_columns = ("case_id", "agency_id", "state", "sent_at", "ended_at", *_REFERRAL_CONSTANTS)
    yield (
        "cases_referral",
        referral_columns,
        ((truth.id, *referral, *_REFERRAL_CONSTANTS.values()) for truth, rows in chunk for referral in rows.referrals),
    )
    yield (
        "cases_complainant",
        ("case_id", "sex", "birth_date", *_PERSON_CONSTANTS),
        ((truth.id, rows.sex_code, rows.birth_date, *_PERSON_CONSTANTS.values()) for truth, rows in chunk),
    )


def _case_row(truth: Truth, rows: _Rows) -> tuple[Any, ...]:
    events = sorted(rows.events, key=lambda event: event[0])
    filed = events[0][0]
    received = filed + timedelta(minutes=1)
    if rows.is_uncertain:
        filed -= timedelta(days=900)
    statuses = [status for _, _, status, _ in events if status]
    closed = [at for at, kind, _, _ in events if kind == "close"]
    return (
        truth.id, truth.centre_id, UUID(int=truth.id), f"GEN{truth.id:09d}", f"{truth.id:064x}", truth.topic,
        rows.typed_subtopic, json.dumps(rows.chosen), truth.area, truth.channel, filed, received, filed,
        "uncertain" if rows.is_uncertain else "kiosk_clock", statuses[-1],
        f"หน่วยงาน {truth.agency_id % 9}" if truth.agency_id else "", truth.outcome,
        closed[-1] if truth.closed_on else None, truth.due, events[-1][0].astimezone(UTC), *_CASE_CONSTANTS.values(),
    )  # fmt: skip
