"""What can be typed on the layouts of the on-screen keyboard."""

import string

from screens.widgets.key_layouts import LATIN, NEXT_LAYOUT, SYMBOLS, KeyAction


def test_every_character_of_a_password_can_be_typed_in_the_set_up() -> None:
    keys = [key for rows in (LATIN, SYMBOLS) for row in rows for key in row]
    typed = {character for key in keys for character in (key.base, key.shifted) if character}
    typed |= {" "} if any(key.action is KeyAction.SPACE for key in keys) else set()
    assert typed == {*string.ascii_letters, *string.digits, *string.punctuation, " "}


def test_its_layers_lead_to_each_other_only() -> None:
    for rows, other in ((LATIN, "symbols"), (SYMBOLS, "latin")):
        assert {NEXT_LAYOUT[key.action] for row in rows for key in row if key.action in NEXT_LAYOUT} == {other}
