"""Debian packages of kiosk and centre, and the signed apt repository that serves them (`./run packages`)."""
