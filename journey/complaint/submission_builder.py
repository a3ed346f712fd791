"""Builds the submission that is sealed from the visit's draft: a pure function. An anonymous submission identifies
nobody."""

from dataclasses import fields
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from journey.complaint.checks import has_sms_consent, normalised_phone, truncate_text, unmet_requirements
from journey.complaint.draft import IDENTIFYING, Draft, LetterPage, erase
from protocol.choices import MAX_TEXT_CHARS, ClockQuality, IdentitySource, NameDisclosure
from protocol.consent_texts import SMS_CONSENT
from protocol.submission import Consents, Contact, Identity, Page, Submission


def build_submission(
    draft: Draft,
    *,
    submission_id: UUID,
    tracking_code: str,
    case_number: str,
    language: str,
    clock_quality: ClockQuality,
) -> Submission:
    """The submission for the centre. An anonymous draft yields no identity and no contact.

    Raises ValueError for a draft that does not meet a requirement or exceeds a limit. Its message may quote the draft:
    never log it.
    """
    unmet = unmet_requirements(draft)
    if unmet:
        raise ValueError(", ".join(requirement.name for requirement in unmet))
    if draft.name_disclosure is NameDisclosure.ANONYMOUS:
        draft = erase(draft, IDENTIFYING)
    identity, identity_source = _identity(draft)
    derived = {
        "submission_id": submission_id,
        "tracking_code": tracking_code,
        "case_number": case_number,
        "pages": tuple(_page(page) for page in draft.pages),
        "contact": Contact(phone=normalised_phone(draft) or ""),
        "consents": Consents(sms=True, sms_text=SMS_CONSENT) if has_sms_consent(draft) else Consents(),
        "identity": identity,
        "identity_source": identity_source,
        "language": "th" if language == "th" else "en",  # the languages of officers and tracking page
        "notice_accepted_at": datetime.fromtimestamp(draft.notice_accepted_at_epoch_s, UTC),
        "clock_quality": clock_quality,
    }
    return Submission(**{**_copied_fields(draft), **derived})


def _copied_fields(draft: Draft) -> dict[str, Any]:
    """The fields that draft and submission have in common, by their names in the submission. Texts are stripped."""
    copied = {}
    for item in fields(draft):
        rules, value = item.metadata["rules"], getattr(draft, item.name)
        name = rules.sent_as or item.name
        if name in Submission.model_fields:
            copied[name] = value.strip() if rules.max_chars else value
    return copied


def _identity(draft: Draft) -> tuple[Identity | None, IdentitySource]:
    if draft.identity_source is IdentitySource.CHIP and draft.card is not None:
        card = draft.card
        from_card = Identity(
            citizen_id=card.citizen_id,
            title=card.name.title,
            first_name=card.name.first,
            middle_name=card.name.middle,
            last_name=card.name.last,
            birth_date=card.birth_date,
            sex=card.sex,
            address=card.address.raw,
            address_area=draft.card_area,
        )
        return from_card, IdentitySource.CHIP
    # A typed name is sent whole as the first name: title and first name of a Thai name cannot be told apart reliably.
    typed = draft.typed_name.strip()
    return (Identity(first_name=typed), IdentitySource.TYPED) if typed else (None, IdentitySource.NONE)


def _page(page: LetterPage) -> Page:
    # The picture is authoritative; its recognised text may be truncated.
    text = truncate_text(page.current_text, MAX_TEXT_CHARS)
    return Page(
        media_type="image/jpeg",
        width=page.width,
        height=page.height,
        text=text,
        confidence=page.confidence,
        is_text_complete=page.is_complete,
    )
