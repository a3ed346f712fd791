"""Ten codes on paper that replace a lost second factor, each once."""

from django.db import transaction
from django.utils import timezone

from central.centres.models import Officer
from central.people.models import RecoveryCode
from central.people.one_time_codes import code_hash, display_code, generate_code

NUMBER_OF_CODES = 10
_SYMBOLS = 10  # 50 bits each: more than can be guessed with the attempts that a throttle leaves


@transaction.atomic
def renew_recovery_codes(officer: Officer) -> list[str]:
    """Ten new codes in their display form. The earlier ones are no longer valid. They can be shown only now."""
    RecoveryCode.objects.filter(officer=officer).delete()
    codes = [generate_code(_SYMBOLS) for _ in range(NUMBER_OF_CODES)]
    RecoveryCode.objects.bulk_create(
        RecoveryCode(officer=officer, code_hash=_hash_for(officer, code)) for code in codes
    )
    return [display_code(code) for code in codes]


def use_recovery_code(officer: Officer, typed: str) -> bool:
    """Whether this is one of the officer's unused codes. It is used up."""
    unused = RecoveryCode.objects.filter(officer=officer, code_hash=_hash_for(officer, typed), used_at=None)
    return unused.update(used_at=timezone.now()) == 1


def count_unused(officer: Officer) -> int:
    """The number of codes the officer has left."""
    return RecoveryCode.objects.filter(officer=officer, used_at=None).count()


def _hash_for(officer: Officer, code: str) -> str:
    return code_hash(f"recovery of {officer.pk}", code)
