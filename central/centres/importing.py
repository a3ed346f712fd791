"""Centres from a CSV file, and all centres of a province or of the country from their official codes.

A file is planned first: each row with what it would do, or what is wrong with it. It is applied whole or not at all.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from central.centres import commands
from central.centres.models import Centre, Officer
from central.centres.names import country_areas, default_name, default_slug, province_areas
from central.centres.rules import CentreTree, find_errors
from central.centres.values import CentreRow
from central.csv_files import CsvRow, read_rows, write_rows
from protocol.bilingual_text import BilingualText
from protocol.centre_kind import CentreKind
from thai.places import BANGKOK_CODE

COLUMNS = ("slug", "area", "parent", "name_th", "name_en", "public_url", "active")
_ACTIVE = {"yes": True, "no": False, "true": True, "false": False, "1": True, "0": False, "ใช่": True, "ไม่": False}
_BAD_ACTIVE = BilingualText("คอลัมน์ active ใส่ yes หรือ no", "The column active has yes or no")
_NO_KEY = BilingualText("ต้องมี slug หรือ area", "The row needs a slug or an area")
_REPEATED = BilingualText("ศูนย์นี้อยู่ในไฟล์แล้วที่บรรทัดก่อนหน้า", "This centre is in an earlier line of the file already")
_CHANGED_MEANWHILE = BilingualText("มีผู้แก้ไขศูนย์ไปแล้ว โปรดลองอีกครั้ง", "Centres were changed meanwhile. Please try again")


class Effect(StrEnum):
    """What a row of a file does."""

    CREATE = "create"
    CHANGE = "change"
    NOTHING = "nothing"


@dataclass(frozen=True)
class PlannedRow:
    """One row: its line in the file, the centre before and after, and what is wrong with it."""

    line: int
    before: CentreRow | None
    after: CentreRow
    errors: tuple[BilingualText, ...] = ()

    @property
    def effect(self) -> Effect:
        """What the row does."""
        if self.before is None:
            return Effect.CREATE
        return Effect.NOTHING if self.before == self.after else Effect.CHANGE

    @property
    def changed_fields(self) -> list[str]:
        """The fields that a change alters."""
        return list(commands.changed_fields(self.before, self.after)) if self.before else []


@dataclass(frozen=True)
class Plan:
    """All rows of a file, in its order."""

    rows: tuple[PlannedRow, ...]

    @property
    def has_errors(self) -> bool:
        """Whether any row is wrong, so that none is applied."""
        return any(row.errors for row in self.rows)

    def count(self, effect: Effect) -> int:
        """The number of rows with this effect."""
        return sum(row.effect is effect for row in self.rows)


class PlanRefusedError(Exception):
    """The plan has errors, so nothing was stored."""

    def __init__(self, plan: Plan) -> None:
        super().__init__("The file has errors")
        self.plan = plan


def plan_file(content: bytes, managed: frozenset[str] | None = None) -> Plan:
    """What a file would do. `managed`: as for `commands.create_centre`. Raises CsvFileError."""
    return _plan_csv(commands.read_tree(), content, managed)


def import_file(content: bytes, by: Officer | None, managed: frozenset[str] | None = None) -> Plan:
    """Apply a file, whole. Raises CsvFileError, or PlanRefusedError with the plan that shows what is wrong."""
    with transaction.atomic():
        return _apply(_plan_csv(commands.read_tree(lock=True), content, managed), by)


def plan_country(provinces: Iterable[str] = ()) -> Plan:
    """The centres that are missing of these provinces and their districts; without provinces, of the ministry and the
    whole country. An existing centre stays as it is, but a province at the top goes below a ministry that is new."""
    return _plan_areas(commands.read_tree(), tuple(provinces))


def create_country(provinces: Iterable[str] = (), by: Officer | None = None) -> Plan:
    """Create the centres of `plan_country`. Raises PlanRefusedError."""
    with transaction.atomic():
        return _apply(_plan_areas(commands.read_tree(lock=True), tuple(provinces)), by)


def export_file(centres: QuerySet[Centre] | None = None) -> bytes:
    """All centres, or these, as a file that `import_file` reads, each after the one above it."""
    exported = Centre.objects.all() if centres is None else centres
    rows = map(commands.row_of, exported.select_related("parent"))
    return write_rows(
        COLUMNS,
        (
            (
                row.slug,
                row.area_code,
                row.parent,
                row.name_th,
                row.name_en,
                row.public_url,
                "yes" if row.is_active else "no",
            )
            for row in rows
        ),
    )


def _apply(plan: Plan, by: Officer | None) -> Plan:
    if plan.has_errors:
        raise PlanRefusedError(plan)
    try:
        commands.create_rows((row.after for row in plan.rows if row.effect is Effect.CREATE), by)
        # From the top down, so that each path is written below a parent that has its final one.
        changes = [row for row in plan.rows if row.effect is Effect.CHANGE]
        for row in sorted(changes, key=lambda row: len(row.after.area_code)):
            commands.write_row(row.before, row.after, by)
    except IntegrityError:
        first = replace(plan.rows[0], errors=(_CHANGED_MEANWHILE,))
        raise PlanRefusedError(Plan((first, *plan.rows[1:]))) from None
    return plan


def _plan_csv(tree: CentreTree, content: bytes, managed: frozenset[str] | None) -> Plan:
    ministry = next((row.slug for row in tree.of_area("")), "")
    provinces = {row.area_code: row.slug for row in tree.rows.values() if row.kind is CentreKind.PROVINCE}
    cells = read_rows(content, COLUMNS)
    for row in cells:  # a file may bring the provinces of its districts, in any order
        if len(row.cell("area")) == 2 and row.cell("area") not in provinces:
            provinces[row.cell("area")] = row.cell("slug") or default_slug(row.cell("area"))
    planned, seen = [], set()
    for row in cells:
        planned_row = _planned(tree, row, ministry, provinces)
        slug = planned_row.after.slug
        planned.append(replace(planned_row, errors=(*planned_row.errors, _REPEATED)) if slug in seen else planned_row)
        seen.add(slug)
    return _checked(tree, planned, managed)


def _planned(tree: CentreTree, row: CsvRow, ministry: str, provinces: dict[str, str]) -> PlannedRow:
    """The centre that a row describes. An empty cell leaves an existing centre as it is. For a new one it means the
    default: names by the area, below the centre of the province or of the ministry."""
    area, slug, errors = row.cell("area"), row.cell("slug"), []
    if not slug and area:
        slug = next((other.slug for other in tree.of_area(area)), "") or default_slug(area)
    if not slug:
        errors.append(_NO_KEY)
    before = tree.rows.get(slug)
    active = (
        _ACTIVE.get(row.cell("active").lower()) if row.cell("active") else True if before is None else before.is_active
    )
    if active is None:
        errors.append(_BAD_ACTIVE)
    base = before or _new_row(slug, area, ministry, provinces)
    after = replace(
        base,
        area_code=area or base.area_code,
        parent=row.cell("parent") or base.parent,
        name_th=row.cell("name_th") or base.name_th,
        name_en=row.cell("name_en") or base.name_en,
        public_url=row.cell("public_url").rstrip("/") or base.public_url,
        is_active=active is not False,
    )
    return PlannedRow(row.line, before, after, tuple(errors))


def _new_row(slug: str, area: str, ministry: str, provinces: dict[str, str]) -> CentreRow:
    name = default_name(area)
    parent = provinces.get(area[:2], "") if len(area) == 4 else ministry if area else ""
    return CentreRow(slug, area, name.th, name.en, parent)


def _checked(tree: CentreTree, planned: list[PlannedRow], managed: frozenset[str] | None) -> Plan:
    """The rows with the errors of the tree as it would be after all of them."""
    after = CentreTree({**tree.rows, **{row.after.slug: row.after for row in planned}})
    created = {row.after.slug for row in planned if row.before is None}
    managed_after = _managed_after(after, created, managed)
    checked = []
    for row in planned:
        errors = list(row.errors)
        if row.effect is not Effect.NOTHING and not errors:
            errors += find_errors(after, row.after, row.before).values()
            if commands.is_outside(row.before, row.after, managed_after):
                errors.append(commands.OUTSIDE)
        checked.append(replace(row, errors=tuple(errors)))
    return Plan(tuple(checked))


def _managed_after(tree: CentreTree, created: set[str], managed: frozenset[str] | None) -> frozenset[str] | None:
    """The managed centres with those that the file creates below them."""
    if managed is None:
        return None
    below = {slug for slug in created if any(above.slug in managed for above in tree.ancestors(slug))}
    return managed | below


def _plan_areas(tree: CentreTree, provinces: tuple[str, ...]) -> Plan:
    areas = [area for code in provinces for area in province_areas(code)] if provinces else ["", *country_areas()]
    used = {slug.lower() for slug in tree.rows}
    ministry = next((row.slug for row in tree.of_area("")), "")
    slugs: dict[str, str] = {}
    planned: list[PlannedRow] = []
    for line, area in enumerate(areas, start=1):
        before = next(iter(tree.of_area(area)), None)
        if before is None:
            slug = default_slug(area)
            slug = f"{slug}-{area or 'centre'}" if slug in used else slug
            used.add(slug)
            after = _new_row(slug, area, ministry, slugs)
        else:
            is_province_at_top = before.kind is CentreKind.PROVINCE and not before.parent
            after = replace(before, parent=ministry) if is_province_at_top and ministry not in tree.rows else before
        slugs[area] = after.slug
        ministry = ministry or slugs.get("", "")
        planned.append(PlannedRow(line, before, after))
    return _checked(tree, planned, None)


def is_province_with_districts(code: str) -> bool:
    """Whether `create_country` knows this province. Bangkok's districts are no อำเภอ."""
    return code != BANGKOK_CODE and code in country_areas() and len(code) == 2
