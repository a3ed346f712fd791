"""What is printed: receipts and slips, each drawn to one bitmap of the paper's full width."""

from kiosk_app.receipt.content import ReceiptContent
from kiosk_app.receipt.draw import draw_receipt, draw_slip
from kiosk_app.receipt.paper import ShapingMissing
from kiosk_app.receipt.trial import trial_slip

__all__ = ["ReceiptContent", "ShapingMissing", "draw_receipt", "draw_slip", "trial_slip"]
