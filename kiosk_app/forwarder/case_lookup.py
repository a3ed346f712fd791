"""Asking the centre where a case is, for a citizen at the kiosk. Unsigned: whoever has the code may ask."""

import requests

from kiosk_app.forwarder.centre_connection import CentreConnection, parse_message
from kiosk_app.forwarder.centre_errors import CentreError
from kiosk_app.forwarder.tls import TrustStore
from protocol.messages import TrackingRequest, TrackingResponse

TIMEOUTS_S = (3.0, 3.0)  # to connect, to answer
LOOKUP_DEADLINE_S = 6.0  # in all: what somebody waits before a screen


class CaseLookupError(Exception):
    """There is no answer; one sentence for the log, without the code."""


def look_up_case(
    url: str, tracking_code: str, language: str, *, ca_file: str = "", ca_pem: str = ""
) -> TrackingResponse:
    """Where the case of this tracking code is, from the centre at `url`; `language` is 'th' or 'en'.
    `ca_file` and `ca_pem`: whom to believe, as for delivery (see TrustStore). Raises CaseLookupError."""
    request = requests.PreparedRequest()
    try:
        question = TrackingRequest(code=tracking_code, language="en" if language == "en" else "th")
        headers = {"Content-Type": "application/json"}
        request.prepare("POST", url.rstrip("/") + "/api/v1/track", headers=headers, data=question.model_dump_json())
        with CentreConnection(TrustStore(ca_file, ca_pem), TIMEOUTS_S, exchange_s=LOOKUP_DEADLINE_S) as connection:
            response = connection.send(request)
        if response.status != 200:
            raise CaseLookupError("The centre has no tracking at this address")
        return parse_message(TrackingResponse, response)
    except (CentreError, ValueError) as error:  # ValueError: no URL
        raise CaseLookupError(f"The case could not be looked up: {error}") from error
