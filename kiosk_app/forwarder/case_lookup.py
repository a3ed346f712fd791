"""Asking the centre where a case is, for a citizen at the kiosk. Unsigned: whoever has the code may ask."""

import requests

from kiosk_app.forwarder.centre_connection import Line, parsed
from kiosk_app.forwarder.centre_errors import CentreTroubleError
from kiosk_app.forwarder.tls import TrustStore
from protocol.messages import TrackAnswer, TrackQuestion

TIMEOUT_S = (3.0, 3.0)  # to connect, to answer
LOOK_UP_S = 6.0  # in all: what somebody waits before a screen


class LookUpError(Exception):
    """There is no answer; one sentence for the log, without the code."""


def look_up(url: str, code: str, language: str, *, ca_file: str = "", authority: str = "") -> TrackAnswer:
    """Where the case of this tracking code is, from the centre at `url`; `language` is 'th' or 'en'.
    `ca_file` and `authority`: whom to believe, as for delivery (see TrustStore). Raises LookUpError."""
    request = requests.PreparedRequest()
    try:
        question = TrackQuestion(code=code, language="en" if language == "en" else "th")
        headers = {"Content-Type": "application/json"}
        request.prepare("POST", url.rstrip("/") + "/api/v1/track", headers=headers, data=question.model_dump_json())
        with Line(TrustStore(ca_file, authority), TIMEOUT_S, exchange_s=LOOK_UP_S) as line:
            answer = line.send(request)
        if answer.status != 200:
            raise LookUpError("The centre has no tracking at this address")
        return parsed(TrackAnswer, answer)
    except (CentreTroubleError, ValueError) as error:  # ValueError: no URL
        raise LookUpError(f"The case could not be looked up: {error}") from error
