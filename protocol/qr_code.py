"""The QR code of a receipt, as printed and as shown on the screen."""

import segno

QUIET_ZONE_MODULES = 4  # light modules on every side, ISO/IEC 18004


def qr_modules(content: str) -> tuple[bytes, ...]:
    """The modules of the smallest QR code for `content` at error correction level M, without quiet zone.

    One byte string per row, top to bottom; a byte is 1 for a dark module, 0 for a light one. Raises
    segno.DataOverflowError for more than a QR code holds.
    """
    return tuple(bytes(row) for row in segno.make_qr(content, error="m", boost_error=False).matrix)
