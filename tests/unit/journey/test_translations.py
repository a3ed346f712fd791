"""The catalogue has exactly the texts that the sources mark, and its compiled form translates them."""

import string
from datetime import UTC, datetime
from pathlib import Path

import pytest

from journey.language import LOCALE_DIR, localise_digits, translate, use_thai_digits
from protocol.case_status import CaseStatus, status_text
from protocol.topics import TOPICS, Topic
from thai import dates, places
from thai.dates import long_date
from tools.message_catalogue import compile_catalogues, extract_kv_messages, thai_catalogue, used_messages


@pytest.fixture(scope="module", autouse=True)
def compiled_catalogues() -> None:
    if not (LOCALE_DIR / "th" / "LC_MESSAGES" / "kiosk.mo").exists():
        compile_catalogues()


def test_every_sentence_is_translated() -> None:
    translated = {str(message.id) for message in thai_catalogue() if message.id and message.string}
    missing = {message: place for message, place in used_messages().items() if message not in translated}
    assert not missing


def test_no_translation_is_left_over() -> None:
    assert {str(message.id) for message in thai_catalogue() if message.id} <= set(used_messages())


def test_texts_are_extracted_from_kv_and_python() -> None:
    places = used_messages().values()
    assert any(".kv:" in place for place in places)
    assert any("faults.py:" in place for place in places)


def test_placeholders_are_the_same_in_both_languages() -> None:
    def names(text: object) -> set[str]:
        return {name for _text, name, _spec, _conversion in string.Formatter().parse(str(text)) if name}

    wrong = [message.id for message in thai_catalogue() if message.id and names(message.id) != names(message.string)]
    assert not wrong


def test_thai_texts_are_thai() -> None:
    """Detects a text that was only copied: except SMS and numbers, each has Thai letters."""
    wrong = [
        m.id for m in thai_catalogue() if m.id and not any("\u0e01" <= letter <= "\u0e5b" for letter in str(m.string))
    ]
    assert not wrong


def test_no_text_names_a_position_on_the_screen() -> None:
    """A landscape screen places items side by side that a portrait screen stacks. On a receipt the positions are
    fixed."""
    on_paper = {
        "13 characters in large print, below the QR code",
        "This is the case number. The tracking code is above it, in larger print",
    }
    places = {"above", "below", "ด้านบน", "ด้านล่าง", "ข้างบน", "ข้างล่าง"}
    sentences = [(str(m.id), f"{m.id} {m.string}") for m in thai_catalogue() if m.id and m.id not in on_paper]
    assert not [name for name, both in sentences if any(place in both for place in places)]


def test_the_compiled_catalogue_translates(tmp_path: Path) -> None:
    compile_catalogues(tmp_path)
    assert (tmp_path / "th" / "LC_MESSAGES" / "kiosk.mo").stat().st_size > 1000
    assert translate("Step {step} of {steps}", "th", step=2, steps=6) == "ขั้นที่ 2 จาก 6"
    assert translate("Step {step} of {steps}", "en", step=2, steps=6) == "Step 2 of 6"


def test_dates_topics_places_and_statuses_are_english_in_a_third_language() -> None:
    moment = datetime(2026, 11, 21, 2, 12, tzinfo=UTC)
    for write in (dates.long_date, dates.short_date, dates.long_date_with_weekday, dates.short_datetime, dates.year):
        assert write(moment, "lo") == write(moment, "en")
    assert dates.card_date("24940305", "lo") == dates.card_date("24940305", "en")
    assert TOPICS[Topic.LAND].name.in_language("lo") == "Land"
    assert places.full_name("400115", "lo") == places.full_name("400115", "en")
    assert status_text(CaseStatus.RECEIVED, "lo", "Khon Kaen") == status_text(CaseStatus.RECEIVED, "en", "Khon Kaen")


def test_kv_texts_in_both_kinds_of_quotes_are_extracted(tmp_path: Path) -> None:
    rules = tmp_path / "one.kv"
    rules.write_text("<A>:\n    a: _('One') if self.b else _(\"Two\")\n    c: not_('Three')\n", encoding="utf-8")
    with rules.open("rb") as file:
        messages = [(line, message) for line, _function, message, _comments in extract_kv_messages(file, [], [], {})]
    assert messages == [(2, "One"), (2, "Two")]


def test_thai_digits_by_setting_but_never_in_codes() -> None:
    use_thai_digits(True)
    try:
        assert translate("Step {step} of {steps}", "th", step=2, steps=6) == "ขั้นที่ ๒ จาก ๖"
        assert translate("Step {step} of {steps}", "en", step=2, steps=6) == "Step 2 of 6"
        assert translate("Case {number}", "th", number="KKN07A-000123-41").endswith("KKN07A-000123-41")
        assert "๑๕๖๗" in translate("Please go to the service desk, or call 1567", "th")
        moment = datetime(2026, 11, 21, 2, 12, tzinfo=UTC)
        assert localise_digits(long_date(moment), "th") == "๒๑ พฤศจิกายน ๒๕๖๙"
    finally:
        use_thai_digits(False)
    assert translate("Step {step} of {steps}", "th", step=2, steps=6) == "ขั้นที่ 2 จาก 6"
