"""`kiosk fault-pages`: draw the pages for the screen when the interface does not start."""

from collections.abc import Sequence
from pathlib import Path

from kiosk_app.commands.arguments import CommandError, make_parser, parse_size, settings_from_args
from kiosk_app.commands.output import print_message
from kiosk_app.fault_page_drawing import FaultCause, displays_to_draw, draw_glyphs, draw_page
from kiosk_app.settings import SettingsError
from machine.safe_files import replace_file_atomically

FRAMEBUFFER_SIZE_FILE = Path("/sys/class/graphics/fb0/virtual_size")


def main(argv: Sequence[str]) -> int:
    """Draw all pages for every display into a directory."""
    arg_parser = make_parser("fault-pages", "Draw the pages shown when the interface does not start.")
    arg_parser.add_argument("directory", type=Path, help="output directory, created when missing")
    arg_parser.add_argument(
        "--size", type=parse_size, metavar="WxH", help="the framebuffer's size, if not this machine's"
    )
    arguments = arg_parser.parse_args(argv)
    try:
        settings = settings_from_args(arguments)
    except SettingsError as error:  # the pages themselves report it
        settings = error.valid_part
    try:
        arguments.directory.mkdir(parents=True, exist_ok=True)
        for display in displays_to_draw(
            arguments.size or _framebuffer_size(), settings.screen.rotation, settings.kiosk.phone
        ):
            size = f"{display.width}x{display.height}"
            for cause in FaultCause:
                replace_file_atomically(
                    arguments.directory / f"{cause.value}-{size}.page", draw_page(cause, display), 0o644
                )
            replace_file_atomically(arguments.directory / f"glyphs-{size}.page", draw_glyphs(display), 0o644)
    except OSError as error:
        raise CommandError(f"{arguments.directory} cannot be used: {error.strerror or error}") from None
    print_message(f"{arguments.directory}: pages for when the interface does not start.")
    return 0


def _framebuffer_size() -> tuple[int, int] | None:
    try:
        width, height = map(int, FRAMEBUFFER_SIZE_FILE.read_text(encoding="ascii").split(","))
    except (OSError, ValueError):
        return None
    return width, height
