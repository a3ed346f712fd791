"""Loads the .kv file of a module."""

from pathlib import Path

from kivy.lang import Builder
from kivy.lang.parser import ParserRule

# Kivy stores the bindings of a canvas under the same names as those of its widget: clearing one would clear the other.
_SHARED_WITH_CANVAS = frozenset({"pos", "size", "width", "radius"})


def load_kv(module_file: str) -> None:
    """Load `<name>.kv` for `<name>.py`; call it with `__file__`. Works from a wheel and from a checkout.

    The value that a rule gives to a property replaces the value of a more general rule. Kivy itself keeps both bound,
    and the one notified last wins: after a change of text size headlines would be as small as paragraphs.
    """
    rule_count_before = len(Builder.rules)
    Builder.load_file(str(Path(module_file).with_suffix(".kv")), encoding="utf-8")
    for _selector, rule in Builder.rules[rule_count_before:]:
        _override_earlier_rules(rule)


def _override_earlier_rules(rule: ParserRule) -> None:
    """Give each property of the rule the effect of Kivy's prefix '-': it replaces the value of earlier rules."""
    for name, line in rule.properties.items():
        line.ignore_prev = name not in _SHARED_WITH_CANVAS
    for child in rule.children:
        _override_earlier_rules(child)
