"""Texts and buttons keep to the limits of LINE, in both languages."""

import importlib
import pkgutil

import pytest

from central import line_account
from central.line_account.messages import MAX_CHOICES, Choice, line_messages
from protocol.bilingual_text import BilingualText
from protocol.topics import TOPICS

MODULES = [
    importlib.import_module(f"central.line_account.{each.name}") for each in pkgutil.iter_modules(line_account.__path__)
]


def _choices() -> list[Choice]:
    values = [value for module in MODULES for value in vars(module).values()]
    nested = [each for value in values if isinstance(value, tuple) for each in value]
    by_key = [each for value in values if isinstance(value, dict) for each in value.values()]
    return [each for each in (*values, *nested, *by_key) if isinstance(each, Choice)]


def test_every_label_fits_on_its_button() -> None:
    labels = {label for choice in _choices() for label in choice.label}
    labels |= {label for facts in TOPICS.values() for label in facts.name}
    assert len(labels) > 50
    assert {label for label in labels if len(label) > 20} == set()
    assert len(TOPICS) + 1 <= MAX_CHOICES


def test_a_long_text_is_shortened_by_the_units_of_line() -> None:
    (message,) = line_messages(["👍" * 4000], (), "th")
    assert message["text"].endswith("…")
    assert len(message["text"].encode("utf-16-le")) // 2 <= 5000


@pytest.mark.parametrize("count", [0, 14])
def test_no_more_buttons_than_line_shows(count: int) -> None:
    choices = [Choice(BilingualText(str(each), str(each)), f"x:{each}") for each in range(count)]
    (message,) = line_messages(["ก"], choices, "th")
    assert len(message.get("quickReply", {}).get("items", [])) == min(count, MAX_CHOICES)
