"""Sentences to render, and the text that the network learns for them."""

import random
import re

from ocr.training.corpus_slots import Slots
from ocr.training.corpus_templates import HELD_OUT, TRAINING, TUNING
from ocr.training.corpus_words import vocabulary
from ocr.training.typefaces import Split

TEMPLATES: dict[Split, tuple[str, ...]] = {"training": TRAINING, "tuning": TUNING, "held_out": HELD_OUT}
# Longer sentences are cut at a space. A4 lines of 16 pt have up to 85 letters; long lines cost time and teach no more.
_LONGEST = 64
_THAI_NUMERALS = str.maketrans("0123456789", "๐๑๒๓๔๕๖๗๘๙")
_THAI_SHARE = 0.65  # of lines; the network reads Arabic numerals well from the start
# Printed character -> the character that stands for it in the network's set.
_SAME_AS = str.maketrans({"–": "-", "‘": "'", "’": "'", "”": '"', "“": '"'})


def sentence(split: Split, chance: random.Random) -> str:
    """A line of text with Thai or Arabic numerals, or a few with both. At most 64 characters."""
    slots = Slots(chance, vocabulary(split))
    text = chance.choice(TEMPLATES[split]).format_map(slots)
    while len(text) < chance.randint(4, 40):
        text += " " + chance.choice(TEMPLATES[split]).format_map(slots)
    text = _cut(re.sub(" +", " ", text).strip(), chance)
    draw = chance.random()
    if draw < _THAI_SHARE:
        return text.translate(_THAI_NUMERALS)
    if draw < _THAI_SHARE + 0.05:
        middle = chance.randrange(len(text))
        return text[:middle].translate(_THAI_NUMERALS) + text[middle:]
    return text


def _cut(text: str, chance: random.Random) -> str:
    """At most 64 characters, beginning and ending with whole words where there are spaces."""
    if len(text) <= _LONGEST:
        return text
    start = chance.randrange(len(text) - _LONGEST)
    start = text.find(" ", start, start + _LONGEST // 2) + 1
    end = text.rfind(" ", start + _LONGEST // 2, start + _LONGEST)
    if end < 0:
        end = start + _LONGEST
        while end < len(text) and not text[end].isalnum():  # marks stay with their letter
            end -= 1
    return text[start:end].strip()


def target_text(text: str) -> str:
    """The text as the network spells it: ำ as two characters, one kind of dash and of quotation mark."""
    return text.translate(_SAME_AS).replace("ำ", "\u0e4d\u0e32")
