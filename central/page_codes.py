"""Reads the QR codes on the picture of a scanned page. Runs in a confined child process only. No Django."""

import zxingcpp
from PIL import Image

_QR = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)


def codes_on(picture: Image.Image) -> list[str]:
    """The texts of the QR codes on a grey picture, turned by any angle."""
    return [code.text for code in zxingcpp.read_barcodes(picture, formats=_QR) if code.valid]
