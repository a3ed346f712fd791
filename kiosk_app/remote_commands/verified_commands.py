"""The commands that may be carried out: signed by this kiosk's centre, for this enrolment, newer than the last one.

Only the centre's present receipt key counts: a key that was replaced may be in other hands. A command is valid for a
day, so that nobody can hold one back and have it carried out next month. Without a trusted clock only the order counts.
"""

import logging
from datetime import timedelta
from pathlib import Path

from kiosk_app.outbox import Enrolment, clock
from kiosk_app.outbox.remote_command_files import CommandResults, read_commands
from protocol.choices import ClockQuality
from protocol.encoding import from_base64
from protocol.messages import RemoteCommandStatement
from protocol.signing import RemoteCommandError, verify_command

log = logging.getLogger(__name__)

TIME_LIMIT = timedelta(days=1)  # as at the centre, which then ends the command


def find_new_commands(state_dir: Path, enrolment: Enrolment) -> list[RemoteCommandStatement]:
    """The valid commands that are to be carried out, the oldest first. An invalid one is logged and ignored."""
    results = CommandResults.read(state_dir)
    is_same_enrolment = results.enrolment_id in (None, enrolment.enrolment_id)
    last_issued_at = results.last_issued_at if is_same_enrolment else None
    statements = []
    for command in read_commands(state_dir).commands:
        try:
            statements.append(verify_command(command, from_base64(enrolment.receipt_key), enrolment.enrolment_id))
        except RemoteCommandError as error:
            log.error("A command is not carried out: %s", error)
    new = [each for each in statements if last_issued_at is None or each.issued_at > last_issued_at]
    moment = clock.now()
    if moment.quality is ClockQuality.SYNCHRONISED:
        late = [each for each in new if each.issued_at < moment.wall - TIME_LIMIT]
        if late:
            log.error("%d commands are older than a day and are not carried out", len(late))
        new = [each for each in new if each not in late]
    return sorted(new, key=lambda statement: statement.issued_at)
