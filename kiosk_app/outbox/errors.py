"""What can go wrong with the outbox. Every message is one sentence and carries no personal data."""


class OutboxError(Exception):
    """Any of the below."""


class OutboxFullError(OutboxError):  # a state, not a slip
    """The disk has reached its reserve, or the series of case numbers its end: no new visit may begin."""


class DiskFullError(OutboxFullError):
    """Not even the reserve is left."""


class OutboxBrokenError(OutboxError):  # a state, not a slip
    """The store cannot be used: not enrolled, unreadable, read-only, held by another, or damaged."""


class OutboxTooNewError(OutboxBrokenError):
    """The store was written by a newer version of this program; it is left untouched."""


class RowNotFoundError(OutboxError):  # a state, not a slip
    """No submission of that id waits here: delivered already, or never saved."""


class InvalidReceiptError(OutboxError):  # a state, not a slip
    """The receipt is not the centre's, or is for something else: the row stays."""
