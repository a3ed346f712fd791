"""A draft's checks, and the submission built from it."""

import json
from dataclasses import dataclass, fields, replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from journey.complaint import checks, submission_builder
from journey.complaint.checks import Requirement
from journey.complaint.draft import (
    IDENTIFYING,
    Draft,
    LetterPage,
    PersonalData,
    RecognisedLine,
    draft_field,
    erase,
    field_rules,
)
from journey.events import Choose, WriteText
from journey.language import translate
from protocol.choices import MAX_NOTE_CHARS, ClockQuality, IdentitySource, NameDisclosure
from protocol.consent_texts import SMS_CONSENT, SMS_CONSENTS
from protocol.submission import Consents, Contact, Submission
from protocol.topics import Topic
from simulators.sample_data import BOONMA

STORY = Draft(
    topic=Topic.UTILITIES,
    text=" ไฟดับทุกคืน ",
    notice_version="1",
    notice_accepted_at_epoch_s=1_795_000_000.0,
)
WITH_CARD = replace(
    STORY,
    identity_source=IdentitySource.CHIP,
    card=BOONMA,
    card_area="400116",
    phone="081-234 5678",
)


def build_submission(draft: Draft, language: str = "th") -> Submission:
    return submission_builder.build_submission(
        draft,
        submission_id=UUID(int=7),
        tracking_code="7KQ2M9XD4TBVS",
        case_number="KKN07A-000123-41",
        language=language,
        clock_quality=ClockQuality.SYNCHRONISED,
    )


def test_an_empty_draft_requires_topic_and_story() -> None:
    assert checks.unmet_requirements(Draft()) == (Requirement.TOPIC, Requirement.STORY)


def test_not_sure_is_a_topic_and_a_letter_is_a_story() -> None:
    page = LetterPage("p1", 1000, 1400)
    assert checks.unmet_requirements(Draft(topic=Topic.UNSURE, pages=(page,))) == ()


def test_a_visit_in_a_third_language_is_stored_as_english() -> None:
    assert [build_submission(STORY, language).language for language in ("th", "en", "lo")] == ["th", "en", "en"]


def test_white_space_does_not_count_as_a_story() -> None:
    assert checks.check_story(Draft(text=" \n ")) is Requirement.STORY


@pytest.mark.parametrize("phone", ["", "  ", "081 234 5678", "๐๔๓-๒๔๖๗๘๙"])
def test_a_phone_number_is_thai_or_left_out(phone: str) -> None:
    assert checks.check_phone(Draft(phone=phone)) is None


@pytest.mark.parametrize("phone", ["12", "บุญมา", "99999999999999"])
def test_an_invalid_phone_number_is_reported(phone: str) -> None:
    assert checks.check_phone(Draft(phone=phone)) is Requirement.PHONE
    assert checks.check_phone(Draft(phone=phone, name_disclosure=NameDisclosure.ANONYMOUS)) is None


def test_truncation_keeps_a_consonant_with_its_marks() -> None:
    assert checks.truncate_text("กก็กี่", 5) == "กก็"  # not กก็ก: that has the vowel without its tone
    assert checks.truncate_text("กก็กี่", 6) == "กก็กี่"


@given(st.text(), st.integers(min_value=0, max_value=40))
def test_truncated_text_is_within_the_limit_and_can_be_encoded(text: str, limit: int) -> None:
    truncated = checks.truncate_text(text, limit)
    assert len(truncated) <= limit
    assert checks.truncate_text(text, 10**6).startswith(truncated)
    truncated.encode("utf-8")


def test_control_characters_are_removed_and_line_breaks_kept() -> None:
    assert checks.truncate_text("ก\x00\x1b\nข\ud800", 9) == "ก\nข"


def test_a_named_visit_with_card() -> None:
    submission = build_submission(WITH_CARD)
    assert submission.identity is not None
    assert submission.identity.citizen_id == BOONMA.citizen_id
    assert (submission.identity.title, submission.identity.first_name, submission.identity.last_name) == (
        "นาง",
        "บุญมา",
        "ใจดี",
    )
    assert submission.identity.address_area == "400116"
    assert submission.identity_source is IdentitySource.CHIP
    assert submission.contact.phone == "0812345678"
    assert submission.text == "ไฟดับทุกคืน"
    assert submission.notice_accepted_at == datetime.fromtimestamp(1_795_000_000, UTC)


def test_a_withheld_name_is_sent_to_the_centre() -> None:
    submission = build_submission(replace(WITH_CARD, name_disclosure=NameDisclosure.WITHHELD))
    assert submission.identity is not None
    assert submission.naming is NameDisclosure.WITHHELD


def test_an_anonymous_submission_identifies_nobody() -> None:
    submission = build_submission(replace(WITH_CARD, typed_name="บุญมา", name_disclosure=NameDisclosure.ANONYMOUS))
    assert submission.identity is None
    assert submission.identity_source is IdentitySource.NONE
    assert submission.contact == Contact()
    assert submission.consents == Consents()
    sent = submission.model_dump_json()
    assert not [trace for trace in ("บุญมา", "ใจดี", BOONMA.citizen_id, "0812345678", "บ้านเป็ด") if trace in sent]


def test_a_typed_name_is_not_split() -> None:
    submission = build_submission(replace(STORY, typed_name=" นางบุญมา ใจดี "))
    assert submission.identity is not None
    assert submission.identity.first_name == "นางบุญมา ใจดี"
    assert submission.identity_source is IdentitySource.TYPED


def test_a_submission_without_a_name_has_no_identity() -> None:
    submission = build_submission(STORY)
    assert submission.identity is None
    assert submission.identity_source is IdentitySource.NONE


def test_a_page_that_was_not_read_to_its_end_says_so() -> None:
    page = LetterPage("a", 1240, 1754, lines=(), is_readable=True, confidence=90.0)
    sent = build_submission(replace(STORY, pages=(page, replace(page, is_complete=False)))).pages
    assert [each.is_text_complete for each in sent] == [True, False]
    assert ["is_text_complete" in each.model_dump() for each in sent] == [False, True], (
        "earlier centres know no such field"
    )


def test_sms_is_agreed_to_for_a_mobile_number_only_and_with_the_version_of_its_text() -> None:
    assert build_submission(WITH_CARD).consents == Consents()
    agreed = replace(WITH_CARD, phone="081-234-5678", sms_consent=True)
    assert build_submission(agreed).consents == Consents(sms=True, sms_text=SMS_CONSENT)
    for without in (
        replace(agreed, phone="043123456"),
        replace(agreed, phone=""),
        replace(agreed, name_disclosure=NameDisclosure.ANONYMOUS),
    ):
        assert build_submission(without).consents == Consents()
    assert Consents.model_validate({"sms": True}).sms, "the field of earlier kiosks is still read"


def test_a_submission_without_sms_has_no_field_that_older_centres_refuse() -> None:
    assert json.loads(build_submission(WITH_CARD).model_dump_json())["consents"] == {"sms": False}


@pytest.mark.parametrize("language", ["th", "en"])
def test_the_screen_shows_the_text_that_the_centre_stores(language: str) -> None:
    text = SMS_CONSENTS[SMS_CONSENT]
    assert translate(text.en, language) == text.in_language(language)


def test_pages_contain_the_text_as_the_citizen_corrected_it() -> None:
    lines = (RecognisedLine("เรียน ผู้ว่าราชการ", 91.0, False),)
    untouched = LetterPage("a", 1000, 1400, lines=lines, is_readable=True, confidence=91.0)
    submission = build_submission(
        replace(STORY, pages=(untouched, replace(untouched, text="เรียน ท่านผู้ว่า"), LetterPage("c", 9, 9)))
    )
    assert [page.text for page in submission.pages] == ["เรียน ผู้ว่าราชการ", "เรียน ท่านผู้ว่า", ""]
    assert [page.confidence for page in submission.pages] == [91.0, 91.0, None]


@pytest.mark.parametrize(
    ("draft", "why"),
    [
        (Draft(), "TOPIC, STORY"),
        (replace(STORY, topic=None), "TOPIC"),
        (replace(STORY, text=""), "STORY"),
        (replace(STORY, phone="12"), "PHONE"),
        (replace(STORY, location_note="ก" * (MAX_NOTE_CHARS + 1)), "spot"),
    ],
)
def test_a_draft_that_fails_a_check_is_not_built(draft: Draft, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        build_submission(draft)


PERSONAL_FIELDS = [field.name for field in fields(Draft) if field_rules(field.name).personal in IDENTIFYING]


@pytest.mark.parametrize("name", PERSONAL_FIELDS)
def test_every_identifying_field_is_erased_before_an_anonymous_complaint_is_built(name: str) -> None:
    values: dict[str, Any] = {"card": BOONMA, "identity_source": IdentitySource.CHIP, "card_area": "400116"}
    filled = replace(STORY, name_disclosure=NameDisclosure.ANONYMOUS, **{name: values.get(name, "0812345678")})
    anonymous_draft = replace(STORY, name_disclosure=NameDisclosure.ANONYMOUS)
    assert erase(filled, IDENTIFYING) == anonymous_draft
    assert build_submission(filled) == build_submission(anonymous_draft)


@given(st.sampled_from(PersonalData), st.text(min_size=1))
def test_a_new_field_is_erased_with_its_kind_of_personal_data(kind: PersonalData, text: str) -> None:
    @dataclass(frozen=True)
    class LargerDraft(Draft):
        nickname: str = draft_field("", personal=kind, max_chars=10)

    draft = LargerDraft(nickname=text)
    assert text not in repr(draft) or text in repr(LargerDraft()), "personal data is never logged"
    assert erase(draft, (kind,)).nickname == ""
    assert erase(draft, set(PersonalData) - {kind}).nickname == text


def test_text_fields_accept_text_and_choices_accept_their_own_values_only() -> None:
    for name in ("pages", "nature", "no such field"):
        with pytest.raises(ValueError, match=name):
            WriteText(name, "")
    for name, value in (("nature", NameDisclosure.NAMED), ("text", "เรื่อง"), ("no such field", None)):
        with pytest.raises(ValueError, match=name):
            Choose(name, value)
