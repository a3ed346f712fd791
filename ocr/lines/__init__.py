"""Lines found by their letters, in reading order."""
