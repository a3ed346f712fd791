"""The forwarder against the fake centre, which verifies deliveries: whatever fails, each delivery arrives exactly
once."""

import json
import multiprocessing
import signal
import socket
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from functools import partial
from pathlib import Path
from random import Random
from uuid import uuid4

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from uuid6 import uuid7

from journey.faults import Fault
from kiosk_app.commands import forward
from kiosk_app.forwarder import Forwarder
from kiosk_app.forwarder.case_lookup import CaseLookupError, look_up_case
from kiosk_app.forwarder.forwarder import CENTRE_BACKOFF_MAX_S, DELETE_INTERVAL_S, MAX_UNDELETED
from kiosk_app.forwarder.heartbeat_schedule import CALL_INTERVAL_S, HEARTBEAT_INTERVAL_S
from kiosk_app.outbox import (
    Enrolment,
    Outbox,
    OutboxBrokenError,
    OutboxError,
    OutboxFullError,
    PendingRow,
    clock,
    remote_command_files,
    revocation,
)
from kiosk_app.outbox.reports import KioskReport, LinkReport
from machine.boot import boot_id
from protocol import keys, signing
from protocol.encoding import to_base64
from protocol.messages import (
    CentreKeys,
    CentreKeysStatement,
    CommandResult,
    EnrolmentResponse,
    EnrolmentStatus,
    RemoteCommandStatement,
)
from protocol.remote_command import CommandOutcome
from tests.fake_centre import (
    API,
    CONNECTION_CLOSED,
    PORTAL_PAGE,
    PORTAL_REDIRECT,
    FakeCentre,
    Reply,
    forge_receipt,
    problem_reply,
)
from tests.outbox_samples import CENTRE_KEYS, KIOSK_SIGNING_KEY, enrolment, save_submission
from tests.torture.tcp_relay import Relay
from tests.waiting import wait_until

PAGES = (b"\xff\xd8first" * 60_000, b"\xff\xd8second" * 40_000)
SUBMISSION_PATH = "POST /api/v1/submissions"
HEARTBEAT_PATH = "POST /api/v1/heartbeats"


class ForwarderHarness:
    """A forwarder whose clock the test advances."""

    def __init__(self, directory: Path, centre: FakeCentre) -> None:
        self.now = 1000.0
        self.state = directory
        self.enrolled = enrolment(centre.url)
        self.outbox = Outbox.open(directory / "outbox", self.enrolled)
        self.forwarder = self.new_forwarder(centre.url)

    def new_forwarder(self, url: str, outbox: Outbox | None = None) -> Forwarder:
        return Forwarder(
            outbox or self.outbox,
            self.enrolled,
            KIOSK_SIGNING_KEY,
            url,
            state_dir=self.state,
            version="1.2.3",
            rng=Random(1),
            monotonic=lambda: self.now,
        )

    def tick(self, seconds: float = 0.0) -> None:
        self.now += seconds
        self.forwarder._tick(threading.Event())


@pytest.fixture
def centre() -> Iterator[FakeCentre]:
    with FakeCentre() as serving:
        yield serving


@pytest.fixture
def harness(tmp_path: Path, centre: FakeCentre) -> Iterator[ForwarderHarness]:
    made = ForwarderHarness(tmp_path, centre)
    yield made
    made.outbox.close()


def assert_arrived_complete(harness: ForwarderHarness, centre: FakeCentre, pages: tuple[bytes, ...] = PAGES) -> None:
    assert harness.outbox.count() == 0
    for delivery in centre.deliveries.values():
        assert len(delivery.parts) == len(pages)
        for part, page in zip(delivery.parts, pages, strict=True):
            sealed = centre.parts[part.sha256]
            row = type("Row", (), {"kiosk_id": delivery.kiosk_id, "submission_id": str(delivery.submission_id)})
            assert CENTRE_KEYS.open_page(row, part.index, sealed) == page  # type: ignore[arg-type]


def test_every_submission_is_delivered_and_deleted(harness: ForwarderHarness, centre: FakeCentre) -> None:
    for _ in range(3):
        save_submission(harness.outbox, PAGES)
    harness.outbox.confirm_receipt(harness.outbox.pending()[1].submission_id, True)
    report = harness.forwarder.deliver_once()
    assert (report.delivered, report.pending, report.refused, report.error) == (3, 0, 0, "")
    assert_arrived_complete(harness, centre)
    assert [delivery.receipt_confirmed for delivery in centre.deliveries.values()] == [None, True, None]
    assert not any(request.startswith("HEAD") for request in centre.requests)  # no upload was interrupted
    assert all(delivery.sent.wall >= delivery.moment.wall for delivery in centre.deliveries.values())


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_complaint_or_heartbeat_follows_no_redirect(
    harness: ForwarderHarness, centre: FakeCentre, status: int
) -> None:
    save_submission(harness.outbox, PAGES)
    with FakeCentre() as elsewhere:
        for beginning in ("PATCH", "POST", "HEAD"):
            centre.constant_replies[beginning] = Reply(status, b"", {"Location": f"{elsewhere.url}/api/v1/anything"})
        for _ in range(3):
            harness.tick(HEARTBEAT_INTERVAL_S)
        assert elsewhere.requests == []
    assert harness.outbox.count() == 1


def test_a_tracking_code_follows_no_redirect(centre: FakeCentre) -> None:
    with FakeCentre() as elsewhere:
        centre.constant_replies["POST"] = Reply(307, b"", {"Location": f"{elsewhere.url}/api/v1/track"})
        with pytest.raises(CaseLookupError):
            look_up_case(centre.url, "7KQ2M9XD4TBVS", "th")
        assert elsewhere.requests == []


def test_delivery_works_over_ipv6(tmp_path: Path) -> None:
    try:
        socket.create_server(("::1", 0), family=socket.AF_INET6).close()
    except OSError as error:
        pytest.skip(f"no IPv6 on this machine: {error.strerror}")
    with FakeCentre("::1") as centre:
        harness = ForwarderHarness(tmp_path, centre)
        save_submission(harness.outbox, PAGES)
        assert harness.forwarder.deliver_once().delivered == 1
        assert_arrived_complete(harness, centre)
        harness.outbox.close()


@pytest.mark.parametrize("where", ["PATCH", SUBMISSION_PATH])
@pytest.mark.parametrize(
    "failure",
    [CONNECTION_CLOSED, PORTAL_PAGE, PORTAL_REDIRECT, problem_reply(500), problem_reply(429), problem_reply(503)],
)
def test_after_any_centre_failure_a_submission_arrives_once(
    harness: ForwarderHarness, centre: FakeCentre, where: str, failure: Reply
) -> None:
    save_submission(harness.outbox, PAGES)
    centre.scripted_replies.append((where, failure))
    harness.tick()
    assert harness.outbox.count() == 1
    assert harness.outbox.pending()[0].refused == ""
    for _ in range(20):
        harness.tick(CENTRE_BACKOFF_MAX_S)
    assert_arrived_complete(harness, centre)
    assert len(centre.deliveries) == 1


def test_a_lost_response_is_requested_again_and_makes_no_second_delivery(
    harness: ForwarderHarness, centre: FakeCentre
) -> None:
    save_submission(harness.outbox, PAGES)
    centre.reply_changes += [
        ("PATCH", lambda reply: CONNECTION_CLOSED),
        (SUBMISSION_PATH, lambda reply: CONNECTION_CLOSED),
    ]
    for _ in range(20):
        harness.tick(CENTRE_BACKOFF_MAX_S)
    assert_arrived_complete(harness, centre)
    assert len(centre.deliveries) == len(centre.receipts) == 1


def test_a_cut_page_upload_continues_where_it_was_cut(harness: ForwarderHarness, centre: FakeCentre) -> None:
    save_submission(harness.outbox, PAGES[:1])
    centre.scripted_replies.append(("PATCH", CONNECTION_CLOSED))  # the whole page in one request fails
    harness.tick()
    centre.requests.clear()
    for _ in range(2):  # then in chunks; each pass is cut after its first chunk
        centre.reply_changes.append(("PATCH", lambda reply: reply))
        centre.reply_changes.append(("PATCH", lambda reply: CONNECTION_CLOSED))
        harness.tick(CENTRE_BACKOFF_MAX_S)
    harness.tick(CENTRE_BACKOFF_MAX_S)
    assert_arrived_complete(harness, centre, PAGES[:1])
    methods = [request.split()[0] for request in centre.requests if "parts" in request]
    assert methods[:3] == ["HEAD", "PATCH", "PATCH"]
    # Nothing was sent twice: 128 and 128 kB, cut, 64 kB and the rest, whose response was lost.
    assert methods == ["HEAD", "PATCH", "PATCH"] * 2 + ["HEAD"]


def test_a_page_arrives_over_a_network_that_cuts_every_upload_after_40_kb(tmp_path: Path, centre: FakeCentre) -> None:
    with Relay((centre.host, centre.server.server_port)) as relay:
        harness = ForwarderHarness(tmp_path, centre)
        harness.forwarder = harness.new_forwarder(relay.url)
        save_submission(harness.outbox, PAGES[:1])  # 480 kB
        relay.max_bytes_up = 40_000
        for _ in range(40):
            harness.tick(CENTRE_BACKOFF_MAX_S * 3)
        assert_arrived_complete(harness, centre, PAGES[:1])
        harness.outbox.close()


def test_a_part_the_centre_already_has_is_not_sent_again(harness: ForwarderHarness, centre: FakeCentre) -> None:
    submission = save_submission(harness.outbox, PAGES)
    row = harness.outbox.read(submission)
    centre.parts[row.parts[0].sha256] = harness.outbox.read_part(submission, 0)
    centre.parts[row.parts[1].sha256] = harness.outbox.read_part(submission, 1)[:5000]
    assert harness.forwarder.deliver_once().delivered == 1
    assert_arrived_complete(harness, centre)


def test_only_a_valid_receipt_deletes(harness: ForwarderHarness, centre: FakeCentre) -> None:
    save_submission(harness.outbox)
    centre.reply_changes.append((SUBMISSION_PATH, forge_receipt))
    harness.tick()
    assert harness.outbox.count() == 1
    harness.tick(CENTRE_BACKOFF_MAX_S)
    assert harness.outbox.count() == 0


def test_a_receipt_for_another_row_does_not_delete(harness: ForwarderHarness, centre: FakeCentre) -> None:
    first = save_submission(harness.outbox)
    harness.forwarder.deliver_once()
    (stolen,) = centre.receipts.values()
    save_submission(harness.outbox)
    centre.scripted_replies.append((SUBMISSION_PATH, Reply(200, stolen)))
    assert harness.forwarder.deliver_once().delivered == 0
    assert harness.outbox.pending()[0].submission_id != first


def test_receipted_rows_are_deleted_a_few_at_a_time(harness: ForwarderHarness, centre: FakeCentre) -> None:
    left: list[int] = []
    seen = Outbox.open(harness.state / "outbox", None)

    def note(reply: Reply, slow_s: float) -> Reply:
        left.append(seen.count())
        harness.now += slow_s
        return reply

    for turn in range(MAX_UNDELETED + 8):
        save_submission(harness.outbox)
        centre.reply_changes.append(
            (SUBMISSION_PATH, partial(note, slow_s=DELETE_INTERVAL_S if turn >= MAX_UNDELETED + 3 else 0.0))
        )
    assert harness.forwarder.deliver_once().delivered == MAX_UNDELETED + 8
    # The first at once, then together while responses are fast, three after the first slow one, then one by one.
    assert left == [MAX_UNDELETED + 8] + [MAX_UNDELETED + 7] * MAX_UNDELETED + [7] * 3 + [4, 3, 2, 1]
    assert seen.count() == 0
    seen.close()


@pytest.mark.parametrize("how", ["cut", "stop"])
def test_receipted_rows_are_deleted_however_a_pass_ends(
    harness: ForwarderHarness, centre: FakeCentre, how: str
) -> None:
    stop = threading.Event()

    def end(reply: Reply) -> Reply:
        stop.set()
        return CONNECTION_CLOSED if how == "cut" else reply

    for _ in range(5):
        save_submission(harness.outbox)
    centre.reply_changes += [
        (SUBMISSION_PATH, lambda reply: reply),
        (SUBMISSION_PATH, lambda reply: reply),
        (SUBMISSION_PATH, end),
    ]
    delivered = 2 if how == "cut" else 3
    report = harness.forwarder.deliver_once(stop)
    assert (report.delivered, report.pending) == (delivered, 5 - delivered)
    assert bool(report.error) == (how == "cut")


def test_a_kill_between_receipt_and_deletion_makes_no_second_delivery(
    harness: ForwarderHarness, centre: FakeCentre
) -> None:
    for _ in range(5):
        save_submission(harness.outbox)

    def run() -> None:
        with Outbox.open(harness.state / "outbox", enrolment(centre.url)) as own:
            harness.new_forwarder(centre.url, own).deliver_once()

    # Forked, to share the keys of the samples. The centre kills it before it sends the fourth receipt.
    killed = multiprocessing.get_context("fork").Process(target=run)

    def kill(reply: Reply) -> Reply:
        killed.kill()
        return reply

    centre.reply_changes += [(SUBMISSION_PATH, lambda reply: reply)] * 3 + [(SUBMISSION_PATH, kill)]
    killed.start()
    killed.join()
    assert killed.exitcode == -signal.SIGKILL
    first = dict(centre.receipts)
    assert (len(first), harness.outbox.count()) == (4, 4)  # the first is deleted at once, the next three together
    assert harness.forwarder.deliver_once().delivered == 4
    assert harness.outbox.count() == 0
    assert {one: centre.receipts[one] for one in first} == first
    assert len(centre.deliveries) == 5


def test_rows_that_cannot_be_deleted_are_deleted_later(harness: ForwarderHarness, centre: FakeCentre) -> None:
    for _ in range(3):
        save_submission(harness.outbox)
    with closing(sqlite3.connect(harness.state / "outbox" / "outbox.db")) as disk:
        disk.execute("CREATE TRIGGER stuck BEFORE DELETE ON submissions BEGIN SELECT RAISE(ABORT, 'stuck'); END")
        assert (harness.forwarder.deliver_once().delivered, harness.outbox.count()) == (0, 3)
        harness.tick()
        assert centre.requests.count(SUBMISSION_PATH) == 3  # not sent again and again
        disk.execute("DROP TRIGGER stuck")
    harness.tick(CENTRE_BACKOFF_MAX_S)
    assert harness.outbox.count() == 0
    assert len(centre.receipts) == 3


def test_a_refused_row_is_stored_with_its_reason_and_the_others_are_delivered(
    harness: ForwarderHarness, centre: FakeCentre
) -> None:
    for _ in range(3):
        save_submission(harness.outbox)
    refused_row = harness.outbox.pending()[0]
    centre.refused_numbers.add(refused_row.case_number)
    harness.tick()
    (left,) = harness.outbox.pending()
    assert left.submission_id == refused_row.submission_id
    assert left.refused == "The centre does not accept it (422 A part is missing or the number is not liked)"
    link = LinkReport.read(harness.state)
    assert link is not None and (link.centre_answers, link.refused) == (True, 1)

    attempts = centre.requests.count(SUBMISSION_PATH)
    for _ in range(20):
        harness.tick(60)
    assert centre.requests.count(SUBMISSION_PATH) - attempts <= 1  # a refused row is retried rarely
    centre.refused_numbers.clear()
    with Outbox.open(harness.state / "outbox", None) as command_line:
        command_line.retry_refused()
    harness.tick(1)
    assert harness.outbox.count() == 0


def test_a_row_the_centre_rejects_does_not_block_the_others(harness: ForwarderHarness, centre: FakeCentre) -> None:
    for _ in range(5):
        save_submission(harness.outbox)
    centre.scripted_replies.append((SUBMISSION_PATH, problem_reply(500)))
    harness.tick()
    assert harness.outbox.count() == 1
    assert harness.outbox.pending()[0].refused == ""


def test_a_centre_that_fails_every_request_is_backed_off(harness: ForwarderHarness, centre: FakeCentre) -> None:
    for _ in range(10):
        save_submission(harness.outbox)
    centre.constant_replies[SUBMISSION_PATH] = problem_reply(500)
    harness.tick()
    assert 2 <= centre.requests.count(SUBMISSION_PATH) <= 4
    centre.constant_replies.clear()
    for _ in range(10):
        harness.tick(CENTRE_BACKOFF_MAX_S)
    assert harness.outbox.count() == 0


def test_a_centre_with_another_protocol_version_is_reported_and_nothing_is_lost(
    harness: ForwarderHarness, centre: FakeCentre
) -> None:
    save_submission(harness.outbox)
    refusal = problem_reply(422, Protocol_Versions="2 3")
    centre.constant_replies[SUBMISSION_PATH] = centre.constant_replies[HEARTBEAT_PATH] = refusal
    harness.tick()
    link = LinkReport.read(harness.state)
    assert link is not None and not link.centre_answers
    assert link.trouble == "The centre reads protocol version 2 3, this kiosk writes 1: update the kiosk"
    assert not harness.outbox.pending()[0].refused, "the row waits and is not marked as refused"

    centre.constant_replies.clear()
    harness.tick(CENTRE_BACKOFF_MAX_S)
    assert harness.outbox.count() == 0


def test_a_look_up_shows_a_status_unknown_to_this_kiosk(centre: FakeCentre) -> None:
    sample = Path(__file__).parents[1] / "protocol" / "messages_future" / "tracking_response.json"
    centre.constant_replies["POST /api/v1/track"] = Reply(200, sample.read_bytes())
    response = look_up_case(centre.url, "7KQ2M9XD4TBV0", "th")
    assert (response.status, response.steps[-1].text) == ("mediation", "อยู่ระหว่างการไกล่เกลี่ย")


def test_a_revoked_kiosk_deletes_nothing_and_reports_the_revocation(
    harness: ForwarderHarness, centre: FakeCentre
) -> None:
    for _ in range(3):
        save_submission(harness.outbox)
    centre.known_keys.clear()
    harness.tick()
    assert harness.outbox.count() == 3
    assert all(row.refused == "" for row in harness.outbox.pending())
    assert centre.requests.count(SUBMISSION_PATH) == 1
    link = LinkReport.read(harness.state)
    assert link is not None and not link.centre_answers and "does not admit" in link.trouble


@pytest.mark.parametrize("as_date", [False, True])
def test_retry_after_is_honoured(harness: ForwarderHarness, centre: FakeCentre, as_date: bool) -> None:
    wrong_clock = datetime(
        2001, 1, 1, tzinfo=UTC
    )  # the wait is measured from the response's own Date, not from the kiosk's clock
    headers = {"Retry_After": "120"}
    if as_date:
        headers = {"Retry_After": format_datetime(wrong_clock + timedelta(seconds=120), usegmt=True)}
    save_submission(harness.outbox)
    harness.tick()  # everything is delivered
    save_submission(harness.outbox)
    reply = problem_reply(429, **headers)
    if as_date:
        reply.headers["Date"] = format_datetime(wrong_clock, usegmt=True)
    centre.scripted_replies.append((SUBMISSION_PATH, reply))
    harness.tick(1)
    attempts = centre.requests.count(SUBMISSION_PATH)
    for _ in range(11):
        harness.tick(10)
        with Outbox.open(harness.state / "outbox", None) as other:
            other.retry_refused()  # also after a change in the outbox
    assert centre.requests.count(SUBMISSION_PATH) == attempts
    for _ in range(5):
        harness.tick(10)
    assert harness.outbox.count() == 0


def test_without_network_waits_grow_and_a_new_submission_is_tried_at_once(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with FakeCentre() as gone:
        url = gone.url
    harness = ForwarderHarness(tmp_path, gone)
    harness.forwarder = harness.new_forwarder(url)

    def attempts() -> int:
        return sum(1 for record in caplog.records if "stays, next attempt" in record.message)

    save_submission(harness.outbox)
    for _ in range(3600):
        harness.tick(1)
    assert 5 < attempts() < 60
    link = LinkReport.read(tmp_path)
    assert link is not None and not link.centre_answers
    assert "does not answer" in link.trouble
    with Outbox.open(tmp_path / "outbox", enrolment()) as interface:
        save_submission(interface)
    before = attempts()
    harness.tick(1)
    assert attempts() == before + 1
    harness.outbox.close()


def test_when_the_network_returns_everything_is_delivered_within_a_heartbeat(
    harness: ForwarderHarness, centre: FakeCentre
) -> None:
    for method in ("POST", "PATCH", "HEAD"):
        centre.constant_replies[method] = CONNECTION_CLOSED
    for _ in range(5):
        save_submission(harness.outbox, PAGES)
    for _ in range(600):
        harness.tick(10)
    assert harness.outbox.count() == 5
    centre.constant_replies.clear()
    for _ in range(7):
        harness.tick(HEARTBEAT_INTERVAL_S / 5)
    assert_arrived_complete(harness, centre)


def test_heartbeats_contain_the_report_of_the_interface(harness: ForwarderHarness, centre: FakeCentre) -> None:
    harness.tick()
    silent = centre.heartbeats[-1]
    assert (silent.kiosk_id, silent.version, silent.devices, silent.outbox_count) == ("KKN07", "1.2.3", {}, 0)
    KioskReport(devices={"printer": "paper_out"}, findings=("P-02",), staff_called=True).write(harness.state)
    centre.constant_replies[SUBMISSION_PATH] = problem_reply(503)
    save_submission(harness.outbox)
    harness.tick(HEARTBEAT_INTERVAL_S * 1.2)
    heartbeat = centre.heartbeats[-1]
    assert (heartbeat.devices, heartbeat.findings, heartbeat.staff_called) == (
        {"printer": "paper_out"},
        ("P-02",),
        True,
    )
    assert heartbeat.outbox_count == 1
    assert heartbeat.oldest_unsent == harness.outbox.oldest()
    assert heartbeat.disk_free == pytest.approx(harness.outbox.free_disk_bytes(), rel=0.2)
    assert heartbeat.versions.keys() == {"python", "sqlite", "openssl", "linux"}
    assert heartbeat.moment.quality is clock.clock_quality()
    KioskReport(devices={"printer": "paper_out"}).write(harness.state)
    harness.tick()
    for _ in range(600):
        harness.tick(1)
    assert 3 + 8 <= len(centre.heartbeats) <= 3 + 12


def test_a_full_disk_is_reported_to_the_centre_and_delivery_continues(
    harness: ForwarderHarness, centre: FakeCentre, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OutboxFullError("The disk is full")

    save_submission(harness.outbox)
    monkeypatch.setattr(harness.outbox, "check", full)  # so the interface has no report
    monkeypatch.setattr(harness.outbox, "ensure_ballast", full)
    stop = threading.Event()
    running = threading.Thread(target=harness.forwarder.run, args=(stop,))
    running.start()
    wait_until(lambda: harness.outbox.count() == 0)
    stop.set()
    running.join()
    assert centre.heartbeats[-1].findings == ("K-02",)


def test_a_staff_call_and_its_end_are_sent_at_once(harness: ForwarderHarness, centre: FakeCentre) -> None:
    harness.tick()
    for call in ("", "a-1", "a-1", "a-1", "a-2", ""):
        KioskReport(staff_called=bool(call), staff_call=call).write(harness.state)
        harness.tick(1)
    assert [heartbeat.staff_call for heartbeat in centre.heartbeats] == ["", "a-1", "a-2", ""]
    assert [heartbeat.staff_called for heartbeat in centre.heartbeats] == [False, True, True, False]


def test_the_channels_for_notices_reach_the_interface(harness: ForwarderHarness, centre: FakeCentre) -> None:
    for header, expected in (("sms line", ("sms", "line")), ("", ()), ("sms ../x " + "a" * 40, ("sms",))):
        centre.constant_replies[HEARTBEAT_PATH] = Reply(204, b"", {"Notice-Channels": header})
        harness.tick(70)
        link = LinkReport.read(harness.state)
        assert link is not None
        assert link.notice_channels == expected


def test_during_a_staff_call_its_answer_is_polled_every_few_seconds(
    harness: ForwarderHarness, centre: FakeCentre
) -> None:
    KioskReport(staff_called=True, staff_call="a-1").write(harness.state)
    for _ in range(13):
        harness.tick(1)
    assert len(centre.heartbeats) == 5
    assert _call(harness) == ("a-1", "received"), "an earlier centre receives the call and sends no answer"
    centre.constant_replies[HEARTBEAT_PATH] = Reply(204, b"", {"Staff-Call": "a-1 coming"})
    harness.tick(CALL_INTERVAL_S)
    assert _call(harness) == ("a-1", "coming")
    centre.constant_replies[HEARTBEAT_PATH] = Reply(204, b"", {"Staff-Call": "a-0 done"})
    harness.tick(CALL_INTERVAL_S)
    assert _call(harness) == ("a-1", "received"), "an answer to another call is ignored"
    centre.constant_replies[HEARTBEAT_PATH] = Reply(204, b"", {"Staff-Call": "a-1 by-helicopter"})
    harness.tick(CALL_INTERVAL_S)
    assert _call(harness) == ("a-1", "received"), "an answer word of a later centre is ignored"


def test_an_undelivered_staff_call_is_not_shown_as_received_and_is_sent_again(
    harness: ForwarderHarness, centre: FakeCentre
) -> None:
    harness.tick()
    centre.constant_replies[HEARTBEAT_PATH] = CONNECTION_CLOSED
    KioskReport(staff_called=True, staff_call="a-1").write(harness.state)
    harness.tick(1)
    assert _call(harness) == ("", "")
    del centre.constant_replies[HEARTBEAT_PATH]
    harness.tick(CALL_INTERVAL_S)
    assert _call(harness) == ("a-1", "received")
    centre.constant_replies[HEARTBEAT_PATH] = CONNECTION_CLOSED
    harness.tick(CALL_INTERVAL_S)
    assert _call(harness) == ("a-1", "received"), "the call arrived earlier, and the centre still has it"


def test_a_staff_call_is_sent_before_the_remaining_pages(harness: ForwarderHarness, centre: FakeCentre) -> None:
    def call_staff_during_upload(reply: Reply) -> Reply:
        KioskReport(staff_called=True, staff_call="a-1").write(harness.state)
        return reply

    harness.tick()
    centre.requests.clear()
    save_submission(harness.outbox, PAGES)
    centre.reply_changes.append(("PATCH", call_staff_during_upload))
    harness.tick()
    assert [request.split("/api/v1/")[1].partition("/")[0] for request in centre.requests] == [
        "parts",
        "heartbeats",
        "parts",
        "submissions",
    ]
    assert centre.heartbeats[-1].staff_call == "a-1"


def test_retry_after_is_honoured_during_a_staff_call(harness: ForwarderHarness, centre: FakeCentre) -> None:
    KioskReport(staff_called=True, staff_call="a-1").write(harness.state)
    centre.constant_replies[HEARTBEAT_PATH] = problem_reply(429, Retry_After="30")
    harness.tick()
    for _ in range(20):
        harness.tick(1)
    assert centre.requests.count(HEARTBEAT_PATH) == 1
    for _ in range(15):
        harness.tick(1)
    assert centre.requests.count(HEARTBEAT_PATH) == 2


def test_the_interface_learns_which_submissions_the_centre_has(harness: ForwarderHarness, centre: FakeCentre) -> None:
    save_submission(harness.outbox)
    centre.reply_changes.append((SUBMISSION_PATH, forge_receipt))
    (row,) = harness.outbox.pending()
    harness.tick()
    link = LinkReport.read(harness.state)
    assert link is not None
    assert link.received == (), "a forged receipt is ignored"
    harness.tick(HEARTBEAT_INTERVAL_S)
    link = LinkReport.read(harness.state)
    assert link is not None
    assert link.received == (row.submission_id,)


def _call(harness: ForwarderHarness) -> tuple[str, str]:
    link = LinkReport.read(harness.state)
    assert link is not None
    return link.staff_call, link.call_answer


def _answer_enrolment_status(harness: ForwarderHarness, centre: FakeCentre, status: EnrolmentStatus) -> None:
    """Let the centre return this status for the kiosk's enrolment."""
    enrolment_id = harness.enrolled.enrolment_id
    centre.enrolments[enrolment_id] = EnrolmentResponse(enrolment_id=enrolment_id, status=status, **centre.public)


def test_a_revocation_keeps_pending_rows_and_lasts_without_a_network(
    harness: ForwarderHarness, centre: FakeCentre
) -> None:
    enrolled = harness.enrolled
    _answer_enrolment_status(harness, centre, EnrolmentStatus.REVOKED)
    centre.constant_replies[HEARTBEAT_PATH] = centre.constant_replies[SUBMISSION_PATH] = problem_reply(403)
    save_submission(harness.outbox)
    harness.tick()
    link = LinkReport.read(harness.state)
    assert link is not None
    assert link.revoked
    assert revocation.is_revoked(harness.state, enrolled)
    for _ in range(100):
        harness.tick(60)
    assert harness.outbox.count() == 1
    centre.constant_replies[HEARTBEAT_PATH] = centre.constant_replies["GET"] = CONNECTION_CLOSED
    harness.forwarder = harness.new_forwarder(centre.url)
    harness.tick()
    assert revocation.is_revoked(harness.state, enrolled), "also after a restart"
    assert not revocation.is_revoked(harness.state, enrolled.model_copy(update={"enrolment_id": uuid4()}))
    centre.constant_replies.clear()
    for _ in range(10):
        harness.tick(HEARTBEAT_INTERVAL_S)
    assert not revocation.is_revoked(harness.state, enrolled), "the centre admits the kiosk again"
    assert harness.outbox.count() == 0


@pytest.mark.parametrize("answer", [problem_reply(401), problem_reply(403)])
def test_only_a_revoked_enrolment_takes_a_kiosk_out_of_service(
    harness: ForwarderHarness, centre: FakeCentre, answer: Reply
) -> None:
    _answer_enrolment_status(harness, centre, EnrolmentStatus.APPROVED)
    centre.constant_replies[HEARTBEAT_PATH] = answer
    harness.tick()
    assert not revocation.is_revoked(harness.state, harness.enrolled)
    centre.constant_replies["GET"] = CONNECTION_CLOSED
    harness.tick(HEARTBEAT_INTERVAL_S * 1.2)
    assert not revocation.is_revoked(harness.state, harness.enrolled)


def test_the_running_process_delivers_within_seconds_and_stops_cleanly(tmp_path: Path, centre: FakeCentre) -> None:
    stop = threading.Event()
    with Outbox.open(tmp_path / "outbox", enrolment()) as outbox, Outbox.open(tmp_path / "outbox", enrolment()) as own:
        forwarder = Forwarder(own, enrolment(), KIOSK_SIGNING_KEY, centre.url, state_dir=tmp_path, version="1")
        thread = threading.Thread(target=forwarder.run, args=(stop,))
        thread.start()
        try:
            centre.wait_until(lambda: len(centre.heartbeats) == 1)
            save_submission(outbox, PAGES)
            centre.wait_until(lambda: len(centre.receipts) == 1)
            wait_until(lambda: outbox.count() == 0)
        finally:
            stop.set()
            thread.join(20)
    assert not thread.is_alive()


def test_an_unreadable_store_is_reported_to_the_centre_each_minute(
    harness: ForwarderHarness, centre: FakeCentre
) -> None:
    """The heartbeat has the figures read last and the staff code; delivery continues when the store can be read
    again."""
    centre.constant_replies[SUBMISSION_PATH] = problem_reply(503)
    save_submission(harness.outbox)
    save_submission(harness.outbox)
    harness.tick()
    assert (centre.heartbeats[-1].outbox_count, centre.heartbeats[-1].findings) == (2, ())
    place, moved_outbox = harness.state / "outbox", harness.state / "aside"
    place.rename(moved_outbox)
    place.write_text("in its place")
    for heartbeat_count in (2, 3):
        with pytest.raises((OutboxError, OSError)):
            harness.tick(HEARTBEAT_INTERVAL_S * 1.2)
        assert len(centre.heartbeats) == heartbeat_count
        heartbeat = centre.heartbeats[-1]
        assert (heartbeat.outbox_count, heartbeat.findings) == (2, (Fault.STORE_BROKEN.value,))
        assert heartbeat.oldest_unsent == centre.heartbeats[0].oldest_unsent
    place.unlink()
    moved_outbox.rename(place)
    del centre.constant_replies[SUBMISSION_PATH]
    harness.tick(CENTRE_BACKOFF_MAX_S)
    harness.tick(CENTRE_BACKOFF_MAX_S)
    assert (harness.outbox.count(), centre.heartbeats[-1].findings) == (0, ())


def test_rows_that_cannot_be_read_are_a_fault_though_a_new_visit_could_be_saved(
    harness: ForwarderHarness, centre: FakeCentre, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unreadable() -> list[PendingRow]:
        raise OutboxBrokenError("The outbox's store cannot be used: disk I/O error")

    monkeypatch.setattr(harness.outbox, "pending", unreadable)
    with pytest.raises(OutboxBrokenError):
        harness.tick()
    assert [heartbeat.findings for heartbeat in centre.heartbeats] == [(Fault.STORE_BROKEN.value,)]


def test_a_store_that_cannot_be_opened_is_reported_by_a_heartbeat(tmp_path: Path, centre: FakeCentre) -> None:
    enrolled = enrolment(centre.url)
    (tmp_path / "outbox").write_text("in its place")

    def create_forwarder(outbox: Outbox | None) -> Forwarder:
        return Forwarder(outbox, enrolled, KIOSK_SIGNING_KEY, centre.url, state_dir=tmp_path, version="1")

    with pytest.raises(OutboxError):
        forward._open_outbox(tmp_path, enrolled, create_forwarder)
    assert [heartbeat.findings for heartbeat in centre.heartbeats] == [(Fault.STORE_BROKEN.value,)]


def key_change_statement(enrolled: Enrolment, signer: Ed25519PrivateKey, **other: object) -> CentreKeys:
    statement = CentreKeysStatement(
        enrolment_id=enrolled.enrolment_id,
        sealing_key=to_base64(keys.public_key_bytes(keys.new_sealing_key())),
        receipt_key=to_base64(keys.public_key_bytes(keys.new_signing_key())),
        since=datetime.now(UTC),
    )
    return signing.sign_keys(statement.model_copy(update=other), signer)


def test_the_centres_new_keys_are_accepted_and_pending_rows_are_delivered(tmp_path: Path, centre: FakeCentre) -> None:
    first = enrolment(centre.url)
    first.save(tmp_path)
    with Outbox.open(tmp_path / "outbox", first) as outbox:
        forwarder = Forwarder(outbox, first, KIOSK_SIGNING_KEY, centre.url, state_dir=tmp_path, version="1")
        before = outbox.read(save_submission(outbox))
        centre.current_keys = key_change_statement(first, CENTRE_KEYS.receipts)
        forwarder._heartbeats.send(KioskReport())
        second = Enrolment.load(tmp_path)  # the interface does the same, then reopens its outbox
        assert second is not None
        assert second.centre_keys == tuple(centre._keys_header()["Centre-Keys"].split())
        assert second.former_receipt_keys == (first.receipt_key,)
        with Outbox.open(tmp_path / "outbox", second) as interface:
            after = interface.read(save_submission(interface))
        assert (before.sealing_key, after.sealing_key) == (first.sealing_fingerprint, second.sealing_fingerprint)
        assert (
            forwarder.deliver_once().delivered == 2
        )  # receipted with the former key: the fake centre has not changed it
        forwarder._heartbeats.send(KioskReport())
        assert centre.heartbeats[-1].centre_keys == second.centre_keys
        assert sum(request.endswith("/keys") for request in centre.requests) == 1


@pytest.mark.parametrize("kind", ["forge_receipt", "older", "another kiosk's"])
def test_forged_or_old_keys_are_not_accepted(tmp_path: Path, centre: FakeCentre, kind: str) -> None:
    first = enrolment(centre.url)
    first.save(tmp_path)
    with Outbox.open(tmp_path / "outbox", first) as outbox:
        forwarder = Forwarder(outbox, first, KIOSK_SIGNING_KEY, centre.url, state_dir=tmp_path, version="1")
        centre.current_keys = key_change_statement(first, CENTRE_KEYS.receipts)
        forwarder._heartbeats.send(KioskReport())
        taken = Enrolment.load(tmp_path)
        centre.current_keys = {
            "forge_receipt": key_change_statement(first, keys.new_signing_key()),
            "older": key_change_statement(first, CENTRE_KEYS.receipts, since=datetime(2020, 1, 1, tzinfo=UTC)),
            "another kiosk's": key_change_statement(enrolment(centre.url), CENTRE_KEYS.receipts),
        }[kind]
        forwarder._heartbeats.send(KioskReport())
        assert Enrolment.load(tmp_path) == taken
    (tmp_path / "delivery" / "centre-keys.json").write_text("{")  # a damaged file: the keys of the enrolment still work
    assert Enrolment.load(tmp_path) == first


@pytest.mark.parametrize("status", [400, 403, 407, 413, 511])
def test_a_refusal_by_an_intermediary_marks_no_row_as_refused(
    harness: ForwarderHarness, centre: FakeCentre, status: int
) -> None:
    save_submission(harness.outbox, PAGES)
    centre.scripted_replies.append(("PATCH", Reply(status, b"<html>Blocked</html>", {"Content-Type": "text/html"})))
    centre.scripted_replies.append(
        (SUBMISSION_PATH, Reply(status, b"<html>Blocked</html>", {"Content-Type": "text/html"}))
    )
    harness.tick()
    assert harness.outbox.pending()[0].refused == ""
    for _ in range(20):
        harness.tick(CENTRE_BACKOFF_MAX_S)
    assert_arrived_complete(harness, centre)


def test_a_large_row_that_a_proxy_rejects_blocks_no_other(harness: ForwarderHarness, centre: FakeCentre) -> None:
    large = save_submission(harness.outbox, PAGES)
    for _ in range(3):
        save_submission(harness.outbox)
    centre.constant_replies["PATCH"] = Reply(413, b"<html>Request Entity Too Large</html>")
    harness.tick()
    assert [row.submission_id for row in harness.outbox.pending()] == [large]


def test_delivery_stays_below_the_configured_rate(tmp_path: Path, centre: FakeCentre) -> None:
    with Outbox.open(tmp_path / "outbox", enrolment(centre.url)) as outbox:
        save_submission(outbox, (b"\xff\xd8page" * 15_000,))  # 90 kB
        forwarder = Forwarder(
            outbox, enrolment(centre.url), KIOSK_SIGNING_KEY, centre.url, state_dir=tmp_path, version="1", kbit_s=400
        )
        start = time.monotonic()
        assert forwarder.deliver_once().delivered == 1
        assert time.monotonic() - start > 1.5  # 100 kB at 50 kB/s: the forwarder waits for all but the last chunk
    assert sum(request.startswith("PATCH") for request in centre.requests) == 2


def test_logs_contain_no_personal_data(
    harness: ForwarderHarness, centre: FakeCentre, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    saved = harness.outbox.pending()
    save_submission(harness.outbox, PAGES)
    centre.scripted_replies.append((SUBMISSION_PATH, problem_reply(500)))
    centre.reply_changes.append((SUBMISSION_PATH, forge_receipt))
    for _ in range(5):
        harness.tick(CENTRE_BACKOFF_MAX_S)
    assert harness.outbox.count() == 0
    delivery = next(iter(centre.deliveries.values()))
    assert delivery.case_number in caplog.text
    for secret in ("บุญมา", "ไฟฟ้าดับ", delivery.sealed[:40], str(keys.public_key_bytes(KIOSK_SIGNING_KEY))):
        assert secret not in caplog.text
    assert saved == []


@pytest.mark.parametrize(
    "headers",
    [
        {"Upload-Offset": "9" * 5000},
        {"Upload-Offset": "²"},
        {"Upload-Offset": "-1"},
        {"Retry-After": "9" * 5000},
        {"Retry-After": "Mon, 01 Jan 99999999999999999999 00:00:00 GMT"},
        {"Retry-After": "Mon, 01 Jan 2020 00:00:00 +99999999999999999999999"},
        {"Centre-Keys": "x " * 3000, "Staff-Call": "\x1b[2J " * 100},
    ],
    ids="-".join,
)
@pytest.mark.parametrize("status", [200, 204, 409, 413, 429, 503])
def test_no_response_header_stops_the_forwarder(
    harness: ForwarderHarness, centre: FakeCentre, headers: dict[str, str], status: int
) -> None:
    """A number that Python refuses to parse, a date outside its calendar: the row waits, as after any other
    response."""
    for where in ("PATCH", "HEAD", "POST"):
        centre.constant_replies[where] = Reply(status, problem_reply(status).body, {"Date": "no date", **headers})
    save_submission(harness.outbox, PAGES)
    for _ in range(4):
        harness.tick(4000)
    assert harness.outbox.count() == 1
    centre.constant_replies.clear()
    for _ in range(3):
        harness.tick(4000)
    assert_arrived_complete(harness, centre)


def test_no_cookie_is_stored(harness: ForwarderHarness, centre: FakeCentre) -> None:
    """The kiosk sends no cookies; storing those of a hostile centre would take 90 MB a day."""
    centre.constant_replies[HEARTBEAT_PATH] = Reply(204, b"", {"Set-Cookie": "a=" + "x" * 4000})
    centre.constant_replies["POST /api/v1/enrol"] = Reply(204, b"", {"Set-Cookie": "b=x; Path=/"})
    harness.tick()
    assert centre.requests
    assert len(harness.forwarder._connection.session.cookies) == 0


@pytest.mark.parametrize(
    "report",
    [
        {"devices": {"x" * 65: "ready"}},
        {"devices": {"printer": "x" * 201}},
        {"devices": {str(n): "" for n in range(65)}},
        {"findings": ["x"] * 101},
        {"findings": ["x" * 65]},
        {"staff_called": True, "staff_call": "x\r\nX: y"},
        {"findings": ["x"] * 100},  # fits; the forwarder adds its own findings
    ],
)
def test_no_report_of_a_compromised_interface_stops_the_forwarder(
    harness: ForwarderHarness, centre: FakeCentre, report: dict[str, object], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(harness.outbox, "check", lambda: (_ for _ in ()).throw(OutboxFullError("The disk is full")))
    known = {"boot_id": boot_id(), "monotonic_ms": clock.monotonic_ms(), **report}
    (harness.state / "interface").mkdir(exist_ok=True)
    (harness.state / "interface" / "status.json").write_text(json.dumps(known), encoding="utf-8")
    save_submission(harness.outbox)
    harness.tick()
    assert centre.heartbeats
    assert harness.outbox.count() == 0


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE submissions SET case_number = hex(zeroblob(40)) WHERE rowid = 1",
        "UPDATE submissions SET kiosk_id = hex(zeroblob(40)) WHERE rowid = 1",
        "UPDATE submissions SET sealed = zeroblob(4000000) WHERE rowid = 1",
        "UPDATE submissions SET sealed = zeroblob(300000000) WHERE rowid = 1",
        "UPDATE pages SET sealed = zeroblob(300000000) WHERE rowid = 1",
        "UPDATE submissions SET parts = json_insert(parts, '$[#]', json_extract(parts, '$[0]')) WHERE rowid = 1",
        "UPDATE submissions SET parts = json_set(parts, '$[0].size', 9999999) WHERE rowid = 1",
        "UPDATE pages SET sealed = substr(sealed, 1, 1000) WHERE rowid = 1",
    ],
)
def test_no_row_of_a_compromised_interface_blocks_the_others(
    harness: ForwarderHarness, centre: FakeCentre, change: str
) -> None:
    for _ in range(3):
        save_submission(harness.outbox, PAGES)
    with closing(sqlite3.connect(harness.state / "outbox" / "outbox.db", isolation_level=None)) as store:
        store.execute(change)
    for _ in range(3):
        harness.tick(400)
    assert len(centre.deliveries) == 2


def test_a_command_is_passed_on_and_its_result_and_bundle_reach_the_centre(
    harness: ForwarderHarness, centre: FakeCentre
) -> None:
    enrolment_id = harness.enrolled.enrolment_id
    statement = RemoteCommandStatement(
        enrolment_id=enrolment_id, command_id=uuid7(), kind="support_bundle", issued_at=datetime.now(UTC)
    )
    centre.commands[statement.command_id] = signing.sign_command(statement, CENTRE_KEYS.receipts)
    harness.tick()
    assert remote_command_files.read_commands(harness.state).commands == tuple(centre.commands.values())
    done = CommandResult(outcome=CommandOutcome.DONE)
    remote_command_files.write_bundle(harness.state, b"a sealed bundle")
    remote_command_files.CommandResults(
        last_issued_at=statement.issued_at, results=((statement.command_id, done),), bundle_of=statement.command_id
    ).write(harness.state)
    centre.scripted_replies.append((f"PUT {API}/enrolments", problem_reply(503)))  # tried again with the next heartbeat
    harness.tick(2 * HEARTBEAT_INTERVAL_S)
    assert (centre.bundles, centre.command_results) == ({}, {})
    harness.tick(2 * HEARTBEAT_INTERVAL_S)
    assert centre.bundles == {statement.command_id: b"a sealed bundle"}
    assert centre.command_results == {statement.command_id: done}
    reports = sum(request.endswith("/result") for request in centre.requests)
    harness.tick(2 * HEARTBEAT_INTERVAL_S)
    assert sum(request.endswith("/result") for request in centre.requests) == reports, "reported once"


def test_complaints_do_not_wait_for_a_command_that_fails(harness: ForwarderHarness, centre: FakeCentre) -> None:
    statement = RemoteCommandStatement(
        enrolment_id=harness.enrolled.enrolment_id, command_id=uuid7(), kind="reboot", issued_at=datetime.now(UTC)
    )
    centre.commands[statement.command_id] = signing.sign_command(statement, CENTRE_KEYS.receipts)
    centre.constant_replies[f"GET {API}/enrolments"] = problem_reply(500)
    save_submission(harness.outbox)
    harness.tick()
    assert harness.outbox.count() == 0
