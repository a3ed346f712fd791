"""What is printed: receipts and slips, each drawn as one bitmap of the paper's full width."""

from kiosk_app.receipt.layout import ReceiptContent, draw_receipt
from kiosk_app.receipt.slips import draw_slip, printer_test_slip
from kiosk_app.receipt.strips import ShapingMissingError

__all__ = ["ReceiptContent", "ShapingMissingError", "draw_receipt", "draw_slip", "printer_test_slip"]
