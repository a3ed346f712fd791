"""Kiosks: enrolment, signatures, heartbeats."""
