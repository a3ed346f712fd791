"""An image as the bytes of one print job."""

from typing import Final

from escpos.capabilities import Profile
from escpos.printer import Dummy
from PIL import Image

from drivers.receipt_printer.raster import MODE_QUADRUPLE, BlankRows, RasterBlock, split_into_commands, to_black_dots

AUTOMATIC_STATUS_OFF_COMMAND: Final = b"\x1d\x61\x00"  # GS a 0: no automatic status
CUT_COMMAND: Final = b"\x1d\x56\x42\x00"  # GS V 66 0: feed to the cutter and cut
TEAR_BAR_DISTANCE_MM: Final = 20  # from the print head, for printers without a cutter; 58 mm mechanisms have 10 to 18


def dots_per_inch(width_dots: int) -> int:
    """180 for the 80 mm mechanisms of 512 dots; the others have 203, 8 dots a millimetre."""
    return 180 if width_dots == 512 else 203


def paper_length_mm(image: Image.Image) -> float:
    """Paper used by printing `image`, in millimetres, including the feed to the cutter or tear bar."""
    return image.height / dots_per_inch(image.width) * 25.4 + TEAR_BAR_DISTANCE_MM


def end_of_receipt_bytes(width_dots: int, *, cut: bool) -> bytes:
    """The bytes that separate a receipt from the next one: a cut, or without a cutter a feed beyond the tear bar."""
    return (
        CUT_COMMAND if cut else b"\x1b\x4a" + bytes((round(TEAR_BAR_DISTANCE_MM / 25.4 * dots_per_inch(width_dots)),))
    )


def build_job(image: Image.Image, *, cut: bool = True) -> bytes:
    """One job: initialise, `image` at full paper width as raster, then `end_of_receipt_bytes`.

    The barrier is not part of the job.
    """
    black = to_black_dots(image)
    dpi = dots_per_inch(image.width)
    writer = Dummy(profile=printer_profile(image.width))
    writer.hw("INIT")
    # The unit of ESC J differs by model; GS P sets it to one dot.
    writer._raw(AUTOMATIC_STATUS_OFF_COMMAND + bytes((0x1D, 0x50, dpi, dpi)))
    for command in split_into_commands(black):
        match command:
            case BlankRows(rows):
                full_feeds, remaining_rows = divmod(rows, 255)
                writer._raw(
                    b"\x1b\x4a\xff" * full_feeds + (bytes((0x1B, 0x4A, remaining_rows)) if remaining_rows else b"")
                )
            case RasterBlock(bits, mode):
                doubled = mode == MODE_QUADRUPLE
                writer.image(
                    Image.fromarray(~bits),
                    high_density_vertical=not doubled,
                    high_density_horizontal=not doubled,
                    impl="bitImageRaster",
                    fragment_height=len(bits),
                    center=False,
                )
    return bytes(writer.output) + end_of_receipt_bytes(image.width, cut=cut)


def printer_profile(width_dots: int) -> Profile:
    """python-escpos's profile of a plain printer `width_dots` wide; without a width python-escpos warns and guesses."""
    profile = Profile()
    width = {"pixels": width_dots, "mm": round(width_dots * 25.4 / dots_per_inch(width_dots))}
    profile.profile_data = {**profile.profile_data, "media": {"width": width}}
    return profile
