"""Lines read by Tesseract, with certainty."""
