"""An officer has looked at two cases and says that they are two matters, or takes that back. Both are in the history of
the case."""

from django.db import transaction
from django.utils import timezone

from central.cases import commands
from central.cases.commands import Actor
from central.cases.errors import NO_PERMISSION, NotAllowedError
from central.cases.models import Case
from central.centres.models import Officer
from central.duplicates.models import DuplicateCandidate
from central.people.permission import has_permission
from central.people.roles import Action
from protocol.bilingual_text import BilingualText

_GONE = BilingualText("เรื่องนี้ไม่อยู่ในรายการที่อาจซ้ำแล้ว", "This case is not among the possible duplicates any more")
_DISMISSED = "พิจารณาแล้วไม่ซ้ำกับเรื่อง {}"
_RESTORED = "ให้พิจารณาอีกครั้งว่าซ้ำกับเรื่อง {} หรือไม่"


def set_dismissed(officer: Officer, case: Case, other: Case, *, is_dismissed: bool) -> None:
    """Dismiss the pair, or show it again. The cases come from `cases.reading`. Raises NotAllowedError."""
    if not has_permission(officer, Action.LINK_DUPLICATE, case.centre):
        raise NotAllowedError(NO_PERMISSION)
    with transaction.atomic():
        earlier, later = sorted((case.pk, other.pk))
        pair = DuplicateCandidate.objects.select_for_update().filter(earlier=earlier, later=later).first()
        if pair is None:
            raise NotAllowedError(_GONE)
        if (pair.dismissed_at is not None) == is_dismissed:
            return
        pair.dismissed_by, pair.dismissed_at = (officer, timezone.now()) if is_dismissed else (None, None)
        pair.save(update_fields=["dismissed_by", "dismissed_at"])
        note = (_DISMISSED if is_dismissed else _RESTORED).format(other.case_number)
        commands.add_note(case, Actor.of(officer), seen_revision=None, note=note)
