"""The kiosk trusts only the certificate authority under which it was enrolled."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from kiosk_app.forwarder import Forwarder
from kiosk_app.forwarder.case_lookup import CaseLookupError, look_up_case
from kiosk_app.forwarder.enrol import EnrolmentError, EnrolmentOptions, enrol
from kiosk_app.outbox import Enrolment, Outbox
from kiosk_app.outbox.state_directory import outbox_directory, signing_key_file
from protocol import keys
from tests.certificates import CertificateAndKey, issue_certificate, new_authority, server_context, to_pem
from tests.fake_centre import FakeCentre
from tests.outbox_samples import save_submission
from tests.unit.forwarder.test_enrol import APPROVAL

CODE = "7KQ2M9XD4TBVS"
TRUSTED_AUTHORITY = new_authority("ours")
OTHER_AUTHORITY = new_authority("another's")


def tls_centre(directory: Path, issuer: CertificateAndKey, address: str = "127.0.0.1") -> FakeCentre:
    now, day = datetime.now(UTC), timedelta(days=1)
    return FakeCentre(tls=server_context(directory, issue_certificate(issuer, address, now - day, now + day)))


@pytest.fixture
def centre(tmp_path: Path) -> Iterator[FakeCentre]:
    with tls_centre(tmp_path, TRUSTED_AUTHORITY) as serving:
        yield serving


def enrolled(centre: FakeCentre, directory: Path, trusted: CertificateAndKey) -> Enrolment:
    file = directory / "authorities.pem"
    file.write_text(to_pem(trusted))
    state = directory / "state"
    state.mkdir(exist_ok=True)
    show = lambda code: centre.decide_enrolments(**APPROVAL)  # noqa: E731
    return enrol(
        centre.url, "KKN07", "", state, show, options=EnrolmentOptions(ca_file=str(file), poll_s=0.01, wait_s=5)
    )


def forward(state: Path, enrolment: Enrolment, url: str, ca_file: str = "") -> str:
    """Run one delivery pass and return its error message."""
    key = keys.load_signing_key(signing_key_file(state))
    with Outbox.open(outbox_directory(state), enrolment) as outbox:
        return (
            Forwarder(outbox, enrolment, key, url, state_dir=state, version="1", ca_file=ca_file).deliver_once().error
        )


def test_the_authority_of_the_enrolment_is_stored_and_trusted(centre: FakeCentre, tmp_path: Path) -> None:
    made = enrolled(centre, tmp_path, TRUSTED_AUTHORITY)
    assert made.authority == to_pem(TRUSTED_AUTHORITY)
    with Outbox.open(outbox_directory(tmp_path / "state"), made) as outbox:
        save_submission(outbox)
    assert forward(tmp_path / "state", made, centre.url) == ""  # without a CA file, and not in the system's trust store
    assert len(centre.deliveries) == 1


def test_a_centre_with_another_authority_or_name_gets_no_request(centre: FakeCentre, tmp_path: Path) -> None:
    made = enrolled(centre, tmp_path, TRUSTED_AUTHORITY)
    with Outbox.open(outbox_directory(tmp_path / "state"), made) as outbox:
        save_submission(outbox)
    for impostor in (tls_centre(tmp_path, OTHER_AUTHORITY), tls_centre(tmp_path, TRUSTED_AUTHORITY, "127.0.0.2")):
        with impostor:
            assert "CertVerificationError" in forward(tmp_path / "state", made, impostor.url)
            assert impostor.requests == []
    # What a technician does when a centre changes its authority.
    with tls_centre(tmp_path, OTHER_AUTHORITY) as moved:
        moved.known_keys = centre.known_keys
        file = tmp_path / "authorities.pem"
        file.write_text(to_pem(OTHER_AUTHORITY))
        assert forward(tmp_path / "state", made, moved.url, str(file)) == ""


def test_enrolment_at_a_centre_with_an_unknown_authority_is_refused(centre: FakeCentre, tmp_path: Path) -> None:
    with pytest.raises(EnrolmentError, match="does not answer"):
        enrolled(centre, tmp_path, OTHER_AUTHORITY)
    assert centre.requests == []


def test_the_look_up_trusts_the_centres_authority_when_both_have_one_host(centre: FakeCentre, tmp_path: Path) -> None:
    made = enrolled(centre, tmp_path, TRUSTED_AUTHORITY)
    served_enrolment = made.model_copy(update={"public_url": centre.url})
    assert served_enrolment.tracking_authority == to_pem(TRUSTED_AUTHORITY)
    assert look_up_case(centre.url, CODE, "th", ca_pem=served_enrolment.tracking_authority).found
    with tls_centre(tmp_path, OTHER_AUTHORITY) as impostor:
        with pytest.raises(CaseLookupError, match="CertVerificationError"):
            look_up_case(impostor.url, CODE, "th", ca_pem=served_enrolment.tracking_authority)
        assert impostor.requests == []


def test_enrolment_stores_the_authority_of_a_public_address_on_another_host(centre: FakeCentre, tmp_path: Path) -> None:
    public = FakeCentre("127.0.0.2", tls_centre(tmp_path, OTHER_AUTHORITY, "127.0.0.2").tls)
    both = tmp_path / "both.pem"
    both.write_text(to_pem(TRUSTED_AUTHORITY) + to_pem(OTHER_AUTHORITY))
    state = tmp_path / "state"
    state.mkdir()
    with public:
        address = public.url.replace("127.0.0.1", "127.0.0.2")
        show = lambda code: centre.decide_enrolments(**APPROVAL | {"public_url": address})  # noqa: E731
        made = enrol(
            centre.url, "KKN07", "", state, show, options=EnrolmentOptions(ca_file=str(both), poll_s=0.01, wait_s=5)
        )
        assert made.tracking_authority == to_pem(OTHER_AUTHORITY) != made.authority
        assert Enrolment.load(state) == made
        assert look_up_case(address, CODE, "th", ca_pem=made.tracking_authority).found


def test_an_unreachable_public_address_does_not_prevent_enrolment(centre: FakeCentre, tmp_path: Path) -> None:
    made = enrolled(centre, tmp_path, TRUSTED_AUTHORITY)  # track.example
    assert made.tracking_authority == ""
