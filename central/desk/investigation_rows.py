"""An investigation file as its page shows it: every record as text in the language of the page."""

from typing import Any

from django.utils import timezone

from central.cases.models import Attachment
from central.cases.recording_encoding import encoding_sentence
from central.centres.models import Officer
from central.desk.labels import label
from central.investigation.access import own_investigations
from central.investigation.codes import CAPACITIES, EVIDENCE_KINDS, MEDIATION_RESULTS
from central.investigation.custody import is_intact
from central.investigation.models import Evidence, Investigation, Task
from thai import dates
from thai.dates import day_in_thailand


def shown_own_files(officer: Officer, language: str) -> dict[str, Any]:
    """The files of this officer, open ones first, and the tasks that are not done, by due date."""
    files = own_investigations(officer).order_by("closed_at", "opened_at")
    tasks = Task.objects.filter(owner=officer, done_at=None, investigation__in=files, investigation__closed_at=None)
    return {
        "tasks": [
            {**_task(row, language), "number": row.investigation.case.case_number}
            for row in tasks.select_related("investigation__case", "owner")
        ],
        "files": [
            {
                "number": each.case.case_number,
                "centre": each.case.centre.name_in(language),
                "opened": dates.short_date(each.opened_at, language),
                "closed": dates.short_date(each.closed_at, language) if each.closed_at else "",
            }
            for each in files
        ],
    }


def shown_investigators(investigation: Investigation, language: str) -> list[dict[str, Any]]:
    """Who investigates now, and who did."""
    return [
        {
            "id": row.officer_id,
            "name": row.officer.display_name,
            "is_lead": row.is_lead,
            "since": dates.short_date(row.added_at, language),
            "until": dates.short_date(row.removed_at, language) if row.removed_at else "",
        }
        for row in investigation.investigators.select_related("officer")
    ]


def shown_file(investigation: Investigation, language: str) -> dict[str, Any]:
    """All records."""
    closed = ""
    if investigation.closed_at and investigation.closed_by:
        closed = f"{dates.short_date(investigation.closed_at, language)} · {investigation.closed_by.display_name}"
    return {
        "question": investigation.question,
        "opened": f"{dates.short_date(investigation.opened_at, language)} · {investigation.opened_by.display_name}",
        "closed": closed,
        "opinion": investigation.opinion,
        "tasks": [_task(row, language) for row in investigation.tasks.select_related("owner")],
        "statements": [
            {
                "person": row.person,
                "capacity": label(CAPACITIES, row.capacity, language),
                "when": f"{dates.short_date(row.taken_on, language)} · {row.place}",
                "text": row.text,
                "by": row.entered_by.display_name,
            }
            for row in investigation.statements.select_related("entered_by")
        ],
        "evidence": [_evidence(row, language) for row in investigation.evidences.prefetch_related("custody")],
        "visits": [
            {
                "when": f"{dates.short_date(row.visited_on, language)} · {row.place}",
                "participants": row.participants,
                "text": row.observations,
            }
            for row in investigation.sitevisits.all()
        ],
        "mediations": [
            {
                "when": f"{dates.short_date(row.held_on, language)} · {row.place}",
                "mediator": row.mediator,
                "parties": row.parties,
                "result": label(MEDIATION_RESULTS, row.result, language),
                "is_agreed": row.result == "agreed",
                "text": row.terms,
            }
            for row in investigation.mediations.all()
        ],
    }


def _task(row: Task, language: str) -> dict[str, Any]:
    return {
        "id": row.pk,
        "text": row.text,
        "owner": row.owner.display_name,
        "due": dates.short_date(row.due, language),
        "is_late": row.done_at is None and row.due < day_in_thailand(timezone.now()),
        "done": dates.short_date(row.done_at, language) if row.done_at else "",
        "result": row.result,
    }


def _evidence(row: Evidence, language: str) -> dict[str, Any]:
    entries = list(row.custody.all())
    return {
        "id": row.pk,
        "number": row.number,
        "kind": label(EVIDENCE_KINDS, row.kind, language),
        "description": row.description,
        "received": f"{dates.short_date(row.received_on, language)} · {row.received_from}",
        "stored_at": row.stored_at,
        "has_file": bool(row.file) and row.encoding != Attachment.WAITING,
        "encoding": encoding_sentence(row.encoding, language),
        "is_given_up": row.encoding == Attachment.GIVEN_UP,
        "is_intact": is_intact(row, entries),
        "custody": [
            {
                "at": dates.short_datetime(entry.at, language),
                "text": f"{entry.giver} → {entry.receiver}",
                "purpose": entry.purpose,
                "hash": entry.hash[:8],
            }
            for entry in entries
        ],
    }
