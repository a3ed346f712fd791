"""What a citizen does at the kiosk with a tracked case: look it up, rate the work on it. The requests are unsigned: the
tracking code authorises them."""

import requests

from kiosk_app.forwarder.centre_connection import CentreConnection, parse_message
from kiosk_app.forwarder.centre_errors import CentreError
from kiosk_app.forwarder.tls import TrustStore
from protocol.messages import GivenStars, RatingRequest, TrackingRequest, TrackingResponse

TIMEOUTS_S = (3.0, 3.0)  # to connect, to answer
LOOKUP_DEADLINE_S = 6.0  # for the whole exchange, while a citizen waits
_TRACK, _RATE = "/api/v1/track", "/api/v1/track/rating"


class CaseLookupError(Exception):
    """The exchange has failed; the message is one sentence for the log, without the code."""


def look_up_case(
    url: str, tracking_code: str, language: str, *, ca_file: str = "", ca_pem: str = ""
) -> TrackingResponse:
    """The status of the case with this tracking code, from the centre at `url`; in Thai for `language`
    'th', else in English.

    `ca_file` and `ca_pem`: see TrustStore. Raises CaseLookupError."""
    try:
        message = TrackingRequest(code=tracking_code, language="th" if language == "th" else "en")
    except ValueError as error:
        raise CaseLookupError("The case could not be looked up: this is no tracking code") from error
    return _exchange(url, _TRACK, message, TrustStore(ca_file, ca_pem))


def rate_case(
    url: str,
    tracking_code: str,
    stars: tuple[tuple[str, int], ...],
    language: str,
    *,
    ca_file: str = "",
    ca_pem: str = "",
) -> TrackingResponse:
    """Send one to five stars for each key of `TrackingResponse.to_rate`; returns the case as it is afterwards. A repeat
    changes nothing.

    Raises CaseLookupError, also when the centre refuses the rating."""
    try:
        ratings = tuple(GivenStars(key=key, stars=number) for key, number in stars)
        message = RatingRequest(code=tracking_code, language="th" if language == "th" else "en", ratings=ratings)
    except ValueError as error:
        raise CaseLookupError("The rating could not be sent: it is incomplete") from error
    return _exchange(url, _RATE, message, TrustStore(ca_file, ca_pem))


def _exchange(url: str, path: str, message: TrackingRequest, trust_store: TrustStore) -> TrackingResponse:
    request = requests.PreparedRequest()
    try:
        headers = {"Content-Type": "application/json"}
        request.prepare("POST", url.rstrip("/") + path, headers=headers, data=message.model_dump_json())
        with CentreConnection(trust_store, TIMEOUTS_S, exchange_s=LOOKUP_DEADLINE_S) as connection:
            response = connection.send(request)
        if response.status != 200:
            raise CaseLookupError(f"The centre answered {path} with status {response.status}")
        return parse_message(TrackingResponse, response)
    except (CentreError, ValueError) as error:  # ValueError: an invalid URL
        raise CaseLookupError(f"No answer to {path}: {error}") from error
