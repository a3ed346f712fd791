"""Errors of the outbox. Every message is one sentence and carries no personal data."""


class OutboxError(Exception):
    """Base of all errors below."""


class OutboxFullError(OutboxError):
    """The disk has reached the reserve, or the series of case numbers is exhausted: no new visit may begin."""


class DiskFullError(OutboxFullError):
    """The reserve is used up too."""


class OutboxBrokenError(OutboxError):
    """The store cannot be used: not enrolled, unreadable, read-only, locked by another process, or damaged."""


class OutboxTooNewError(OutboxBrokenError):
    """The store was written by a newer version of this program; it is left untouched."""


class RowNotFoundError(OutboxError):
    """No row with that id waits: it was delivered, or never saved."""


class InvalidReceiptError(OutboxError):
    """The receipt is not the centre's, or is for another submission: the row stays."""
