"""The state of an account, as lists show and filter it."""

from enum import StrEnum

from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.db.models import Q

from central.centres.models import Officer
from protocol.bilingual_text import BilingualText


class AccountState(StrEnum):
    """Whether the officer can sign in, and why not."""

    ACTIVE = "active"
    INVITED = "invited"  # waits for the officer to use the one-time link
    SUSPENDED = "suspended"
    ENDED = "ended"


STATE_LABELS = {
    AccountState.ACTIVE: BilingualText("ใช้งาน", "Active"),
    AccountState.INVITED: BilingualText("รอตั้งรหัสผ่าน", "Invited"),
    AccountState.SUSPENDED: BilingualText("ระงับ", "Suspended"),
    AccountState.ENDED: BilingualText("ปิดบัญชี", "Ended"),
}
_HAS_ENDED = Q(profile__ended_at__isnull=False)
_HAS_NO_PASSWORD = Q(password__startswith=UNUSABLE_PASSWORD_PREFIX)
STATE_FILTERS = {
    AccountState.ACTIVE: Q(is_active=True) & ~_HAS_NO_PASSWORD,
    AccountState.INVITED: Q(is_active=True) & _HAS_NO_PASSWORD,
    AccountState.SUSPENDED: Q(is_active=False) & ~_HAS_ENDED,
    AccountState.ENDED: _HAS_ENDED,
}


def account_state(officer: Officer) -> AccountState:
    """The state of this officer's account. Reads `profile`: select it together with the officer."""
    profile = getattr(officer, "profile", None)
    if profile is not None and profile.ended_at is not None:
        return AccountState.ENDED
    if not officer.is_active:
        return AccountState.SUSPENDED
    return AccountState.ACTIVE if officer.has_usable_password() else AccountState.INVITED
