"""Imports a file of agencies into the register of a centre: by code, all rows or none.

A code that the register has is changed, another is added; agencies that the file does not name stay as they are. A
column that the file does not have changes nothing. Importing a file twice changes nothing the second time."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from django.db import IntegrityError, transaction

from central.agencies.areas import default_level
from central.agencies.checks import check_details
from central.agencies.commands import (
    CODE_TAKEN,
    NO_SUPERVISOR,
    SUPERVISES_ITSELF,
    named_by_rules,
    require_permission,
    rules_naming,
)
from central.agencies.csv_columns import COLUMNS, CellError, Column
from central.agencies.csv_file import FileRows, read_file
from central.agencies.details import AgencyDetails, changed_fields, details_of
from central.agencies.models import Agency, RegisterChange
from central.agencies.register import own_and_above, with_details
from central.agencies.store import store_changed, store_new, store_supervisors
from central.centres.models import Centre, Officer
from central.csv_files import CsvFileError, CsvRow
from central.database_values import clean_text
from protocol.bilingual_text import BilingualText

_TWICE = BilingualText("รหัสนี้ซ้ำกับแถว {}", "Row {} has the same code")
_CHANGED_MEANWHILE = BilingualText(
    "มีผู้แก้ไขทะเบียนไปแล้ว โปรดลองอีกครั้ง", "The register was changed meanwhile. Please try again"
)
_HEADINGS = {column.field: column.heading for column in COLUMNS}


@dataclass(frozen=True)
class RowError:
    """What is wrong at one place of a file: the row as a spreadsheet counts, 0 for the whole file, and the column."""

    row: int
    column: BilingualText | None
    sentence: BilingualText


@dataclass(frozen=True)
class PlannedRow:
    """One agency of the file. `agency` is None for a new one; `changed` names the fields that get another value."""

    number: int
    details: AgencyDetails
    agency: Agency | None
    changed: tuple[str, ...]


@dataclass(frozen=True)
class ImportPlan:
    """What an import would do. With errors, it does nothing."""

    rows: tuple[PlannedRow, ...] = ()
    errors: tuple[RowError, ...] = ()
    new: tuple[PlannedRow, ...] = field(init=False)
    changed: tuple[PlannedRow, ...] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "new", tuple(row for row in self.rows if row.agency is None))
        object.__setattr__(self, "changed", tuple(row for row in self.rows if row.agency is not None and row.changed))

    @property
    def unchanged_count(self) -> int:
        """Rows that the register has already as they are."""
        return len(self.rows) - len(self.new) - len(self.changed)


def plan_import(content: bytes, centre: Centre) -> ImportPlan:
    """What importing this file would do. Writes nothing."""
    try:
        file = read_file(content)
    except CsvFileError as error:
        return ImportPlan(errors=(RowError(0, None, error.sentence),))
    stored = {agency.code: agency for agency in with_details(Agency.objects.filter(centre=centre))}
    rows = list(_plan_rows(file, stored, centre))
    planned = [row for row in rows if isinstance(row, PlannedRow)]
    errors = [row for row in rows if isinstance(row, RowError)]
    errors += _supervisor_errors(planned, stored, centre)
    errors += _rule_errors(planned)
    if errors:
        return ImportPlan(errors=tuple(sorted(errors, key=lambda error: error.row)))
    return ImportPlan(rows=tuple(planned))


def run_import(content: bytes, centre: Centre, by: Officer | None) -> ImportPlan:
    """Import the file and record each agency, or return the errors and import nothing. Raises RegisterError when the
    officer may not change the register."""
    require_permission(by, centre)
    try:
        with transaction.atomic():
            Centre.objects.select_for_update(no_key=True).get(pk=centre.pk)  # one import of a centre at a time
            plan = plan_import(content, centre)
            if not plan.errors:
                _store(plan, centre, by)
            return plan
    except IntegrityError:  # somebody has added one of the codes since the plan was made
        return ImportPlan(errors=(RowError(0, None, _CHANGED_MEANWHILE),))


def _store(plan: ImportPlan, centre: Centre, by: Officer | None) -> None:
    stored = [
        (row, row.agency or Agency(centre=centre, status=Agency.Status.ACTIVE)) for row in (*plan.new, *plan.changed)
    ]
    store_new([(agency, row.details) for row, agency in stored if row.agency is None])
    store_changed([(agency, row.details) for row, agency in stored if row.agency is not None])
    _link_supervisors(stored, centre)
    imported = RegisterChange.Kind.IMPORTED
    RegisterChange.objects.bulk_create(
        [
            RegisterChange(centre=centre, agency=agency, by=by, kind=imported, detail=", ".join(row.changed)[:500])
            for row, agency in stored
        ],
        batch_size=500,
    )


def _plan_rows(file: FileRows, stored: Mapping[str, Agency], centre: Centre) -> Iterator[PlannedRow | RowError]:
    first_rows: dict[str, int] = {}
    for row in file.rows:
        code = _text(row, "code").lower()
        agency = stored.get(code)
        if agency is not None and agency.status == Agency.Status.PENDING:
            yield RowError(row.line, _HEADINGS["code"], CODE_TAKEN)
            continue
        before = details_of(agency) if agency else AgencyDetails()
        details, errors = _read_row(file.columns, row, before, centre)
        if code and code in first_rows:
            first = first_rows[code]
            errors["code"] = BilingualText(_TWICE.th.format(first), _TWICE.en.format(first))
        first_rows.setdefault(code, row.line)
        for name, sentence in errors.items():
            yield RowError(row.line, _HEADINGS.get(name), sentence)
        if not errors:
            yield PlannedRow(row.line, details, agency, tuple(changed_fields(before, details)))


def _read_row(
    columns: Sequence[Column], row: CsvRow, before: AgencyDetails, centre: Centre
) -> tuple[AgencyDetails, dict[str, BilingualText]]:
    """The details with the cells of the row, and the errors by field."""
    details, errors = before, {}
    for column in columns:
        try:
            details = column.read(details, _text(row, column.name), centre.area_code[:2])
        except CellError as error:
            errors[column.field] = error.sentence
    if not details.level:
        details = replace(details, level=default_level(details.areas))
    return details, check_details(details, centre) | errors


def _text(row: CsvRow, column: str) -> str:
    """The printable text of a cell on one line."""
    return clean_text(" ".join(row.cell(column).split()))


def _supervisor_errors(
    planned: Sequence[PlannedRow], stored: Mapping[str, Agency], centre: Centre
) -> Iterator[RowError]:
    """Supervising agencies that nobody has registered, and circles. A code means the centre's own agency, or else one
    of a centre above."""
    own = {row.details.code for row in planned} | {
        code for code, agency in stored.items() if agency.status == Agency.Status.ACTIVE
    }
    above = {code for code, _, centre_id in _possible_supervisors(centre) if centre_id != centre.pk}
    links = {
        code: agency.supervising_agency.code
        for code, agency in stored.items()
        if agency.supervising_agency and agency.supervising_agency.centre_id == centre.pk
    }
    links |= {row.details.code: row.details.supervising_code for row in planned}
    links = {code: supervisor for code, supervisor in links.items() if supervisor in own and supervisor != code}
    for row in planned:
        code, supervisor = row.details.code, row.details.supervising_code
        if supervisor and supervisor not in above and (supervisor == code or _is_in_circle(code, links)):
            yield RowError(row.number, _HEADINGS["supervising_code"], SUPERVISES_ITSELF)
        elif supervisor and supervisor not in own | above:
            yield RowError(row.number, _HEADINGS["supervising_code"], NO_SUPERVISOR)


def _is_in_circle(code: str, links: Mapping[str, str]) -> bool:
    passed: set[str] = set()
    step = links.get(code, "")
    while step and step not in passed:
        if step == code:
            return True
        passed.add(step)
        step = links.get(step, "")
    return False


def _possible_supervisors(centre: Centre) -> list[tuple[str, int, int]]:
    """(code, key, centre) of the confirmed agencies here and above, the centre's own first."""
    agencies = Agency.objects.filter(centre__in=own_and_above(centre), status=Agency.Status.ACTIVE)
    return list(agencies.order_by("-centre__path", "pk").values_list("code", "pk", "centre_id"))


def _link_supervisors(stored: Sequence[tuple[PlannedRow, Agency]], centre: Centre) -> None:
    by_code: dict[str, list[int]] = {}
    for code, key, _ in _possible_supervisors(centre):
        by_code.setdefault(code, []).append(key)
    store_supervisors(
        [
            (agency, next((key for key in by_code.get(row.details.supervising_code, []) if key != agency.pk), None))
            for row, agency in stored
        ]
    )


def _rule_errors(planned: Sequence[PlannedRow]) -> Iterator[RowError]:
    """Agencies that the file takes out of use while a routing rule names them."""
    ending = {
        row.agency.pk: row for row in planned if row.agency and row.agency.is_active and not row.details.is_active
    }
    rules = rules_naming(list(ending)).values_list("lead_agency", "support_agency", "copy_agency")
    counts = Counter(key for named in rules for key in set(named) if key in ending)
    for key, count in counts.items():
        yield RowError(ending[key].number, _HEADINGS["is_active"], named_by_rules(count))
