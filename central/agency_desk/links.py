"""Personal links: issued with an order, opened by whoever has the token, revoked and renewed by the centre."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from central.agency_desk import tokens
from central.agency_desk.mailing import queue_mail
from central.agency_desk.models import ReferralLink, ReferralMail
from central.cases.codes import ACTIVE_STATES
from central.cases.commands import Actor, NotAllowedError
from central.cases.commands.referral_notes import note_on_referral
from central.cases.event_kinds import EventKind
from central.cases.models import Case, CaseEvent, Referral
from central.throttle import LocalThrottle
from protocol.bilingual_text import BilingualText

# Half a year: the longest duty before an order escalates to its last level takes 52 days; the centre can renew it.
LINK_DURATION = timedelta(days=180)
# A token has 192 random bits, so this limit is for the load and for the log of the proxy, not against a lucky guess.
_WRONG_TOKENS = LocalThrottle("agency-link", limit=30, window_s=900)
_ENDED = BilingualText("คำสั่งการนี้สิ้นสุดแล้ว", "This referral has ended")


class LinkState(StrEnum):
    """What a token opens, or why it does not."""

    VALID = "valid"
    UNKNOWN = "unknown"
    EXPIRED = "expired"
    REVOKED = "revoked"
    ENDED = "ended"  # the agency has finished or returned the case, or the centre recalled it
    THROTTLED = "throttled"


@dataclass(frozen=True)
class OpenedLink:
    """The result of a token. `link` is None for a token that belongs to no link."""

    state: LinkState
    link: ReferralLink | None = None


def issue_missing_links(case: Case) -> None:
    """Give every active referral of the case a link and queue its mail. In the transaction of the order."""
    states = [state.value for state in ACTIVE_STATES]
    for referral in case.referrals.filter(state__in=states, links=None).select_related("agency"):
        _issue(referral, Actor.system())
        queue_mail(referral, ReferralMail.Purpose.ORDER)


def open_link(token: str, caller: str) -> OpenedLink:
    """The link of this token. `caller` is the network address; it has a limited number of wrong tokens."""
    if not _WRONG_TOKENS.count_attempt(caller):
        return OpenedLink(LinkState.THROTTLED)
    query = ReferralLink.objects.select_related("referral__case__centre", "referral__agency")
    link = query.filter(token_hash=tokens.token_hash(token)).first()
    if link is None:
        return OpenedLink(LinkState.UNKNOWN)
    _WRONG_TOKENS.take_back_attempt(caller)
    if link.revoked_at is not None:
        return OpenedLink(LinkState.REVOKED, link)
    if link.referral.state not in ACTIVE_STATES:
        return OpenedLink(LinkState.ENDED, link)
    if link.expires_at <= timezone.now():
        return OpenedLink(LinkState.EXPIRED, link)
    return OpenedLink(LinkState.VALID, link)


def count_use(link: ReferralLink) -> None:
    """Count that a page was opened by this link."""
    now = timezone.now()
    ReferralLink.objects.filter(pk=link.pk).update(used_count=F("used_count") + 1, last_used_at=now)


def revoke_link(referral: Referral, by: Actor) -> CaseEvent:
    """Make the link of the referral useless. Raises NotAllowedError."""
    with transaction.atomic():
        event = note_on_referral(referral, EventKind.LINK_REVOKED, by)
        if not _revoke(referral):
            raise NotAllowedError(BilingualText("ลิงก์นี้ถูกยกเลิกไปแล้ว", "The link has been revoked already"))
        return event


def renew_link(referral: Referral, by: Actor) -> CaseEvent:
    """Replace the link of the referral by a new one and mail it. Raises NotAllowedError."""
    with transaction.atomic():
        event = note_on_referral(referral, EventKind.LINK_RENEWED, by)
        referral.refresh_from_db()  # under the lock of its case
        if referral.state not in ACTIVE_STATES:
            raise NotAllowedError(_ENDED)
        _revoke(referral)
        _issue(referral, by)
        queue_mail(referral, ReferralMail.Purpose.NEW_LINK)
        return event


def _revoke(referral: Referral) -> bool:
    return bool(ReferralLink.objects.filter(referral=referral, revoked_at=None).update(revoked_at=timezone.now()))


def _issue(referral: Referral, by: Actor) -> ReferralLink:
    nonce, now = tokens.new_nonce(), timezone.now()
    return ReferralLink.objects.create(
        referral=referral,
        nonce=nonce,
        token_hash=tokens.token_hash(tokens.link_token(nonce)),
        created_at=now,
        created_by=by.officer,
        expires_at=now + LINK_DURATION,
    )
