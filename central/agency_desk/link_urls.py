"""The address of a personal link."""

from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from central.agency_desk import tokens
from central.agency_desk.models import ReferralLink
from central.cases.models import Referral


def valid_link(referral: Referral) -> ReferralLink | None:
    """The link of the referral that can be used now."""
    return ReferralLink.objects.filter(referral=referral, revoked_at=None, expires_at__gt=timezone.now()).first()


def link_url(link: ReferralLink) -> str:
    """The address of the link, '' when the installation does not know its own address."""
    base = link.referral.case.centre.public_url or settings.PUBLIC_URL
    return base.rstrip("/") + link_path(link) if base else ""


def link_path(link: ReferralLink) -> str:
    """The path of the link on this installation."""
    return reverse("agency_link:referral", args=[tokens.link_token(link.nonce)])
