"""Whether the centre still admits this kiosk, recorded for the interface and for the next start."""

import logging
from pathlib import Path

from kiosk_app.forwarder.centre_client import CentreClient
from kiosk_app.forwarder.centre_errors import CentreError
from kiosk_app.outbox import Enrolment, revocation
from protocol.messages import EnrolmentStatus

log = logging.getLogger(__name__)


class RevocationMonitor:
    """Only the enrolment status at the centre takes a kiosk out of service: a centre that was installed again also
    reports the key as unknown."""

    def __init__(self, centre: CentreClient, state_dir: Path, enrolment: Enrolment) -> None:
        self._centre = centre
        self._state = state_dir
        self._enrolment = enrolment
        self.revoked = revocation.is_revoked(state_dir, enrolment)

    def check_revoked(self) -> None:
        """Query the enrolment status after a refused request. Without a response the recorded state is kept."""
        try:
            response = self._centre.fetch_enrolment(self._enrolment.enrolment_id)
        except CentreError:
            return
        self._store(response.status is EnrolmentStatus.REVOKED)

    def record_admitted(self) -> None:
        """Record that the centre accepted a request of this kiosk."""
        self._store(False)

    def _store(self, revoked: bool) -> None:
        if revoked == self.revoked:
            return
        try:
            revocation.record_revocation(self._state, self._enrolment, revoked=revoked)
        except OSError as error:
            log.error("The revocation cannot be recorded: %s", error.strerror)
        self.revoked = revoked
        log.warning("The centre has revoked this kiosk" if revoked else "The centre admits this kiosk again")
