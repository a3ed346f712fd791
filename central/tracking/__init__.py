"""The public page: where a case is, by its tracking code."""
