"""Where a saved case is now, said on the receipt and on the farewell: never more than is known."""

from journey.language import _
from journey.state import Visit


def storage_message(visit: Visit, network: bool | None) -> str:
    """A message id. The centre has it once its signed receipt came."""
    if visit.acknowledged:
        return _("The centre has received your case")
    if network is False:
        return _("Stored safely in this kiosk. There is no connection: it will be sent to the centre automatically")
    return _("Stored safely in this kiosk and being sent to the centre")
