"""The chain of custody of a piece of evidence: who gave it to whom, when and why. Each entry has a hash over the entry
before it, so that a changed, removed or inserted entry shows."""

import hashlib
import json
from collections.abc import Iterable
from datetime import UTC

from django.utils import timezone

from central.centres.models import Officer
from central.investigation.models import CustodyEntry, Evidence


def entry_hash(evidence: Evidence, previous: str, entry: CustodyEntry) -> str:
    """SHA-256 over the hash before and the entry. The first one covers the evidence with the hash of its file."""
    content = {
        "evidence": evidence.number,
        "file": evidence.sha256,
        "at": entry.at.astimezone(UTC).isoformat(timespec="microseconds"),
        "giver": entry.giver,
        "receiver": entry.receiver,
        "purpose": entry.purpose,
        "by": entry.entered_by_id,
    }
    canonical = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(previous.encode() + canonical.encode()).hexdigest()


def append_entry(by: Officer, evidence: Evidence, giver: str, receiver: str, purpose: str) -> CustodyEntry:
    """Add the newest entry. The caller has locked the case."""
    last = evidence.custody.last()
    entry = CustodyEntry(
        evidence=evidence, at=timezone.now(), giver=giver, receiver=receiver, purpose=purpose, entered_by=by
    )
    entry.hash = entry_hash(evidence, last.hash if last else "", entry)
    entry.save(force_insert=True)
    return entry


def is_intact(evidence: Evidence, entries: Iterable[CustodyEntry]) -> bool:
    """Whether each entry follows the one before it. `entries` are all of the evidence, the oldest first."""
    previous = ""
    for entry in entries:
        if entry.hash != entry_hash(evidence, previous, entry):
            return False
        previous = entry.hash
    return True
