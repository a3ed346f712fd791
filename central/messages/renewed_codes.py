"""A new tracking code: made before the old one ends, so that a lost answer costs nobody the case.

The new code is in the page before the citizen confirms it, or before the officer has identified the citizen. The page
gets it signed, together with the case and the old code: a forged or repeated form ends no other code."""

from django.core import signing
from django.db import transaction
from django.utils import timezone

from central.cases import commands
from central.cases.commands import Actor
from central.cases.models import Case
from central.identity_crypto import tracking_hash
from central.messages.models import EndedCode
from protocol import tracking_code

_SALT = "central.messages.renewed_codes"


def propose_code(case: Case) -> str:
    """A signed new code for this case, for the hidden field of a form."""
    return signing.dumps([case.pk, case.tracking_hash, tracking_code.generate()], salt=_SALT)


def proposed_code(case: Case, signed: str) -> str | None:
    """The code of such a field. None when it was not proposed for this case and its present code."""
    try:
        case_id, old_hash, code = signing.loads(signed, salt=_SALT)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    return str(code) if (case_id, old_hash) == (case.pk, case.tracking_hash) else None


def repeated_code(case: Case, signed: str) -> str | None:
    """The code of such a field, when it is the present code of the case: the form was sent twice."""
    try:
        case_id, _, code = signing.loads(signed, salt=_SALT)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    return str(code) if (case_id, tracking_hash(code)) == (case.pk, case.tracking_hash) else None


def renew_code(case: Case, by: Actor, new_code: str, *, identified_by: str = "", reason: str = "") -> None:
    """The case is found by the new code only. `identified_by` and `reason`: see the command. Raises NotAllowedError."""
    old_hash = case.tracking_hash
    with transaction.atomic():
        event = commands.renew_code(
            case,
            by,
            seen_revision=None,
            old_hash=old_hash,
            new_hash=tracking_hash(new_code),
            identified_by=identified_by,
            reason=reason,
        )
        EndedCode.objects.create(code_hash=old_hash, case=case, event=event, at=timezone.now())


def has_ended(code: str) -> bool:
    """Whether this code led to a case before a new one replaced it."""
    return EndedCode.objects.filter(code_hash=tracking_hash(code)).exists()
