"""Writes details of agencies into the tables, many at once: a file of 5,000 rows takes 170 statements on SQLite.

Only the commands and the import call this, inside their transaction and after their checks."""

from collections.abc import Sequence

from central.agencies.details import PLAIN_FIELDS, AgencyDetails, contact_rows
from central.agencies.models import Agency, AgencyArea, AgencyContact

_BATCH = 500  # rows of one statement; Django makes it smaller on SQLite, which limits the values of one


def store_new(rows: Sequence[tuple[Agency, AgencyDetails]]) -> None:
    """Insert these agencies with areas and contacts, without the supervising agency."""
    for agency, details in rows:
        _fill(agency, details)
    Agency.objects.bulk_create([agency for agency, _ in rows], batch_size=_BATCH)
    _insert_children(rows)


def store_changed(rows: Sequence[tuple[Agency, AgencyDetails]]) -> None:
    """Update these agencies, replace their areas and contacts, and count a version, without the supervising agency."""
    for agency, details in rows:
        _fill(agency, details)
        agency.version += 1
    _update([agency for agency, _ in rows], [*PLAIN_FIELDS, "version", "status"])
    for start in range(0, len(rows), _BATCH):
        batch = [agency.pk for agency, _ in rows[start : start + _BATCH]]
        AgencyArea.objects.filter(agency__in=batch).delete()
        AgencyContact.objects.filter(agency__in=batch).delete()
    _insert_children(rows)


def store_supervisors(rows: Sequence[tuple[Agency, int | None]]) -> None:
    """Set the supervising agency of these agencies."""
    changed = [(agency, key) for agency, key in rows if agency.supervising_agency_id != key]
    for agency, key in changed:
        agency.supervising_agency_id = key
    _update([agency for agency, _ in changed], ["supervising_agency"])


def _update(agencies: Sequence[Agency], columns: Sequence[str]) -> None:
    """Update existing rows by INSERT … ON CONFLICT. With `bulk_update` a file of 5,000 rows takes twice as long."""
    Agency.objects.bulk_create(
        agencies, batch_size=_BATCH, update_conflicts=True, unique_fields=["id"], update_fields=columns
    )


def _fill(agency: Agency, details: AgencyDetails) -> None:
    for name in PLAIN_FIELDS:
        setattr(agency, name, getattr(details, name))


def _insert_children(rows: Sequence[tuple[Agency, AgencyDetails]]) -> None:
    areas = [AgencyArea(agency=agency, area_code=code) for agency, details in rows for code in details.areas]
    contacts = [contact for agency, details in rows for contact in contact_rows(agency, details)]
    AgencyArea.objects.bulk_create(areas, batch_size=_BATCH)
    AgencyContact.objects.bulk_create(contacts, batch_size=_BATCH)
