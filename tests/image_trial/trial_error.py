"""The error that ends the trial."""


class TrialError(Exception):
    """The machine or the kiosk in it did not behave as it must; the message is for a person."""
