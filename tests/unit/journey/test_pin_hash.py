"""The hash of the technician's PIN."""

import time

from journey.pin import hash_pin, is_weak, pin_matches
from kiosk_app.health import settings_checks
from kiosk_app.health.finding import HealthContext
from kiosk_app.settings import parse

SALT = bytes(range(16))
OLD_HASH = "scrypt$000102030405060708090a0b0c0d0e0f$"


def test_a_pin_check_costs_a_hundred_times_the_earlier_scheme() -> None:
    """Measured in processor time, as a ratio: it holds on any machine."""

    def costs(scheme: str) -> float:
        began = time.process_time()
        assert pin_matches("246810", hash_pin("246810", SALT, scheme))
        return time.process_time() - began

    assert costs("scrypt2") > 20 * costs("scrypt")


def test_only_the_pin_matches_and_no_pin_matches_a_malformed_hash() -> None:
    made = hash_pin("246810", SALT)
    assert pin_matches("246810", made)
    for pin, line in (("246811", made), ("246810", made[:-2]), ("246810", made.replace("scrypt2", "scrypt"))):
        assert not pin_matches(pin, line)
    for line in ("", "scrypt2$zz$00", "scrypt9$00$00", "scrypt2$00"):
        assert not pin_matches("246810", line)


def test_a_hash_of_the_earlier_scheme_is_accepted_and_reported() -> None:
    earlier = hash_pin("4711", SALT, "scrypt")
    assert earlier.startswith(OLD_HASH)
    assert pin_matches("4711", earlier)
    assert is_weak(earlier) and not is_weak(hash_pin("4711", SALT))
    for line, codes in ((earlier, {"T-06"}), (hash_pin("246810", SALT), set[str]())):
        findings = settings_checks.check_settings(HealthContext(parse({"kiosk": {"technician_pin_hash": line}})))
        assert {finding.code for finding in findings} & {"T-03", "T-06"} == codes
