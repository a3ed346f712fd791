"""Sends mails to agencies: a row and a task in the transaction that causes the mail, the sending afterwards.

A task that was killed after sending sends again with the same Message-ID, so a mailbox shows the mail once."""

from collections.abc import Sequence
from datetime import date
from smtplib import SMTPException, SMTPRecipientsRefused

from django.conf import settings
from django.utils import timezone

from central.agencies.models import Agency, AgencyContact
from central.agency_desk.link_urls import link_url, valid_link
from central.agency_desk.mail_texts import code_message, referral_message
from central.agency_desk.models import AccessCode, ReferralMail
from central.background.tasks import TaskPolicy, background_task, enqueue
from central.cases.codes import ACTIVE_STATES
from central.cases.commands import Actor
from central.cases.commands.referral_notes import note_on_referral
from central.cases.event_kinds import EventKind
from central.cases.models import Referral

_POLICY = TaskPolicy(max_duration_s=120)
# Top-level domains that never exist (RFC 2606): sample data has such addresses.
_RESERVED_DOMAINS = (".example", ".invalid", ".localhost", ".test")
_Failure = ReferralMail.Failure


def registered_addresses(agency: Agency) -> list[str]:
    """The mail addresses of the register for this agency: the contact point and the office, else the executive."""
    contacts = {contact.kind: contact.email for contact in agency.contacts.all()}
    usable = _usable([contacts.get(AgencyContact.Kind.CONTACT_POINT.value, ""), agency.email])
    return usable or _usable([contacts.get(AgencyContact.Kind.CCEO.value, "")])


def queue_mail(referral: Referral, purpose: ReferralMail.Purpose, for_day: date | None = None) -> ReferralMail:
    """Write the row of a mail and queue its task. Without an address, or without mail, the row has its failure at
    once."""
    failure = ""
    if settings.MAIL_IS_OFF:
        failure = _Failure.NO_MAIL.value
    elif not registered_addresses(referral.agency):
        failure = _Failure.NO_ADDRESS.value
    mail = ReferralMail.objects.create(
        referral=referral,
        purpose=purpose,
        for_day=for_day,
        created_at=timezone.now(),
        failure=failure,
    )
    if not failure:
        enqueue(mail_referral, mail.pk)
    return mail


@background_task(_POLICY)
def mail_referral(mail_id: int) -> str:
    """Send a mail. The row has its state; a mail server that is away raises, and the task runs again later."""
    query = ReferralMail.objects.select_related("referral__case__centre", "referral__agency")
    mail = query.filter(pk=mail_id, mailed_at=None).first()
    if mail is None:
        return "sent before"
    link = valid_link(mail.referral)
    if link is None or mail.referral.state not in ACTIVE_STATES:
        return _set_failure(mail, _Failure.ENDED)
    if settings.MAIL_IS_OFF:
        return _give_up(mail, _Failure.NO_MAIL)
    recipients = registered_addresses(mail.referral.agency)
    if not recipients:
        return _give_up(mail, _Failure.NO_ADDRESS)
    url = link_url(link)
    if not url:
        return _give_up(mail, _Failure.NO_URL)
    mail.attempts += 1
    try:
        referral_message(mail, link, url, recipients).send()
    except SMTPRecipientsRefused as error:
        if all(code >= 500 for code, _ in error.recipients.values()):
            return _give_up(mail, _Failure.REFUSED)
        _note_not_sent(mail)
        raise
    except (SMTPException, OSError):
        _note_not_sent(mail)
        raise
    mail.mailed_at, mail.failure = timezone.now(), ""
    mail.save(update_fields=["mailed_at", "failure", "attempts"])
    return "sent"


@background_task(_POLICY)
def mail_access_code(code_id: int) -> str:
    """Send an access code while it is valid."""
    query = AccessCode.objects.select_related("referral__case", "referral__agency")
    code = query.filter(pk=code_id, used_at=None, expires_at__gt=timezone.now()).first()
    recipients = registered_addresses(code.referral.agency) if code else []
    if code is None or not recipients or settings.MAIL_IS_OFF:
        return "not valid any more"
    code_message(code, recipients).send()
    return "sent"


def _note_not_sent(mail: ReferralMail) -> None:
    _set_failure(mail, _Failure.NOT_SENT)
    if mail.attempts >= _POLICY.max_attempts:
        _note_on_case(mail)


def _give_up(mail: ReferralMail, failure: ReferralMail.Failure) -> str:
    result = _set_failure(mail, failure)
    _note_on_case(mail)
    return result


def _set_failure(mail: ReferralMail, failure: ReferralMail.Failure) -> str:
    mail.failure = failure
    mail.save(update_fields=["failure", "attempts"])
    return failure.value


def _note_on_case(mail: ReferralMail) -> None:
    payload = {"purpose": mail.purpose, "failure": mail.failure}
    note_on_referral(mail.referral, EventKind.MAIL_FAILED, Actor.system(), payload)


def _usable(addresses: Sequence[str]) -> list[str]:
    """Each address once, without those that cannot exist."""
    usable = (address for address in addresses if address and not address.lower().endswith(_RESERVED_DOMAINS))
    return list(dict.fromkeys(usable))
