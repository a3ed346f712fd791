"""The QR code of the separator sheet."""

import segno

# In the codes of all separator sheets of all centres; printed sheets are used for years, so it never changes.
SEPARATOR_TEXT = "DAMRONGDHAM NEW CASE"


def separator_code() -> str:
    """The code as an address of data, an SVG picture. Level H is read with a third of it dirty or torn."""
    return str(segno.make(SEPARATOR_TEXT, error="h", micro=False).svg_data_uri(border=4))
