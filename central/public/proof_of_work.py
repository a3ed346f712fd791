"""What a program must spend to file a case, instead of a third party's captcha (decision 0111).

The page has a challenge: the time at which this service has made it, signed. A browser with scripts finds a counter
such that SHA-256("challenge:key:counter") begins with zero bits; the key is that of the sending, so one proof files one
case. A browser without scripts sends no counter: its page must have been open for a while, and fewer such forms are
taken."""

import hashlib
from enum import Enum

from django.core import signing
from django.utils.crypto import get_random_string

# 65,536 hashes on average. Chromium makes 270,000 a second on one core of a server (measured), so 0.25 s; a phone that
# is ten times slower needs 2.5 s.
BITS = 16
MIN_AGE_S = 20  # without a proof; nobody types a complaint faster
MAX_AGE_S = 24 * 3600
_signer = signing.TimestampSigner(salt="central.public.proof_of_work")


class Verdict(Enum):
    """What a challenge with its counter shows."""

    PROVEN = "proven"
    WAITED = "waited"  # no proof, and the page was open long enough
    TOO_EARLY = "too_early"  # no proof, and it was not
    STALE = "stale"  # too old, forged, or a wrong counter: a new challenge is needed


def new_challenge() -> str:
    """A challenge that begins now."""
    return _signer.sign(get_random_string(12))


def check_proof(challenge: str, key: str, counter: str) -> Verdict:
    """Whether this challenge was met for the sending with this key. `counter` is '' without scripts."""
    try:
        _signer.unsign(challenge, max_age=MAX_AGE_S)
    except signing.BadSignature:
        return Verdict.STALE
    if counter:
        return Verdict.PROVEN if is_solution(challenge, key, counter) else Verdict.STALE
    try:
        _signer.unsign(challenge, max_age=MIN_AGE_S)
    except signing.SignatureExpired:
        return Verdict.WAITED
    return Verdict.TOO_EARLY


def is_solution(challenge: str, key: str, counter: str) -> bool:
    """Whether the counter is a number, and the hash begins with enough zero bits."""
    if not (counter.isascii() and counter.isdigit()):
        return False
    digest = hashlib.sha256(f"{challenge}:{key}:{counter}".encode()).digest()
    return int.from_bytes(digest[:4]) >> (32 - BITS) == 0
