"""Generated pages with their true text, for measuring text recognition (`./run bench ocr`)."""
