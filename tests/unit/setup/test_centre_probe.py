"""The set-up asks a centre: a real one, behind every kind of certificate, proxy and wrong address."""

import ssl
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from journey.setup.setup_state import TaskOutcome
from kiosk_app.setup.centre_probe import AUTHORITY_ANSWER, FINGERPRINT_ANSWER, probe_centre
from protocol.choices import ClockQuality
from simulators.reserved_port import ReservedPort
from tests.certificates import CertificateAndKey, issue_certificate, new_authority, server_context, to_pem
from tests.fake_centre import PORTAL_PAGE, PORTAL_REDIRECT, FakeCentre, Reply, problem_reply
from tests.relays import connect_proxy, tls_front
from tests.unit.central.served_installation import Installation, serve_installation

AUTHORITY = new_authority("Authority of the province")
NOW, DAY = datetime.now(UTC), timedelta(days=1)
PASSWORD_REQUIRED = b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n"


@pytest.fixture(scope="module")
def centre_port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """The port of a real central service."""
    with serve_installation(Installation(tmp_path_factory.mktemp("centre") / "data")) as url:
        yield int(url.rpartition(":")[2])


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy", "NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)


def certificate_of(
    directory: Path,
    *,
    address: str = "127.0.0.1",
    ends: datetime = NOW + DAY,
    sends: tuple[CertificateAndKey, ...] = (AUTHORITY,),
) -> ssl.SSLContext:
    """The TLS context of a server whose certificate AUTHORITY has signed, and that sends these authorities with it."""
    signed = issue_certificate(AUTHORITY, address, NOW - 3 * DAY, ends)
    server_context(directory, signed)  # writes certificate and key
    file = directory / "server.pem"
    file.write_text(file.read_text("utf-8") + "".join(map(to_pem, sends)), "utf-8")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    return context


@pytest.fixture
def ca_file(tmp_path: Path) -> str:
    file = tmp_path / "authority.pem"
    file.write_text(to_pem(AUTHORITY), "utf-8")
    return str(file)


def accept_offered(outcome: TaskOutcome, directory: Path) -> str:
    """The file of the authority that an outcome offers, as the set-up service writes it."""
    file = directory / "offered.pem"
    file.write_text(dict(outcome.answers)[AUTHORITY_ANSWER], "utf-8")
    return str(file)


def test_a_centre_is_recognised(centre_port: int) -> None:
    outcome = probe_centre(f"http://127.0.0.1:{centre_port}")
    assert (outcome.passed, outcome.sentence) == (True, "centre.answered")


def test_a_known_authority_is_named(centre_port: int, tmp_path: Path, ca_file: str) -> None:
    with tls_front(certificate_of(tmp_path), centre_port) as port:
        outcome = probe_centre(f"https://127.0.0.1:{port}/", ca_file)
    assert (outcome.sentence, outcome.detail) == ("centre.answered", "Authority of the province")


def test_an_unknown_authority_is_offered_and_accepted_afterwards(centre_port: int, tmp_path: Path) -> None:
    with tls_front(certificate_of(tmp_path), centre_port) as port:
        offered = probe_centre(f"https://127.0.0.1:{port}")
        assert (offered.passed, offered.sentence) == (True, "centre.unknown_authority")
        assert len(dict(offered.answers)[FINGERPRINT_ANSWER].split()) == 10
        trusted = probe_centre(f"https://127.0.0.1:{port}", accept_offered(offered, tmp_path))
    assert (trusted.sentence, trusted.detail) == ("centre.answered", "Authority of the province")


def test_the_fingerprint_is_that_of_the_authority(centre_port: int, tmp_path: Path) -> None:
    """Two certificates of one authority show the same fingerprint, so that a renewal changes nothing."""
    seen = set()
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        with tls_front(certificate_of(tmp_path / name), centre_port) as port:
            seen.add(probe_centre(f"https://127.0.0.1:{port}").detail)
    assert len(seen) == 1


def test_an_intermediate_authority_is_accepted_without_its_root(centre_port: int, tmp_path: Path) -> None:
    """Servers send their chain without the root, as RFC 8446 §4.4.2 allows."""
    root = new_authority("Root")
    intermediate = new_authority("Intermediate", root)
    signed = issue_certificate(intermediate, "127.0.0.1", NOW - DAY, NOW + DAY)
    server_context(tmp_path, signed)
    file = tmp_path / "server.pem"
    file.write_text(file.read_text("utf-8") + to_pem(intermediate), "utf-8")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    with tls_front(context, centre_port) as port:
        offered = probe_centre(f"https://127.0.0.1:{port}")
        trusted = probe_centre(f"https://127.0.0.1:{port}", accept_offered(offered, tmp_path))
    assert (trusted.sentence, trusted.detail) == ("centre.answered", "Intermediate")


def test_a_server_that_sends_no_authority_is_not_pinned_to_its_own_certificate(
    centre_port: int, tmp_path: Path
) -> None:
    with tls_front(certificate_of(tmp_path, sends=()), centre_port) as port:
        outcome = probe_centre(f"https://127.0.0.1:{port}")
    assert (outcome.passed, outcome.sentence) == (False, "centre.incomplete_chain")
    assert dict(outcome.answers) == {FINGERPRINT_ANSWER: "", AUTHORITY_ANSWER: ""}


def test_a_certificate_of_another_address_is_refused(centre_port: int, tmp_path: Path, ca_file: str) -> None:
    with tls_front(certificate_of(tmp_path, address="192.0.2.1"), centre_port) as port:
        assert probe_centre(f"https://127.0.0.1:{port}", ca_file).sentence == "centre.wrong_name"


def test_the_date_counts_only_when_a_time_server_has_set_the_clock(
    centre_port: int, tmp_path: Path, ca_file: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A kiosk with an empty clock battery must reach its centre."""
    with tls_front(certificate_of(tmp_path, ends=NOW - DAY), centre_port) as port:
        monkeypatch.setattr("kiosk_app.forwarder.tls.clock_quality", lambda: ClockQuality.UNTRUSTED)
        assert probe_centre(f"https://127.0.0.1:{port}", ca_file).sentence == "centre.answered"
        monkeypatch.setattr("kiosk_app.forwarder.tls.clock_quality", lambda: ClockQuality.SYNCHRONISED)
        outcome = probe_centre(f"https://127.0.0.1:{port}", ca_file)
    assert (outcome.passed, outcome.sentence) == (False, "centre.wrong_date")
    assert datetime.strptime(outcome.detail, "%Y-%m-%d").year >= 2026, "the date that the kiosk believes"


def test_everything_goes_through_the_proxy(centre_port: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    targets: list[str] = []
    with tls_front(certificate_of(tmp_path), centre_port) as port, connect_proxy(targets) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{proxy}")
        offered = probe_centre(f"https://127.0.0.1:{port}")
        assert offered.sentence == "centre.unknown_authority"
        trusted = probe_centre(f"https://127.0.0.1:{port}", accept_offered(offered, tmp_path))
    assert trusted.sentence == "centre.answered"
    assert targets == [f"127.0.0.1:{port}"] * 3


def test_a_proxy_that_asks_for_a_password_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    with connect_proxy([], PASSWORD_REQUIRED) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{proxy}")
        assert probe_centre("https://centre.invalid").sentence == "centre.proxy_login"


def test_nobody_there() -> None:
    with ReservedPort() as closed:
        for scheme in ("http", "https"):
            assert probe_centre(f"{scheme}://127.0.0.1:{closed.port}").sentence == "centre.unreachable"
    assert probe_centre("https://centre.invalid").sentence == "centre.unreachable"


@pytest.mark.parametrize(
    ("reply", "sentence"),
    [
        (PORTAL_PAGE, "centre.no_service"),
        (PORTAL_REDIRECT, "centre.no_service"),
        (Reply(404, b"Not Found"), "centre.no_service"),
        (Reply(405, b"<html>"), "centre.no_service"),
        (Reply(403, b"<html>"), "centre.no_service"),
        (problem_reply(503), "centre.busy"),
        (Reply(422, b"{}", {"Protocol-Versions": "7"}), "centre.incompatible"),
    ],
)
def test_another_server_is_no_centre(reply: Reply, sentence: str) -> None:
    with FakeCentre() as server:
        server.constant_replies["POST"] = reply
        outcome = probe_centre(server.url)
    assert (outcome.passed, outcome.sentence) == (False, sentence)
