"""Torture tests of the kiosk's promises: kills, power cuts, bad networks, repeated taps, and a search for leaks."""
