"""Actions that need a second press to confirm."""

from collections.abc import Callable

from kivy.clock import Clock

CONFIRM_WITHIN_S = 5.0  # seconds within which the second press must come


class ConfirmTwice:
    """The first press of an action asks for confirmation, the second one confirms.

    `on_change` is called whenever `pending` changes.
    """

    def __init__(self, on_change: Callable[[], None]) -> None:
        self._on_change = on_change
        self.pending = ""  # the action that was pressed once; '' while there is none
        self._expire = Clock.create_trigger(lambda _seconds: self.cancel(), CONFIRM_WITHIN_S)

    def press(self, action: str) -> bool:
        """Whether this press confirms the action."""
        if self.pending == action:
            self.cancel()
            return True
        self._expire.cancel()
        self._expire()
        self._set_pending(action)
        return False

    def cancel(self) -> None:
        """Ask for no confirmation any more."""
        self._expire.cancel()
        self._set_pending("")

    def _set_pending(self, action: str) -> None:
        if action != self.pending:
            self.pending = action
            self._on_change()
