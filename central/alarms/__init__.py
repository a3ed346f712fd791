"""Alarms: events at kiosks or in their deliveries that a person must settle."""
