"""What the interface accepts from the process that read a page, and where it is on a picture that was not turned."""

from collections.abc import Callable
from dataclasses import replace
from threading import Event

import pytest

from journey.complaint.draft import LetterOffer, RecognisedLine
from kiosk_app.runner.page_images import ConfinedPageImages
from kiosk_app.runner.page_places import turn_back, turn_box
from kiosk_app.runner.ports import RecognisedText
from ocr.confined import child_process
from ocr.recognise import Line, Offer, Progress, Recognition

BOX = (0.1, 0.2, 0.6, 0.25)
LINE = Line("โทร ๐๘๑๒๓๔๕๖๗๘", 93.0, is_uncertain=False, centre_y=0.225, box=BOX, doubts=(4, 14))
PHONE = Offer("phone", "๐๘๑๒๓๔๕๖๗๘", "0812345678", is_uncertain=True, box=BOX)
WRITTEN = Line("", 58.0, is_uncertain=True, box=(0.1, 0.5, 0.6, 0.55), is_handwritten=True)
READ = Recognition((LINE, WRITTEN), True, 93.0, offers=(PHONE,))


def read(monkeypatch: pytest.MonkeyPatch, result: Recognition) -> tuple[RecognisedText, list[tuple[str, float]]]:
    """What the runner gets when the child returns this."""

    def stream(
        _function: object, _jpeg: bytes, *, on_part: Callable[[Progress], None], **_limits: object
    ) -> Recognition:
        for number, line in enumerate(result.lines, start=1):
            on_part(Progress(line, number / len(result.lines), 0))
        return result

    shown: list[tuple[str, float]] = []
    monkeypatch.setattr(child_process, "stream_from_child", stream)
    text = ConfinedPageImages().recognise(b"", Event(), lambda line, fraction: shown.append((line.text, fraction)))
    return text, shown


def test_lines_handwriting_and_useful_offers_arrive(monkeypatch: pytest.MonkeyPatch) -> None:
    date = Offer("date", "๒ มกราคม ๒๕๖๙", "2026-01-02", is_uncertain=False, box=BOX)
    text, shown = read(monkeypatch, replace(READ, offers=(PHONE, date)))
    assert text.lines[0] == RecognisedLine(LINE.text, 93.0, False, 0.225, BOX, doubts=(4, 14))
    assert (text.lines[1].is_handwritten, text.lines[1].box) == (True, WRITTEN.box)
    assert text.offers == (LetterOffer("phone", PHONE.text, "0812345678", is_uncertain=True, box=BOX),)
    assert shown == [(LINE.text, 0.5), ("", 1.0)], "handwriting counts as progress"


@pytest.mark.parametrize("box", [(), (0.1, 0.2), (0.6, 0.2, 0.1, 0.25), (0.1, 0.2, 1.6, 0.25), (-0.1, 0.2, 0.6, 0.25)])
def test_places_that_are_none_are_left_out(monkeypatch: pytest.MonkeyPatch, box: tuple[float, ...]) -> None:
    text, _shown = read(monkeypatch, replace(READ, lines=(replace(LINE, box=box),), offers=(replace(PHONE, box=box),)))
    assert (text.lines[0].box, text.offers) == ((), ())


@pytest.mark.parametrize("doubts", [(4,), (9, 4), (4, 999), (-3, 2)])
def test_doubts_beyond_the_text_are_left_out(monkeypatch: pytest.MonkeyPatch, doubts: tuple[int, ...]) -> None:
    text, _shown = read(monkeypatch, replace(READ, lines=(replace(LINE, doubts=doubts),)))
    assert text.lines[0].doubts == ()


def test_a_phone_number_that_cannot_exist_is_no_offer(monkeypatch: pytest.MonkeyPatch) -> None:
    text, _shown = read(monkeypatch, replace(READ, offers=(replace(PHONE, value="call 1567"),)))
    assert text.offers == ()


def test_places_turn_with_the_page() -> None:
    assert turn_box((0.0, 0.0, 0.2, 0.1), 1) == (0.0, 0.8, 0.1, 1.0), "the upper left corner was the lower left one"
    assert turn_box((0.0, 0.0, 0.2, 0.1), 2) == (0.8, 0.9, 1.0, 1.0)
    assert turn_box((), 3) == ()


def test_without_turning_the_picture_places_are_on_it_as_it_is() -> None:
    upright = RecognisedText(
        (RecognisedLine("ก", 90.0, False, 0.05, (0.0, 0.0, 0.2, 0.1)),),
        is_readable=True,
        confidence=90.0,
        quarter_turns=2,
        offers=(LetterOffer("text", "ก", "ก", is_uncertain=False, box=(0.0, 0.0, 0.2, 0.1)),),
    )
    turned = turn_back(upright)
    assert (turned.lines[0].box, turned.lines[0].centre_y) == ((0.8, 0.9, 1.0, 1.0), 0.95)
    assert turned.offers[0].box == (0.8, 0.9, 1.0, 1.0)
    assert turn_back(replace(upright, quarter_turns=0)) == replace(upright, quarter_turns=0)
