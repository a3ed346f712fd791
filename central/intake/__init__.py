"""What kiosks hand over: parts, submissions, receipts, quarantine."""
