"""QR codes in a picture."""

import numpy as np
import zxingcpp

from ocr.decode_picture import decode


def find_qr(raw: bytes) -> list[str]:
    """The texts of the QR codes in a PNM, PNG or JPEG picture, in no order; [] when there is none. Raises OcrError."""
    found = zxingcpp.read_barcodes(
        np.asarray(decode(raw)), formats=zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)
    )
    return [code.text for code in found if code.valid]
