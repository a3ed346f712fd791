"""Look-up of a case for a citizen at the kiosk. The request is unsigned: the tracking code authorises it."""

import requests

from kiosk_app.forwarder.centre_connection import CentreConnection, parse_message
from kiosk_app.forwarder.centre_errors import CentreError
from kiosk_app.forwarder.tls import TrustStore
from protocol.messages import TrackingRequest, TrackingResponse

TIMEOUTS_S = (3.0, 3.0)  # to connect, to answer
LOOKUP_DEADLINE_S = 6.0  # for the whole look-up, while a citizen waits


class CaseLookupError(Exception):
    """The look-up has failed; the message is one sentence for the log, without the code."""


def look_up_case(
    url: str, tracking_code: str, language: str, *, ca_file: str = "", ca_pem: str = ""
) -> TrackingResponse:
    """The status of the case with this tracking code, from the centre at `url`; in Thai for `language`
    'th', else in English.

    `ca_file` and `ca_pem`: see TrustStore. Raises CaseLookupError."""
    request = requests.PreparedRequest()
    try:
        body = TrackingRequest(code=tracking_code, language="th" if language == "th" else "en")
        headers = {"Content-Type": "application/json"}
        request.prepare("POST", url.rstrip("/") + "/api/v1/track", headers=headers, data=body.model_dump_json())
        with CentreConnection(TrustStore(ca_file, ca_pem), TIMEOUTS_S, exchange_s=LOOKUP_DEADLINE_S) as connection:
            response = connection.send(request)
        if response.status != 200:
            raise CaseLookupError("There is no tracking at this address")
        return parse_message(TrackingResponse, response)
    except (CentreError, ValueError) as error:  # ValueError: an invalid URL
        raise CaseLookupError(f"The case could not be looked up: {error}") from error
