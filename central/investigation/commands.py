"""The commands that write investigation files. Each locks the case and checks who acts.

That a file was opened or closed, and who was named, is in the history of the case; what the file says is not."""

import hashlib
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, TypeVar
from uuid import uuid4

from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import timezone

from central.background.tasks import enqueue
from central.cases import history
from central.cases.attachments import EXTENSIONS, CleanFile
from central.cases.errors import ERASED, NO_PERMISSION, NotAllowedError
from central.cases.event_kinds import ActorKind, EventKind
from central.cases.locking import lock_case
from central.cases.models import Attachment, Case
from central.centres.models import Officer
from central.investigation.access import is_investigator, may_open_file, possible_investigators
from central.investigation.custody import append_entry
from central.investigation.models import (
    MAX_LINE_CHARS,
    MAX_TEXT_CHARS,
    CustodyEntry,
    Evidence,
    FileRecord,
    Investigation,
    Investigator,
    Mediation,
    SiteVisit,
    Statement,
    Task,
)
from central.investigation.recordings import encode_evidence
from central.pictures import delete_pictures_on_error
from protocol.bilingual_text import BilingualText
from thai.dates import day_in_thailand

_Record = TypeVar("_Record", bound=FileRecord)
_NO_QUESTION = BilingualText("โปรดเขียนประเด็นที่ต้องสืบสวน", "Write what is to be found out")
_NOBODY = BilingualText("โปรดเลือกผู้สืบสวน", "Choose an investigator")
_EXISTS = BilingualText("เรื่องนี้มีสำนวนสืบสวนแล้ว", "This case has an investigation file already")
_NAMED = BilingualText("เจ้าหน้าที่คนนี้อยู่ในสำนวนแล้ว", "This officer is an investigator already")
_LAST = BilingualText("สำนวนต้องมีผู้สืบสวนอย่างน้อยหนึ่งคน", "A file has at least one investigator")
_CLOSED = BilingualText("สำนวนนี้ปิดแล้ว", "This file is closed")
_NO_OPINION = BilingualText("โปรดเขียนความเห็นก่อนปิดสำนวน", "Write the opinion before the file is closed")
_TASKS_OPEN = BilingualText("ยังมีงานที่ไม่เสร็จ", "A task is not done yet")
_TOO_LONG = BilingualText("ข้อความยาวเกินไป", "The text is too long")
_EMPTY = BilingualText("โปรดกรอกให้ครบทุกช่อง", "Fill in every field")
_FUTURE = BilingualText("วันนี้ยังมาไม่ถึง", "This day is in the future")
_PAST = BilingualText("กำหนดเสร็จต้องไม่เป็นวันที่ผ่านมาแล้ว", "The due date must not be in the past")
_NO_TASK = BilingualText("ไม่มีงานนี้ที่ยังไม่เสร็จ", "There is no such open task")


def open_file(officer: Officer, case: Case, *, question: str, investigators: list[Officer]) -> Investigation:
    """Open the file of a case. The first investigator leads. Raises NotAllowedError."""
    with transaction.atomic():
        locked = _locked(case)
        if not may_open_file(officer, locked):
            raise NotAllowedError(NO_PERMISSION)
        if not question.strip():
            raise NotAllowedError(_NO_QUESTION)
        if len(question) > MAX_TEXT_CHARS:
            raise NotAllowedError(_TOO_LONG)
        if not investigators:
            raise NotAllowedError(_NOBODY)
        if Investigation.objects.filter(case=locked).exists():
            raise NotAllowedError(_EXISTS)
        now = timezone.now()
        investigation = Investigation.objects.create(
            case=locked, opened_by=officer, opened_at=now, question=question.strip()
        )
        for index, each in enumerate(investigators):
            _name(investigation, each, officer, now, is_lead=index == 0)
        _note(locked, EventKind.INVESTIGATION_OPENED, officer, {"investigators": [each.pk for each in investigators]})
    return investigation


def name_investigator(officer: Officer, investigation: Investigation, named: Officer) -> None:
    """Name one more investigator. Raises NotAllowedError."""
    with transaction.atomic():
        locked = _locked(investigation.case)
        if not may_open_file(officer, locked):
            raise NotAllowedError(NO_PERMISSION)
        _check_open(investigation)
        if investigation.investigators.filter(officer=named, removed_at=None).exists():
            raise NotAllowedError(_NAMED)
        _name(investigation, named, officer, timezone.now(), is_lead=False)
        _note(locked, EventKind.INVESTIGATOR_NAMED, officer, {"investigators": [named.pk]})


def remove_investigator(officer: Officer, investigation: Investigation, removed: Officer) -> None:
    """End somebody's access to the file. Raises NotAllowedError."""
    with transaction.atomic():
        locked = _locked(investigation.case)
        if not may_open_file(officer, locked):
            raise NotAllowedError(NO_PERMISSION)
        _check_open(investigation)
        named = investigation.investigators.filter(removed_at=None)
        if named.count() <= 1:
            raise NotAllowedError(_LAST)
        if not named.filter(officer=removed).update(removed_at=timezone.now(), is_lead=False):
            raise NotAllowedError(_NOBODY)
        if not named.filter(is_lead=True).exists():
            named.filter(pk=named.order_by("added_at", "id")[0].pk).update(is_lead=True)
        _note(locked, EventKind.INVESTIGATOR_REMOVED, officer, {"investigators": [removed.pk]})


def add_task(officer: Officer, investigation: Investigation, *, text: str, owner: Officer, due: date) -> Task:
    """Give an investigator something to do. Raises NotAllowedError."""
    if due < day_in_thailand(timezone.now()):
        raise NotAllowedError(_PAST)
    if not is_investigator(owner, investigation):
        raise NotAllowedError(_NOBODY)
    return _add(officer, investigation, Task, {"text": text, "owner": owner, "due": due})


def finish_task(officer: Officer, investigation: Investigation, task_id: int, result: str) -> None:
    """Note that a task is done, and what came of it. Raises NotAllowedError."""
    with transaction.atomic():
        _check_writer(officer, investigation)
        result = _line(result)
        changed = investigation.tasks.filter(pk=task_id, done_at=None).update(done_at=timezone.now(), result=result)
        if not changed:
            raise NotAllowedError(_NO_TASK)


def add_statement(
    officer: Officer, investigation: Investigation, *, person: str, capacity: str, taken_on: date, place: str, text: str
) -> Statement:
    """Add what somebody has said. Raises NotAllowedError."""
    values = {"person": person, "capacity": capacity, "taken_on": taken_on, "place": place, "text": text}
    return _add(officer, investigation, Statement, values)


def add_visit(
    officer: Officer,
    investigation: Investigation,
    *,
    visited_on: date,
    place: str,
    participants: str,
    observations: str,
) -> SiteVisit:
    """Add a visit to a place. Raises NotAllowedError."""
    values = {"visited_on": visited_on, "place": place, "participants": participants, "observations": observations}
    return _add(officer, investigation, SiteVisit, values)


def add_mediation(
    officer: Officer,
    investigation: Investigation,
    *,
    held_on: date,
    place: str,
    mediator: str,
    parties: str,
    result: str,
    terms: str,
) -> Mediation:
    """Add a meeting of the parties. Raises NotAllowedError."""
    values = {
        "held_on": held_on,
        "place": place,
        "mediator": mediator,
        "parties": parties,
        "result": result,
        "terms": terms,
    }
    return _add(officer, investigation, Mediation, values)


def add_evidence(
    officer: Officer,
    investigation: Investigation,
    *,
    kind: str,
    description: str,
    received_on: date,
    received_from: str,
    stored_at: str,
    file: CleanFile | None = None,
) -> Evidence:
    """Add a piece of evidence; its first custody entry says from whom it came. Raises NotAllowedError."""
    with delete_pictures_on_error() as stored, transaction.atomic():
        values: dict[str, Any] = {
            "kind": kind,
            "description": description,
            "received_on": received_on,
            "received_from": received_from,
            "stored_at": stored_at,
        }
        lock_case(investigation.case_id)
        values["number"] = investigation.evidences.count() + 1
        evidence = _add(officer, investigation, Evidence, values)
        if file is not None:
            evidence.media_type, evidence.sha256 = file.media_type, hashlib.sha256(file.content).hexdigest()
            ending = "received" if file.is_received else EXTENSIONS[file.media_type]
            name = f"investigation/{investigation.case_id}/{uuid4().hex}.{ending}"
            evidence.file.save(name, ContentFile(file.content), save=False)
            stored.append(evidence.file.name)
            evidence.encoding = Attachment.WAITING if file.is_received else ""
            evidence.save(update_fields=["file", "media_type", "sha256", "encoding"])
            if file.is_received:
                enqueue(encode_evidence, evidence.pk)
        append_entry(officer, evidence, evidence.received_from, officer.display_name, evidence.stored_at)
    return evidence


def hand_over(
    officer: Officer, investigation: Investigation, evidence_id: int, *, giver: str, receiver: str, purpose: str
) -> CustodyEntry:
    """Note that a piece of evidence was given to somebody. Raises NotAllowedError, Evidence.DoesNotExist."""
    with transaction.atomic():
        _check_writer(officer, investigation)
        evidence = investigation.evidences.get(pk=evidence_id)
        return append_entry(officer, evidence, _line(giver), _line(receiver), _line(purpose))


def close_file(officer: Officer, investigation: Investigation, opinion: str) -> None:
    """Close the file with the opinion of the investigators. Raises NotAllowedError."""
    with transaction.atomic():
        locked = _check_writer(officer, investigation)
        if not opinion.strip():
            raise NotAllowedError(_NO_OPINION)
        if len(opinion) > MAX_TEXT_CHARS:
            raise NotAllowedError(_TOO_LONG)
        if investigation.tasks.filter(done_at=None).exists():
            raise NotAllowedError(_TASKS_OPEN)
        investigation.opinion, investigation.closed_by, investigation.closed_at = (
            opinion.strip(),
            officer,
            timezone.now(),
        )
        investigation.save(update_fields=["opinion", "closed_by", "closed_at"])
        _note(locked, EventKind.INVESTIGATION_CLOSED, officer, {})


def _add(officer: Officer, investigation: Investigation, model: type[_Record], values: Mapping[str, Any]) -> _Record:
    with transaction.atomic():
        _check_writer(officer, investigation)
        return model.objects.create(  # type: ignore[attr-defined,no-any-return]
            investigation=investigation,
            entered_by=officer,
            entered_at=timezone.now(),
            **{name: _checked(model, name, value) for name, value in values.items()},
        )


def _checked(model: type[FileRecord], name: str, value: object) -> object:
    if isinstance(value, str):
        limit = getattr(model._meta.get_field(name), "max_length", None) or MAX_TEXT_CHARS
        value = value.strip()
        if not value:
            raise NotAllowedError(_EMPTY)
        if len(value) > limit:
            raise NotAllowedError(_TOO_LONG)
    if isinstance(value, date) and name != "due" and value > day_in_thailand(timezone.now()):
        raise NotAllowedError(_FUTURE)
    return value


def _line(text: str) -> str:
    text = " ".join(text.split())
    if not text:
        raise NotAllowedError(_EMPTY)
    if len(text) > MAX_LINE_CHARS:
        raise NotAllowedError(_TOO_LONG)
    return text


def _name(investigation: Investigation, named: Officer, by: Officer, at: datetime, *, is_lead: bool) -> None:
    if not possible_investigators(investigation.case).filter(pk=named.pk).exists():
        raise NotAllowedError(_NOBODY)
    Investigator.objects.create(investigation=investigation, officer=named, is_lead=is_lead, added_by=by, added_at=at)


def _locked(case: Case) -> Case:
    locked = lock_case(case.pk)
    if locked.erased_at is not None:
        raise NotAllowedError(ERASED)
    return locked


def _check_open(investigation: Investigation) -> None:
    if Investigation.objects.filter(pk=investigation.pk).exclude(closed_at=None).exists():
        raise NotAllowedError(_CLOSED)


def _check_writer(officer: Officer, investigation: Investigation) -> Case:
    locked = _locked(investigation.case)
    if not is_investigator(officer, investigation):
        raise NotAllowedError(NO_PERMISSION)
    _check_open(investigation)
    return locked


def _note(case: Case, kind: EventKind, officer: Officer, payload: Mapping[str, object]) -> None:
    """An internal event: the case's revision stays, nothing changes on the page of an officer who is writing."""
    history.append_event(case, kind, actor=ActorKind.OFFICER, by=officer, payload=payload)
