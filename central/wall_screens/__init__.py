"""Screens on the wall of a meeting room: they show published figures of one centre, and nobody signs in at them."""
