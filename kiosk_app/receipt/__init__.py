"""What is printed: receipts and slips, each drawn to one bitmap of the paper's full width."""

from kiosk_app.receipt.content import ReceiptContent
from kiosk_app.receipt.layout import draw_receipt, draw_slip
from kiosk_app.receipt.printer_test_slip import printer_test_slip
from kiosk_app.receipt.strips import ShapingMissingError

__all__ = ["ReceiptContent", "ShapingMissingError", "draw_receipt", "draw_slip", "printer_test_slip"]
