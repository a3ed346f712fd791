"""The public page with the status of a case, by its tracking code."""
