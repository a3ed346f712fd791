"""`kiosk run`: the interface, full screen or in a window."""

import os
from collections.abc import Callable, Sequence
from pathlib import Path

from kiosk_app import app
from kiosk_app.commands.arguments import CommandError, make_parser, parse_size, settings_from_args
from kiosk_app.commands.process import log_to_stderr, protect_memory
from kiosk_app.settings import Settings

# Without any of these SDL opens an invisible window.
_DISPLAY_VARIABLES = ("DISPLAY", "WAYLAND_DISPLAY", "SDL_VIDEODRIVER")


def main(argv: Sequence[str], run_window: Callable[[Settings, app.WindowOptions], int] | None = None) -> int:
    """Open the window and serve until it is closed or a signal ends it. `run_window` replaces kiosk_app.app.run for
    tools that show something beside the kiosk."""
    arg_parser = make_parser("run", "Open the kiosk: full screen, or in a window.")
    arg_parser.add_argument("--windowed", action="store_true", help="in a window instead of full screen")
    arg_parser.add_argument("--size", type=parse_size, metavar="WxH", help="the window's size in pixels, e.g. 540x960")
    arg_parser.add_argument(
        "--touch-map", type=Path, metavar="FILE", help="write to FILE what can be touched (for tests)"
    )
    arguments = arg_parser.parse_args(argv)
    if arguments.touch_map and not arguments.touch_map.absolute().parent.is_dir():
        raise CommandError(f"{arguments.touch_map}: there is no such directory", 2)
    settings = settings_from_args(arguments)
    if not any(map(os.environ.get, _DISPLAY_VARIABLES)):
        raise CommandError("there is no display here. `kiosk demo` plays a visit without one.")
    if display := os.environ.get("DISPLAY"):  # if it does not answer, SDL would fall back to an invisible window
        os.environ.setdefault("SDL_VIDEODRIVER", "x11")
    for directory in (settings.paths.state, settings.paths.runtime):
        try:
            directory.mkdir(mode=0o755, parents=True, exist_ok=True)
        except OSError as error:
            raise CommandError(f"{directory} cannot be used: {error.strerror}") from None
    protect_memory()
    log_to_stderr()
    window = app.WindowOptions(
        fullscreen=not arguments.windowed,
        size=arguments.size or (settings.screen.window_width, settings.screen.window_height),
        touch_map=arguments.touch_map,
    )
    try:
        return (run_window or app.run)(settings, window)
    except app.NoWindowError:
        raise CommandError(
            f"no window opens on the display {display or 'here'}; does it run, and may this user use it?"
        ) from None
