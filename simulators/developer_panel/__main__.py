"""The kiosk in a window, with the developer panel beside it.

    python -m simulators.developer_panel [--size WxH] [--settings FILE] [--touch-map FILE]

Takes the options of `kiosk run`.
"""

import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from typing import Any

from kiosk_app import app
from kiosk_app.commands import run
from kiosk_app.commands.arguments import CommandError
from kiosk_app.commands.output import print_message
from kiosk_app.settings import Settings, SettingsError
from simulators.developer_panel.sample_states import step_or_jump

WIDTH_PX = 420


def main(argv: Sequence[str]) -> int:
    """Open the window and serve until it is closed."""
    try:
        return run.main(["--windowed", *argv], _run_window)
    except CommandError as error:
        print_message(f"developer panel: {error}")
        return error.status
    except SettingsError as error:
        for mistake in error.mistakes:
            print_message(f"developer panel: {mistake}")
        return 2


def _run_window(settings: Settings, options: app.WindowOptions) -> int:
    return app.run(settings, options, app.SidePanel(WIDTH_PX, _build), step_or_jump)


def _build(send: Callable[[Any], None]) -> Any:
    """Build the panel. Imported here, because Kivy must be configured first."""
    return import_module("simulators.developer_panel.panel").build(send, WIDTH_PX)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
