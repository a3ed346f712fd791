"""Deadlines: the calendar of Thai working days, the calculation of due dates, and the levels of escalation."""
