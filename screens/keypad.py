"""The keys of a tactile keypad. Separate from screens.focus_ring, because settings and start-up use it before Kivy may
be imported."""

from enum import Enum

KEYPAD_DEVICE = "keypad"  # the input device of touches that a key makes


class KeypadKey(Enum):
    """What a key does; kiosk.toml maps the keypad's key codes to these."""

    NEXT = "next"
    PREVIOUS = "previous"
    PRESS = "press"
    BACK = "back"
    HELP = "help"  # read aloud, or read again
