"""By which channels the centre of a kiosk can send notices: what the kiosk may offer to citizens."""

from central.fleet.models import Enrolment
from central.notices import routes


def offered_channels(enrolment: Enrolment) -> list[str]:
    """The channels that work at present. None for a kiosk without a centre."""
    return [] if enrolment.centre is None else [channel.value for channel in routes.working_channels(enrolment.centre)]
