"""Connects a LINE account with cases for notices, and disconnects it."""

from django.db.models import QuerySet

from central.cases.models import Case
from central.line_account.consent_texts import NOTICES_CONSENT, NOTICES_VERSION
from central.line_account.models import LineChat
from central.line_account.turn import Turn
from central.notices.codes import NoticeChannel
from central.notices.consents import ConsentText, give_consent, withdraw_consent
from central.notices.models import NoticeConsent


def agree_to_notices(turn: Turn, case: Case) -> None:
    """Record that this account wants notices about the case. Raises ConsentError for an anonymous one."""
    agreed = ConsentText(NOTICES_CONSENT.in_language(turn.language), NOTICES_VERSION, turn.language)
    give_consent(case, NoticeChannel.LINE, turn.chat.user_id, agreed, given_by="line", is_announced=False)


def is_linked(chat: LineChat, case: Case) -> bool:
    """Whether this account gets notices about the case."""
    return _consents(chat).filter(case=case).exists()


def unlink_case(chat: LineChat, case: Case) -> bool:
    """End the notices about one case to this account. Those of another account stay. False without any."""
    return is_linked(chat, case) and withdraw_consent(case, NoticeChannel.LINE, by="line")


def unlink_all(chat: LineChat) -> int:
    """End the notices about every case to this account; returns how many."""
    cases = [consent.case for consent in _consents(chat).select_related("case").order_by("case")]
    return sum(withdraw_consent(case, NoticeChannel.LINE, by="line") for case in cases)


def _consents(chat: LineChat) -> QuerySet[NoticeConsent]:
    return NoticeConsent.objects.filter(channel=NoticeChannel.LINE.value, address=chat.user_id, withdrawn_at=None)
