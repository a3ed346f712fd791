"""Places on a page whose picture is stored as it was scanned, although its text was read another way round."""

from dataclasses import replace

from kiosk_app.runner.ports import RecognisedText


def turn_back(text: RecognisedText) -> RecognisedText:
    """The text with its places on the picture that it was read from, not on the upright page."""
    turns = text.quarter_turns
    lines = tuple(
        replace(line, box=(box := turn_box(line.box, turns)), centre_y=(box[1] + box[3]) / 2) if line.box else line
        for line in text.lines
    )
    offers = tuple(replace(offer, box=turn_box(offer.box, turns)) for offer in text.offers)
    return replace(text, lines=lines, offers=offers, quarter_turns=0)


def turn_box(box: tuple[float, ...], quarter_turns: int) -> tuple[float, ...]:
    """A box after counter-clockwise quarter turns of the page; () stays ()."""
    for _turn in range(quarter_turns if box else 0):
        left, top, right, bottom = box
        box = top, 1 - right, bottom, 1 - left
    return box
