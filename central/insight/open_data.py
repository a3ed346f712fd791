"""Open data: one file for each month, kept as it was made, in the field names of Open311 GeoReport v2 Bulk.

The files are made by a job once the operator has switched it on. A file is never made again: two versions of a month
could be compared."""

import csv
import gzip
import io
import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction

from central.cases.points import CONFIDENTIAL_TOPICS
from central.centres.models import Centre, Officer
from central.insight.facts import Dimension
from central.insight.models import CaseFact, OpenDataFile, OpenDataState
from central.insight.open_rows import CentreTree, CountedCase, OpenRow, open_rows
from central.insight.periods import Period, first_day, month_number, month_of
from central.insight.published import HiddenByNode, hidden_of_received
from protocol.topics import TOPICS, Topic
from thai import places
from thai.dates import day_in_thailand

STATE_KEY = 1
LICENCE, LICENCE_URL = "CC BY 4.0", "https://creativecommons.org/licenses/by/4.0/"
# The fields of the standard, in its order. Those that are never filled say too much about one person.
FIELDS = (
    "service_request_id",
    "status",
    "status_notes",
    "service_name",
    "service_code",
    "description",
    "agency_responsible",
    "service_notice",
    "requested_datetime",
    "updated_datetime",
    "expected_datetime",
    "address",
    "address_id",
    "zipcode",
    "lat",
    "long",
    "media_url",
)


def open_data_state() -> OpenDataState:
    """The one row of the settings; switched off when nobody has set it."""
    defaults = {"licence": LICENCE, "licence_url": LICENCE_URL}
    return OpenDataState.objects.filter(pk=STATE_KEY).first() or OpenDataState(pk=STATE_KEY, **defaults)


def make_open_data(now: datetime) -> int:
    """Make the file of the month before, if open data is switched on. Returns how many were made."""
    if not open_data_state().is_on:
        return 0
    today = day_in_thailand(now)
    month = month_of(today.replace(day=1) - timedelta(days=1))
    if OpenDataFile.objects.filter(month=month_number(month.first)).exists():
        return 0
    make_file(month, today)
    return 1


def make_file(month: Period, today: date, officer: Officer | None = None) -> OpenDataFile:
    """Make and keep the file of a month that has ended. The same month is made once. Raises ValueError for a month that
    has not ended."""
    if month.last >= today:
        raise ValueError(f"{month.code} has not ended")
    state, number = open_data_state(), month_number(month.first)
    with transaction.atomic():
        stored = OpenDataFile.objects.filter(month=number).first()
        if stored is not None:
            return stored
        rows = _rows(month)
        return OpenDataFile.objects.get_or_create(
            month=number,
            defaults={
                "made_on": today,
                "licence": state.licence,
                "licence_url": state.licence_url,
                "row_count": len(rows),
                "csv": _csv(rows, month),
                "json": pack_json(_csv(rows, month)),
                "made_by": officer,
            },
        )[0]


@dataclass(frozen=True)
class Preview:
    """What the file of a month would have: the cases received, how many of them have a confidential topic or are left
    out because they are few, and the rows by the digits of their area: 6 a tambon, 4 a district, 2 a province, 0 the
    country."""

    received: int
    confidential: int
    by_digits: Mapping[int, int]
    without_state: int

    @property
    def rows(self) -> int:
        """All rows."""
        return sum(self.by_digits.values())

    @property
    def left_out(self) -> int:
        """Cases of groups below five that no larger area can hold."""
        return self.received - self.confidential - self.rows


def preview(month: Period) -> Preview:
    """The numbers of the file of a month. Nothing is stored."""
    rows = _rows(month)
    facts = CaseFact.objects.filter(received_on__range=(month.first, month.last))
    return Preview(
        facts.count(),
        facts.filter(topic__in=CONFIDENTIAL_TOPICS).count(),
        Counter(len(row.area) for row in rows),
        sum(row.is_closed is None for row in rows),
    )


def _rows(month: Period) -> list[OpenRow]:
    return [row for root in Centre.objects.filter(parent=None) for row in _rows_of(root, month)]


def _rows_of(root: Centre, month: Period) -> list[OpenRow]:
    hidden = hidden_of_received(root, month, (Dimension.TOPIC, Dimension.DISTRICT, Dimension.PROVINCE))
    by_dimension = hidden.hidden
    areas = {
        node: by_dimension[Dimension.DISTRICT][node] | by_dimension[Dimension.PROVINCE][node]
        for node in by_dimension[Dimension.DISTRICT]
    }
    return open_rows(_cases(hidden, month), _tree(hidden), by_dimension[Dimension.TOPIC], areas)


def _cases(hidden: HiddenByNode, month: Period) -> Iterator[CountedCase]:
    facts = CaseFact.objects.filter(
        centre__in=[centre.pk for centre in hidden.tree], received_on__range=(month.first, month.last)
    ).exclude(topic__in=CONFIDENTIAL_TOPICS)
    columns = facts.order_by().values_list("centre_id", "topic", "area", "closed_on")
    for centre, topic, area, closed_on in columns.iterator(chunk_size=5_000):
        yield CountedCase(hidden.leaf[centre], topic, area, closed_on is not None)


def _tree(hidden: HiddenByNode) -> CentreTree:
    parents = {child: parent for parent, children in hidden.below.items() for child in children}
    areas: dict[int, str] = {centre.pk: centre.area_code for centre in hidden.tree}
    areas |= {hidden.leaf[centre.pk]: centre.area_code for centre in hidden.tree}
    above: dict[int, Sequence[int]] = {}
    for node in areas:
        path: list[int] = []
        step = parents.get(node)
        while step is not None:
            path.append(step)
            step = parents.get(step)
        above[node] = path
    return CentreTree(above, areas)


def _csv(rows: Sequence[OpenRow], month: Period) -> bytes:
    """The rows as CSV in UTF-8. An identifier is the place of a row in the sorted file: it leads to no case."""
    text = io.StringIO()
    writer = csv.DictWriter(text, FIELDS, restval="", lineterminator="\r\n")
    writer.writeheader()
    for number, row in enumerate(rows, start=1):
        writer.writerow(_record(row, number, month))
    return text.getvalue().encode()


def _record(row: OpenRow, number: int, month: Period) -> dict[str, str]:
    known = row.topic in {topic.value for topic in Topic}
    return {
        "service_request_id": f"{month.code}-{number:06d}",
        "status": {True: "closed", False: "open", None: ""}[row.is_closed],
        "service_name": TOPICS[Topic(row.topic)].official.th if known else row.topic,
        "service_code": row.topic,
        "requested_datetime": f"{month.first.isoformat()}T00:00:00+07:00",
        "address": places.full_name(row.area),
        "address_id": row.area,
    }


def pack_json(table: bytes) -> bytes:
    """The rows of a CSV file as JSON, packed by gzip: a list of objects, as the standard's answer to *GET service
    requests* is. 20,000 rows have 8 MB, and take 0.3 s to make."""
    rows = csv.DictReader(io.StringIO(table.decode()))
    records: list[Mapping[str, str | None]] = [{name: value or None for name, value in row.items()} for row in rows]
    return gzip.compress(json.dumps(records, ensure_ascii=False, indent=0).encode(), mtime=0)


def month_code(file: OpenDataFile) -> str:
    """'2026-11'."""
    return month_of(first_day(file.month)).code
