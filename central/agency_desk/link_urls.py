"""The address of a personal link."""

from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from central.agency_desk import tokens
from central.agency_desk.models import ReferralLink
from central.cases.codes import ReferralKind
from central.cases.models import Referral
from central.letters.page import AnswerLink
from thai import dates
from thai.numerals import to_thai


def valid_link(referral: Referral) -> ReferralLink | None:
    """The link of the referral that can be used now."""
    return ReferralLink.objects.filter(referral=referral, revoked_at=None, expires_at__gt=timezone.now()).first()


def link_url(link: ReferralLink) -> str:
    """The address of the link, '' when the installation does not know its own address."""
    base = link.referral.case.centre.public_url or settings.PUBLIC_URL
    return base.rstrip("/") + link_path(link) if base else ""


def answer_link(link: ReferralLink, url: str) -> AnswerLink:
    """The link as the order letter shows it. Its letter is in Thai, as official letters are."""
    until = to_thai(dates.long_date(link.expires_at)).replace(" ", "\u00a0")
    return AnswerLink(url, until, is_copy=link.referral.kind == ReferralKind.COPY.value)


def link_path(link: ReferralLink) -> str:
    """The path of the link on this installation."""
    return reverse("agency_link:referral", args=[tokens.link_token(link.nonce)])
