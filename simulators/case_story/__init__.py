"""The story of one case in a real browser: eight people, from the kiosk to the second closing."""
