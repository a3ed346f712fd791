"""Intake from kiosks: parts, deliveries, receipts, quarantine."""
