"""The officers' pages behind a login."""
