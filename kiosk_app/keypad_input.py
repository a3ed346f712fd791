"""The tactile keypad: which of its five keys was pressed, and whether holding it repeats."""

from collections.abc import Callable
from importlib import import_module
from typing import Any

from kiosk_app.settings import KeypadSettings
from screens.keypad import KeypadKey

REPEATING_KEYS = (KeypadKey.NEXT, KeypadKey.PREVIOUS)


class KeypadInput:
    """Translates the window's keys. `press` is called with every keypad key that is pressed."""

    def __init__(self, settings: KeypadSettings, press: Callable[[KeypadKey], None]) -> None:
        keycodes = import_module("kivy.core.window").Keyboard.keycodes
        self._key_by_code = {keycodes[getattr(settings, key.value)]: key for key in reversed(KeypadKey)}
        self._press = press
        self._codes_down: set[int] = set()

    def attach(self, window: Any) -> None:
        """Follow the keys of the window."""
        window.bind(on_key_down=self._on_key_down, on_key_up=self._on_key_up)

    def _on_key_down(self, _window: object, code: int, *_more: object) -> bool:
        """Any other key does nothing. A held key repeats only for *next* and *previous*: holding another key too long
        must not also press a button of the next screen."""
        key, is_held = self._key_by_code.get(code), code in self._codes_down
        self._codes_down.add(code)
        if key is not None and (not is_held or key in REPEATING_KEYS):
            self._press(key)
        return True

    def _on_key_up(self, _window: object, code: int, *_more: object) -> bool:
        self._codes_down.discard(code)
        return True
