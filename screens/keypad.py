"""The keys of a tactile keypad."""

from enum import Enum

KEYPAD_DEVICE = "keypad"  # the device of touches that a key makes


class KeypadKey(Enum):
    """What a key does; kiosk.toml says which key of the keypad that is."""

    NEXT = "next"
    PREVIOUS = "previous"
    PRESS = "press"
    BACK = "back"
    HELP = "help"  # read aloud, or read once more
