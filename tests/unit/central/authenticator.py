"""An authenticator app for tests: codes by RFC 6238, written independently of the service."""

import base64
import hashlib
import hmac
import html
import re
import struct
import time
from typing import Any

from django.test import Client

from central.centres.models import Officer
from tests.unit.central.served_installation import PASSWORD

_KEY = re.compile(r'<code id="key">([A-Z2-7 ]+)</code>')
_CODES = re.compile(r"<li><code>([0-9A-Z-]+)</code></li>")


def app_code(key: str, steps_later: int = 0) -> str:
    """The six digits that an app with this key shows now, or `steps_later` times 30 s later."""
    counter = struct.pack(">Q", int(time.time()) // 30 + steps_later)
    digest = hmac.new(base64.b32decode(key.replace(" ", "")), counter, hashlib.sha1).digest()
    start = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[start : start + 4])[0] & 0x7FFFFFFF) % 10**6:06d}"


def enter_password(client: Client, officer: Officer, password: str = PASSWORD) -> Any:
    """The first step of a sign-in."""
    return client.post("/desk/login", {"username": officer.username, "password": password})


def setup_key(client: Client) -> str:
    """The key that the set-up page shows."""
    shown = _KEY.search(client.get("/desk/second-factor/set-up").content.decode())
    assert shown is not None
    return shown[1]


def set_up_app(client: Client, officer: Officer) -> tuple[str, list[str]]:
    """Sign in for the first time and set up an app. Returns its key and the recovery codes. The code of now is used up
    by it: the next sign-in needs `steps_later=1`."""
    assert enter_password(client, officer)["Location"] == "/desk/second-factor/set-up"
    key = setup_key(client)
    response = client.post("/desk/second-factor/set-up", {"code": app_code(key)})
    assert response.status_code == 200, response.content.decode()
    return key, [html.unescape(code) for code in _CODES.findall(response.content.decode())]


def is_signed_in(client: Client) -> bool:
    return bool(client.get("/desk/profile").status_code == 200)
