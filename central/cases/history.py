"""The history of a case as evidence: appends events to the hash chain, verifies it, and makes the root of each day.

hash = SHA-256(previous hash ‖ canonical JSON of the event). The chain of a case starts with the SHA-256 of its number.
The texts of an event are covered by a salted digest, so that a text erased by law leaves the chain intact."""

import hashlib
import json
import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils import timezone

from central.cases.event_kinds import ActorKind, EventKind
from central.cases.locking import lock_case
from central.cases.models import Case, CaseEvent, CaseEventText, HistoryRoot
from central.centres.models import Officer
from central.events import case_event_appended

_BANGKOK = ZoneInfo("Asia/Bangkok")
_COMMIT_MARGIN = timedelta(hours=1)


def append_event(
    case: Case,
    kind: EventKind,
    *,
    actor: ActorKind,
    by: Officer | None = None,
    at: datetime | None = None,
    payload: Mapping[str, object] | None = None,
    is_public: bool = False,
    public_text: str = "",
    note: str = "",
) -> CaseEvent:
    """Append an event with the case's present status. The caller holds the lock of the case's row, in a transaction."""
    chain_older_events(case)
    last = _last_event(case)
    event = CaseEvent(
        case=case,
        seq=(last.seq or 0) + 1 if last else 1,
        at=at or timezone.now(),
        kind=kind.value,
        status=case.status,
        payload=dict(payload or {}),
        is_public=is_public,
        actor=actor.value,
        by=by,
        previous_hash=last.hash if last else _chain_start(case),
    )
    texts = CaseEventText(salt=secrets.token_hex(16), public_text=public_text.strip(), note=note.strip())
    has_text = bool(texts.public_text or texts.note)
    event.text_digest = text_digest(texts) if has_text else ""
    event.hash = event_hash(event, case.case_number)
    event.save(force_insert=True)
    if has_text:
        texts.event = event
        texts.save(force_insert=True)
    case_event_appended.send(sender=CaseEvent, case=case, event=event)
    return event


def event_hash(event: CaseEvent, case_number: str) -> str:
    """The hash that belongs to this event."""
    content = {
        "case": case_number,
        "seq": event.seq,
        "at": event.at.astimezone(UTC).isoformat(timespec="microseconds"),
        "kind": event.kind,
        "status": event.status,
        "value": event.value,
        "payload": event.payload,
        "public": event.is_public,
        "actor": event.actor,
        "by": event.by_id,
        "texts": event.text_digest,
    }
    canonical = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(event.previous_hash.encode() + canonical.encode()).hexdigest()


def text_digest(texts: CaseEventText) -> str:
    """SHA-256 of the salt and both texts."""
    return hashlib.sha256("\0".join((texts.salt, texts.public_text, texts.note)).encode()).hexdigest()


def chain_older_events(case: Case) -> int:
    """Take the events of a worker older than the chain into it; returns their number. In a transaction."""
    older = list(case.events.filter(seq=None).order_by("at", "id"))
    last = _last_event(case) if older else None
    for event in older:
        event.seq = (last.seq or 0) + 1 if last else 1
        event.previous_hash = last.hash if last else _chain_start(case)
        if event.kind == EventKind.OLD_STATUS.value:
            event.status, event.is_public = event.value, True
        event.recorded_at = timezone.now()  # it belongs to the root of today
        event.hash = event_hash(event, case.case_number)
        event.save()
        last = event
    return len(older)


def chain_all_older_events() -> int:
    """Take all events of older workers into the chains of their cases, one transaction for each case."""
    count = 0
    for case_id in CaseEvent.objects.filter(seq=None).values_list("case_id", flat=True).distinct():
        with transaction.atomic():
            count += chain_older_events(lock_case(case_id))
    return count


@dataclass(frozen=True)
class BrokenEvent:
    """The first event of a case that does not verify, and why. For the root of a day `subject` is the day, `seq` 0."""

    subject: str  # case number or day
    seq: int
    reason: str


def verify_case(case: Case) -> BrokenEvent | None:
    """The first broken event of this case, None when the chain is intact."""
    previous, expected_seq = _chain_start(case), 1
    events = case.events.exclude(seq=None).select_related("texts").order_by("seq")
    for event in events:
        if event.seq != expected_seq:
            return BrokenEvent(case.case_number, expected_seq, "an event is missing")
        if event.previous_hash != previous:
            return BrokenEvent(case.case_number, expected_seq, "it does not follow the event before it")
        if event.hash != event_hash(event, case.case_number):
            return BrokenEvent(case.case_number, expected_seq, "its content was changed")
        texts = getattr(event, "texts", None)
        if texts is not None and text_digest(texts) != event.text_digest:
            return BrokenEvent(case.case_number, expected_seq, "its text was changed")
        previous, expected_seq = event.hash, expected_seq + 1
    return None


def verify_all() -> Iterator[BrokenEvent]:
    """The first broken event of every case, then of every day whose events do not have its published root."""
    for case in Case.objects.order_by("pk").iterator(chunk_size=500):
        if broken := verify_case(case):
            yield broken
    before = ""
    for root in HistoryRoot.objects.order_by("day"):
        count, digest = _day_root(before, root.day)
        if (count, digest) != (root.event_count, root.root):
            yield BrokenEvent(f"{root.day:%Y-%m-%d}", 0, "the events of this day do not have its root")
        before = root.root


def publish_daily_roots(now: datetime) -> int:
    """Make the root of every past day that has none; returns their number. Safe to run again and by two workers."""
    chain_all_older_events()
    # A transaction that began before midnight may commit after it.
    today, made = (now - _COMMIT_MARGIN).astimezone(_BANGKOK).date(), 0
    with transaction.atomic():
        last = HistoryRoot.objects.select_for_update().order_by("-day").first()
        first_event = CaseEvent.objects.exclude(seq=None).order_by("recorded_at").first()
        if first_event is None:
            return 0
        day = last.day + timedelta(days=1) if last else first_event.recorded_at.astimezone(_BANGKOK).date()
        before = last.root if last else ""
        while day < today:
            count, before = _day_root(before, day)
            _, created = HistoryRoot.objects.get_or_create(day=day, defaults={"event_count": count, "root": before})
            made += created
            day += timedelta(days=1)
    return made


def _day_root(before: str, day: date) -> tuple[int, str]:
    """Number of events recorded on this day in Bangkok, and the root over them and the root before."""
    start = datetime(day.year, day.month, day.day, tzinfo=_BANGKOK)
    events = CaseEvent.objects.filter(recorded_at__gte=start, recorded_at__lt=start + timedelta(days=1)).exclude(
        seq=None
    )
    digest, count = hashlib.sha256(f"{before}{day.isoformat()}".encode()), 0
    for event_digest in events.order_by("id").values_list("hash", flat=True).iterator():
        digest.update(event_digest.encode())
        count += 1
    return count, digest.hexdigest()


def _last_event(case: Case) -> CaseEvent | None:
    return case.events.exclude(seq=None).order_by("-seq").first()


def _chain_start(case: Case) -> str:
    return hashlib.sha256(case.case_number.encode()).hexdigest()
