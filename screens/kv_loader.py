"""Load the .kv file that stands beside a module."""

from pathlib import Path

from kivy.lang import Builder
from kivy.lang.parser import ParserRule

# Kivy files the bindings of a canvas under the same names as its widget's: clearing these would clear those.
_SHARED_WITH_CANVAS = frozenset({"pos", "size", "width", "radius"})


def load_kv(module_file: str) -> None:
    """Load `<name>.kv` for `<name>.py`; call it with `__file__`. Works from the wheel as from a checkout.

    What a rule says of a property replaces what a more general rule said. Kivy by itself keeps both bound, and the one
    that hears of a change last wins: headlines would come back from another size of type as large as paragraphs.
    """
    known = len(Builder.rules)
    Builder.load_file(str(Path(module_file).with_suffix(".kv")), encoding="utf-8")
    for _selector, rule in Builder.rules[known:]:
        _override_earlier_rules(rule)


def _override_earlier_rules(rule: ParserRule) -> None:
    """As if each property were written with Kivy's leading '-'."""
    for name, line in rule.properties.items():
        line.ignore_prev = name not in _SHARED_WITH_CANVAS
    for child in rule.children:
        _override_earlier_rules(child)
