"""Enrolment and case look-up against the fake centre."""

import json
import shutil
import stat
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from kiosk_app.forwarder import Forwarder
from kiosk_app.forwarder.case_lookup import CaseLookupError, look_up_case, rate_case
from kiosk_app.forwarder.enrol import EnrolmentError, EnrolmentOptions, enrol
from kiosk_app.outbox import Enrolment, Outbox
from kiosk_app.outbox.state_directory import outbox_directory, signing_key_file
from protocol import keys
from protocol.encoding import from_base64, to_base64
from protocol.messages import EnrolmentStatus
from tests.fake_centre import CONNECTION_CLOSED, PORTAL_PAGE, PORTAL_REDIRECT, FakeCentre, Reply, problem_reply
from tests.outbox_samples import CENTRE_KEYS, save_submission

APPROVAL = {
    "status": EnrolmentStatus.APPROVED,
    "kiosk_id": "KKN07",
    "series": "C",
    "public_url": "https://track.example",
    "centre_name_th": "ศูนย์ดำรงธรรมจังหวัดขอนแก่น",
}


@pytest.fixture
def centre() -> Iterator[FakeCentre]:
    with FakeCentre() as serving:
        yield serving


def enrol_and_approve(
    centre: FakeCentre, state: Path, shown_codes: list[str] | None = None, *, new_key: bool = False, **facts: object
) -> Enrolment:
    """Enrol; the comparison code is stored in `shown_codes` and the fake centre then decides."""

    def compare(code: str) -> None:
        if shown_codes is not None:
            shown_codes.append(code)
        centre.decide_enrolments(**{**APPROVAL, **facts})

    return enrol(
        centre.url,
        "KKN07",
        "ศาลากลาง",
        state,
        compare,
        options=EnrolmentOptions(new_key=new_key, poll_s=0.01, wait_s=5),
    )


def test_a_kiosk_is_enrolled_after_the_codes_are_compared(centre: FakeCentre, tmp_path: Path) -> None:
    shown_codes: list[str] = []
    made = enrol_and_approve(centre, tmp_path, shown_codes)
    assert made == Enrolment.load(tmp_path)
    assert (made.kiosk_id, made.series, made.public_url) == ("KKN07", "C", "https://track.example")
    assert made.centre_name_th == "ศูนย์ดำรงธรรมจังหวัดขอนแก่น"
    path = signing_key_file(tmp_path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    public = keys.public_key_bytes(keys.load_signing_key(path))
    assert made.signing_key == keys.fingerprint(public)
    (response,) = centre.enrolments.values()
    desk = keys.compare_code(
        public, from_base64(response.sealing_key), from_base64(response.receipt_key), response.enrolment_id
    )
    assert shown_codes == [desk]


def interrupted_enrolment(centre: FakeCentre, state: Path, *, new_key: bool = False) -> None:
    """Interrupt an enrolment while the technician compares the code."""
    stop = threading.Event()
    with pytest.raises(EnrolmentError, match="interrupted"):
        enrol(
            centre.url,
            "KKN07",
            "",
            state,
            lambda code: stop.set(),
            options=EnrolmentOptions(new_key=new_key, poll_s=5, stop=stop),
        )


def test_the_same_key_is_used_until_the_centre_decides(centre: FakeCentre, tmp_path: Path) -> None:
    next_key_file = signing_key_file(tmp_path).with_name("kiosk-signing.key.next")
    interrupted_enrolment(centre, tmp_path)
    first = next_key_file.read_bytes()
    centre.enrolments.clear()
    with pytest.raises(EnrolmentError, match="refused"):
        enrol_and_approve(centre, tmp_path, status=EnrolmentStatus.REFUSED)
    assert not next_key_file.exists()  # the centre refuses this key
    assert Enrolment.load(tmp_path) is None
    centre.enrolments.clear()
    enrol_and_approve(centre, tmp_path)
    in_use = signing_key_file(tmp_path).read_bytes()
    assert in_use != first
    centre.enrolments.clear()
    enrol_and_approve(centre, tmp_path)
    assert signing_key_file(tmp_path).read_bytes() == in_use
    assert not next_key_file.exists()


def test_an_approval_during_an_interruption_is_applied_by_the_next_run(centre: FakeCentre, tmp_path: Path) -> None:
    interrupted_enrolment(centre, tmp_path)
    centre.decide_enrolments(**APPROVAL)
    centre.already_enrolled = True
    made = enrol(centre.url, "KKN07", "", tmp_path, lambda code: pytest.fail("it was compared before"))
    assert made == Enrolment.load(tmp_path)


def test_an_approval_before_the_code_comparison_is_refused(centre: FakeCentre, tmp_path: Path) -> None:
    interrupted_enrolment(centre, tmp_path)
    centre.decide_enrolments(**APPROVAL, sealing_key=to_base64(keys.public_key_bytes(keys.new_sealing_key())))
    centre.already_enrolled = True  # an attacker in between answers at once, with other keys
    with pytest.raises(EnrolmentError, match="nobody has compared"):
        enrol(centre.url, "KKN07", "", tmp_path, lambda code: None)
    assert Enrolment.load(tmp_path) is None


def test_a_new_key_begins_a_new_series_and_delivers_the_pending_rows(centre: FakeCentre, tmp_path: Path) -> None:
    first = enrol_and_approve(centre, tmp_path)
    with Outbox.open(outbox_directory(tmp_path), first) as outbox:
        queued = outbox.read(save_submission(outbox))
    old = signing_key_file(tmp_path).read_bytes()
    centre.enrolments.clear()
    interrupted_enrolment(centre, tmp_path, new_key=True)
    assert (signing_key_file(tmp_path).read_bytes(), Enrolment.load(tmp_path)) == (old, first)  # the old key works
    centre.enrolments.clear()
    second = enrol_and_approve(centre, tmp_path, new_key=True, series="D")
    assert (second.series, second.signing_key != first.signing_key) == ("D", True)
    key = keys.load_signing_key(signing_key_file(tmp_path))
    assert keys.fingerprint(keys.public_key_bytes(key)) == second.signing_key
    with Outbox.open(outbox_directory(tmp_path), second) as outbox:
        assert outbox.read(save_submission(outbox)).case_number.startswith("KKN07D-000001-")
        assert Forwarder(outbox, second, key, centre.url, state_dir=tmp_path, version="1").deliver_once().delivered == 2
    assert queued.case_number in {delivery.case_number for delivery in centre.deliveries.values()}


def test_a_receipt_by_a_former_key_of_the_same_centre_still_deletes(centre: FakeCentre, tmp_path: Path) -> None:
    first = enrol_and_approve(centre, tmp_path)
    with Outbox.open(outbox_directory(tmp_path), first) as outbox:
        row = outbox.read(save_submission(outbox))
    centre.enrolments.clear()
    centre.public["receipt_key"] = to_base64(keys.public_key_bytes(keys.new_signing_key()))
    second = enrol_and_approve(centre, tmp_path, new_key=True, series="D")
    assert second.former_receipt_keys == (first.receipt_key,)
    with Outbox.open(outbox_directory(tmp_path), second) as outbox:
        assert outbox.delete([outbox.check_receipt(row, CENTRE_KEYS.sign_receipt(row))]) == 1


def test_a_kiosk_with_pending_rows_does_not_move_to_another_centre(centre: FakeCentre, tmp_path: Path) -> None:
    first = enrol_and_approve(centre, tmp_path)
    with Outbox.open(outbox_directory(tmp_path), first) as outbox:
        row = outbox.read(save_submission(outbox))
    with FakeCentre() as other:
        other.public = {
            "sealing_key": to_base64(keys.public_key_bytes(keys.new_sealing_key())),
            "receipt_key": to_base64(keys.public_key_bytes(keys.new_signing_key())),
        }
        with pytest.raises(EnrolmentError, match="1 complaints wait for the centre"):
            enrol_and_approve(other, tmp_path, new_key=True)
        assert Enrolment.load(tmp_path) == first
        with Outbox.open(outbox_directory(tmp_path), first) as outbox:
            outbox.delete([outbox.check_receipt(row, CENTRE_KEYS.sign_receipt(row))])
        other.enrolments.clear()
        assert enrol_and_approve(other, tmp_path, new_key=True).former_receipt_keys == ()


def test_lost_numbers_require_a_new_series(centre: FakeCentre, tmp_path: Path) -> None:
    enrol_and_approve(centre, tmp_path)
    shutil.rmtree(outbox_directory(tmp_path))
    centre.already_enrolled = True
    with pytest.raises(EnrolmentError, match="--new-key"):
        enrol_and_approve(centre, tmp_path)
    centre.already_enrolled = False
    assert enrol_and_approve(centre, tmp_path, new_key=True, series="D").series == "D"


def test_keys_that_change_after_the_comparison_are_refused(centre: FakeCentre, tmp_path: Path) -> None:
    other: Any = to_base64(keys.public_key_bytes(keys.new_sealing_key()))
    for field in ("sealing_key", "receipt_key"):
        centre.enrolments.clear()
        with pytest.raises(EnrolmentError, match="other keys"):
            enrol_and_approve(centre, tmp_path, **{field: other})
    assert Enrolment.load(tmp_path) is None


@pytest.mark.parametrize(
    ("facts", "sentence"),
    [
        ({"series": "7"}, "capital letter"),
        ({"kiosk_id": "KKN08"}, "another kiosk"),
        ({"public_url": ""}, "public address"),
        ({"public_url": "http://track.example"}, "not https"),
    ],
)
def test_an_unusable_approval_is_refused(
    centre: FakeCentre, tmp_path: Path, facts: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(EnrolmentError, match=sentence):
        enrol_and_approve(centre, tmp_path, **facts)
    assert Enrolment.load(tmp_path) is None


def test_waiting_for_approval_survives_network_failures_and_ends(centre: FakeCentre, tmp_path: Path) -> None:
    centre.scripted_replies += [("GET", CONNECTION_CLOSED), ("GET", problem_reply(503)), ("GET", PORTAL_PAGE)]
    assert enrol_and_approve(centre, tmp_path)
    with pytest.raises(EnrolmentError, match="Nobody"):
        enrol(centre.url, "KKN07", "", tmp_path, lambda code: None, options=EnrolmentOptions(poll_s=0.01, wait_s=0.05))
    stop = threading.Event()
    with pytest.raises(EnrolmentError, match="interrupted"):
        enrol(centre.url, "KKN07", "", tmp_path, lambda code: stop.set(), options=EnrolmentOptions(poll_s=5, stop=stop))


@pytest.mark.parametrize("kiosk_id", ["", "kkn07", "KKN7", "KKN07 ", "กกก07"])
def test_a_malformed_kiosk_id_gives_a_one_line_error(centre: FakeCentre, tmp_path: Path, kiosk_id: str) -> None:
    with pytest.raises(EnrolmentError, match="three capital letters and two digits"):
        enrol(centre.url, kiosk_id, "", tmp_path, lambda code: None)
    assert centre.requests == []


@pytest.mark.parametrize(
    "url", ["", "centre", "http://", "http://127.0.0.1:9", "ftp://centre.example", "http://[", "x y"]
)
def test_an_unreachable_or_invalid_centre_address_gives_a_one_line_error(tmp_path: Path, url: str) -> None:
    with pytest.raises(EnrolmentError) as raised:
        enrol(url, "KKN07", "", tmp_path, lambda code: None)
    assert "\n" not in str(raised.value)
    assert Enrolment.load(tmp_path) is None


@pytest.mark.parametrize(
    "reply", [PORTAL_PAGE, PORTAL_REDIRECT, Reply(404), problem_reply(500), problem_reply(422), CONNECTION_CLOSED]
)
def test_another_server_at_the_address_gives_an_enrolment_error(
    centre: FakeCentre, tmp_path: Path, reply: Reply
) -> None:
    centre.constant_replies["POST"] = reply
    with pytest.raises(EnrolmentError):
        enrol(centre.url, "KKN07", "", tmp_path, lambda code: None)


def test_no_keys_are_exchanged_without_tls(tmp_path: Path) -> None:
    with pytest.raises(EnrolmentError, match="https"):
        enrol("http://centre.example", "KKN07", "", tmp_path, lambda code: None)
    assert not list(tmp_path.iterdir())


def test_a_missing_state_directory_gives_an_enrolment_error(centre: FakeCentre, tmp_path: Path) -> None:
    with pytest.raises(EnrolmentError, match="cannot be written"):
        enrol(centre.url, "KKN07", "", tmp_path / "missing", lambda code: None)


def test_a_case_is_looked_up(centre: FakeCentre) -> None:
    response = look_up_case(centre.url, "7KQ2M9XD4TBVS", "th")
    assert (response.found, response.sentence) == (True, "รอเจ้าหน้าที่รับเรื่อง")
    assert "7KQ2" not in "".join(centre.requests)


@pytest.mark.parametrize(
    "reply",
    [
        CONNECTION_CLOSED,
        PORTAL_PAGE,
        PORTAL_REDIRECT,
        Reply(404),
        problem_reply(500),
        problem_reply(429),
        Reply(200, b"x" * 2_000_000),
    ],
)
def test_an_invalid_response_is_a_look_up_error_without_the_code(centre: FakeCentre, reply: Reply) -> None:
    centre.constant_replies["POST"] = reply
    with pytest.raises(CaseLookupError) as raised:
        look_up_case(centre.url, "7KQ2M9XD4TBVS", "en")
    assert "7KQ2" not in str(raised.value)


@pytest.mark.parametrize("url", ["", "centre", "http://127.0.0.1:9", "http://["])
def test_an_unreachable_centre_is_a_look_up_error(url: str) -> None:
    with pytest.raises(CaseLookupError):
        look_up_case(url, "7KQ2M9XD4TBVS", "th")
    with pytest.raises(CaseLookupError):
        rate_case(url, "7KQ2M9XD4TBVS", (("7", 5),), "th")


def test_a_rating_is_sent_with_its_code_in_the_body(centre: FakeCentre) -> None:
    assert rate_case(centre.url, "7KQ2M9XD4TBVS", (("7", 5), ("centre", 1)), "en").found
    (sent,) = centre.ratings
    assert (sent.code, [(each.key, each.stars) for each in sent.ratings]) == (
        "7KQ2M9XD4TBVS",
        [("7", 5), ("centre", 1)],
    )
    assert "7KQ2" not in "".join(centre.requests)


def test_a_refused_rating_is_an_error_without_the_code(centre: FakeCentre) -> None:
    centre.constant_replies["POST"] = problem_reply(409)
    with pytest.raises(CaseLookupError, match="409") as raised:
        rate_case(centre.url, "7KQ2M9XD4TBVS", (("7", 5),), "th")
    assert "7KQ2" not in str(raised.value)
    with pytest.raises(CaseLookupError, match="incomplete"):
        rate_case(centre.url, "7KQ2M9XD4TBVS", (), "th")


def test_enrolment_json_contains_no_secret(centre: FakeCentre, tmp_path: Path) -> None:
    enrol_and_approve(centre, tmp_path)
    stored = json.loads((tmp_path / "enrolment.json").read_text())
    assert set(stored) == {*Enrolment.model_fields, "check"} - {"keys_since"}
    private = keys.load_signing_key(signing_key_file(tmp_path)).private_bytes_raw()
    assert to_base64(private) not in (tmp_path / "enrolment.json").read_text()
