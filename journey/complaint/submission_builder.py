"""From the visit's draft to the submission that is sealed: a pure function, and the place where anonymity is kept."""

from datetime import UTC, datetime
from uuid import UUID

from journey.complaint.checks import normalised_phone, truncate_story, unmet_requirements
from journey.complaint.draft import Draft, LetterPage
from protocol.choices import ClockQuality, IdentitySource, NameDisclosure
from protocol.submission import Contact, Identity, Page, Submission


def build_submission(
    draft: Draft,
    *,
    submission_id: UUID,
    tracking_code: str,
    case_number: str,
    language: str,
    clock_quality: ClockQuality,
) -> Submission:
    """What the centre is told. An anonymous draft gives no identity and no contact.

    Raises ValueError for a draft that still lacks something or holds too much (see checks). Its message may quote the
    draft: never log it.
    """
    lacking = unmet_requirements(draft)
    if lacking or draft.topic is None:
        raise ValueError(", ".join(lack.name for lack in lacking))
    named = draft.name_disclosure is not NameDisclosure.ANONYMOUS
    identity, source = _identity(draft) if named else (None, IdentitySource.NONE)
    contact = Contact(phone=normalised_phone(draft) or "")
    return Submission(
        submission_id=submission_id,
        tracking_code=tracking_code,
        case_number=case_number,
        nature=draft.nature,
        topic=draft.topic,
        topic_note=draft.topic_note.strip(),
        about=draft.about,
        about_note=draft.about_note.strip(),
        area=draft.area,
        spot=draft.location_note.strip(),
        for_whom=draft.for_whom,
        for_whom_note=draft.for_whom_note.strip(),
        text=draft.text.strip(),
        pages=tuple(_page(page) for page in draft.pages),
        contact=contact,
        naming=draft.name_disclosure,
        identity=identity,
        identity_source=source,
        language="en" if language == "en" else "th",
        notice_version=draft.notice_version,
        notice_accepted_at=datetime.fromtimestamp(draft.notice_accepted_at_epoch_s, UTC),
        clock_quality=clock_quality,
        assisted=draft.assisted,
    )


def _identity(draft: Draft) -> tuple[Identity | None, IdentitySource]:
    if draft.identity_source is IdentitySource.CHIP and draft.card is not None:
        card = draft.card
        read = Identity(
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
        return read, IdentitySource.CHIP
    # A typed name is kept as it was typed: nobody can tell where a Thai title or first name ends.
    typed = draft.typed_name.strip()
    return (Identity(first_name=typed), IdentitySource.TYPED) if typed else (None, IdentitySource.NONE)


def _page(page: LetterPage) -> Page:
    # The picture is the record; what a machine read into it may be cut.
    text = truncate_story(page.current_text)
    return Page(media_type="image/jpeg", width=page.width, height=page.height, text=text, confidence=page.confidence)
