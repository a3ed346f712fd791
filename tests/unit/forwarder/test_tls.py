"""TLS believes the authority under which the kiosk was enrolled, and nobody else."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from kiosk_app.forwarder import Forwarder
from kiosk_app.forwarder.case_lookup import LookUpError, look_up
from kiosk_app.forwarder.enrol import EnrolmentError, enrol
from kiosk_app.outbox import Enrolment, Outbox
from kiosk_app.outbox.state_directory import outbox_directory, signing_key_file
from protocol import keys
from tests.certificates import Signed, authority, certificate, pem_of, server_context
from tests.fake_centre import SmallCentre
from tests.outbox_samples import file_one
from tests.unit.forwarder.test_enrol import APPROVAL

CODE = "7KQ2M9XD4TBVS"
OURS = authority("ours")
ANOTHERS = authority("another's")


def speaking(directory: Path, by: Signed, address: str = "127.0.0.1") -> SmallCentre:
    now, day = datetime.now(UTC), timedelta(days=1)
    return SmallCentre(tls=server_context(directory, certificate(by, address, now - day, now + day)))


@pytest.fixture
def centre(tmp_path: Path) -> Iterator[SmallCentre]:
    with speaking(tmp_path, OURS) as serving:
        yield serving


def enrolled(centre: SmallCentre, directory: Path, trusted: Signed) -> Enrolment:
    file = directory / "authorities.pem"
    file.write_text(pem_of(trusted))
    state = directory / "state"
    state.mkdir(exist_ok=True)
    show = lambda code: centre.decide(**APPROVAL)  # noqa: E731
    return enrol(centre.url, "KKN07", "", state, show, ca_file=str(file), poll_s=0.01, wait_s=5)


def forward(state: Path, enrolment: Enrolment, url: str, ca_file: str = "") -> str:
    """One pass; what troubled it."""
    key = keys.load_signing_key(signing_key_file(state))
    with Outbox.open(outbox_directory(state), enrolment) as outbox:
        return Forwarder(outbox, enrolment, key, url, state=state, version="1", ca_file=ca_file).once().trouble


def test_the_authority_of_the_enrolment_is_kept_and_believed(centre: SmallCentre, tmp_path: Path) -> None:
    made = enrolled(centre, tmp_path, OURS)
    assert made.authority == pem_of(OURS)
    with Outbox.open(outbox_directory(tmp_path / "state"), made) as outbox:
        file_one(outbox)
    assert forward(tmp_path / "state", made, centre.url) == ""  # without any file, and unknown to this system
    assert len(centre.deliveries) == 1


def test_another_authority_or_another_name_is_not_spoken_to(centre: SmallCentre, tmp_path: Path) -> None:
    made = enrolled(centre, tmp_path, OURS)
    with Outbox.open(outbox_directory(tmp_path / "state"), made) as outbox:
        file_one(outbox)
    for impostor in (speaking(tmp_path, ANOTHERS), speaking(tmp_path, OURS, "127.0.0.2")):
        with impostor:
            assert "CertVerificationError" in forward(tmp_path / "state", made, impostor.url)
            assert impostor.requests == []
    # The technician's way out when a centre changes its authority.
    with speaking(tmp_path, ANOTHERS) as moved:
        moved.known_keys = centre.known_keys
        file = tmp_path / "authorities.pem"
        file.write_text(pem_of(ANOTHERS))
        assert forward(tmp_path / "state", made, moved.url, str(file)) == ""


def test_enrolling_at_somebody_unknown_is_one_sentence(centre: SmallCentre, tmp_path: Path) -> None:
    with pytest.raises(EnrolmentError, match="does not answer"):
        enrolled(centre, tmp_path, ANOTHERS)
    assert centre.requests == []


def test_the_look_up_believes_who_vouched_for_the_centre_where_both_are_of_one_host(
    centre: SmallCentre, tmp_path: Path
) -> None:
    made = enrolled(centre, tmp_path, OURS)
    ours = made.model_copy(update={"public_url": centre.url})
    assert ours.tracking_authority == pem_of(OURS)
    assert look_up(centre.url, CODE, "th", authority=ours.tracking_authority).found
    with speaking(tmp_path, ANOTHERS) as impostor:
        with pytest.raises(LookUpError, match="CertVerificationError"):
            look_up(impostor.url, CODE, "th", authority=ours.tracking_authority)
        assert impostor.requests == []


def test_a_public_address_of_another_host_is_looked_at_during_the_enrolment(
    centre: SmallCentre, tmp_path: Path
) -> None:
    public = SmallCentre("127.0.0.2", speaking(tmp_path, ANOTHERS, "127.0.0.2").tls)
    both = tmp_path / "both.pem"
    both.write_text(pem_of(OURS) + pem_of(ANOTHERS))
    state = tmp_path / "state"
    state.mkdir()
    with public:
        address = public.url.replace("127.0.0.1", "127.0.0.2")
        show = lambda code: centre.decide(**APPROVAL | {"public_url": address})  # noqa: E731
        made = enrol(centre.url, "KKN07", "", state, show, ca_file=str(both), poll_s=0.01, wait_s=5)
        assert made.tracking_authority == pem_of(ANOTHERS) != made.authority
        assert Enrolment.load(state) == made
        assert look_up(address, CODE, "th", authority=made.tracking_authority).found


def test_a_public_address_where_nobody_answers_hinders_no_enrolment(centre: SmallCentre, tmp_path: Path) -> None:
    made = enrolled(centre, tmp_path, OURS)  # track.example
    assert made.tracking_authority == ""
