"""Stores what a citizen has submitted, by whatever channel: the columns of the case, the complainant, the consent."""

from datetime import datetime
from enum import Enum

from central import database_values
from central.cases.models import Case, Complainant
from central.channels import Channel
from central.identity_crypto import citizen_id_hash, encrypt_citizen_id, phone_hash
from central.notices.codes import NoticeChannel
from central.notices.consents import ConsentError, ConsentText, give_consent
from central.people.shared_throttle import SharedThrottle
from protocol.bilingual_text import BilingualText
from protocol.choices import NameDisclosure
from protocol.consent_texts import SMS_CONSENTS
from protocol.submission import Identity, Submission, SubmissionContent
from thai.phone import thai_mobile_number

# Columns of Case whose submission field has another name on the wire. All other fields have the name of their column.
_WIRE_NAMES = {"location_note": "spot", "name_disclosure": "naming"}
_UNKNOWN_TEXT = BilingualText("", "")
# Where a consent was given, as its record names it. An officer has entered all others.
_GIVEN_BY = {Channel.KIOSK: "kiosk", Channel.WEB: "web", Channel.APP: "web", Channel.LINE: "line"}
_TYPED_AT_HOME = {Channel.WEB, Channel.APP, Channel.LINE}
_FIRST_NOTICES = SharedThrottle("first notices of a number", limit=3, window_s=24 * 3600)  # over all cases


def submission_columns(content: SubmissionContent) -> dict[str, object]:
    """The columns of Case that a submission fills: one for each field of the same name. So a new field of the
    submission is stored as soon as Case has a column for it."""
    columns = {column: _column_value(getattr(content, field)) for column, field in stored_fields(type(content))}
    return {**columns, "consent_sms": content.consents.sms}


def stored_fields(model: type[SubmissionContent] = Submission) -> list[tuple[str, str]]:
    """Columns of Case that are filled from a field of the submission, with the names of these fields."""
    names = [(column.name, _WIRE_NAMES.get(column.name, column.name)) for column in Case._meta.concrete_fields]
    return [(column, field) for column, field in names if field in model.model_fields]


def _column_value(value: object) -> object:
    if isinstance(value, Enum):
        return value.value
    return database_values.clamp_datetime(value) if isinstance(value, datetime) else value


def store_complainant(case: Case, content: SubmissionContent, channel: Channel) -> None:
    """Store who complained, with the consent to notices. Nothing for an anonymous case."""
    if content.naming is NameDisclosure.ANONYMOUS:
        return
    identity = content.identity or Identity()
    citizen_id = identity.citizen_id
    Complainant.objects.create(
        case=case,
        source=content.identity_source.value,
        phone=content.contact.phone,
        citizen_id_hash=citizen_id_hash(citizen_id) if citizen_id else "",
        citizen_id_last4=citizen_id[-4:],
        citizen_id_encrypted=encrypt_citizen_id(citizen_id) if citizen_id else b"",
        **identity.model_dump(exclude={"citizen_id"}),
    )
    _record_sms_consent(case, content, channel)


def _record_sms_consent(case: Case, content: SubmissionContent, channel: Channel) -> None:
    """Record the consent with the text of its version, if there is one. The first notice follows at once, unless the
    number had its first notices of the day.

    A consent that cannot be used (a fixed line, no number) keeps no complaint out: `Case.consent_sms` has it, and the
    page of the case says that no SMS is sent."""
    if not content.consents.sms:
        return
    version = content.consents.sms_text
    text = SMS_CONSENTS.get(version, _UNKNOWN_TEXT).in_language(content.language)
    agreed = ConsentText(text, version or "unknown", content.language)
    given_by = _GIVEN_BY.get(channel, "counter")
    try:
        give_consent(
            case,
            NoticeChannel.SMS,
            content.contact.phone,
            agreed,
            given_by=given_by,
            given_at=case.notice_accepted_at,
            is_announced=_is_announced(channel, content.contact.phone),
        )
    except ConsentError:
        return


def _is_announced(channel: Channel, phone: str) -> bool:
    """Whether the first notice is sent. Nobody has proven a number that was typed at home: whoever files many cases
    with the number of somebody else must not send them many SMS, which the centre pays."""
    number = thai_mobile_number(phone)
    return channel not in _TYPED_AT_HOME or not number or _FIRST_NOTICES.count_attempt(phone_hash(number))
