"""Old and new versions read each other's messages (docs/compatibility.md).

messages_v1 holds one message of each kind as version 1 wrote it; the files never change. messages_future holds messages
of a version that does not exist yet: with further fields, statuses, topics and device states.
"""

import json
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from pydantic import BaseModel, ValidationError

from protocol import keys, messages, signing
from protocol.choices import ClockQuality, IdentitySource, NameDisclosure, Nature, OnBehalfOf, RespondentKind
from protocol.compatibility import find_unread_content, format_versions, highest_common_version
from protocol.encoding import from_base64, to_base64
from protocol.remote_command import CommandOutcome
from protocol.submission import Submission
from protocol.topics import Topic

VERSION_1, FUTURE = (Path(__file__).parent / name for name in ("messages_v1", "messages_future"))
MODELS: dict[str, type[BaseModel]] = {
    "centre_keys": messages.CentreKeys,
    "centre_keys_statement": messages.CentreKeysStatement,
    "command_result": messages.CommandResult,
    "delivery": messages.Delivery,
    "enrolment_request": messages.EnrolmentRequest,
    "enrolment_response": messages.EnrolmentResponse,
    "heartbeat": messages.Heartbeat,
    "problem": messages.Problem,
    "rating_request": messages.RatingRequest,
    "receipt": messages.Receipt,
    "receipt_statement": messages.ReceiptStatement,
    "release_request": messages.ReleaseRequest,
    "release_request_statement": messages.ReleaseRequestStatement,
    "remote_command": messages.RemoteCommand,
    "remote_command_statement": messages.RemoteCommandStatement,
    "remote_commands": messages.RemoteCommands,
    "submission": Submission,
    "tracking_closed": messages.TrackingResponse,
    "tracking_not_found": messages.TrackingResponse,
    "tracking_request": messages.TrackingRequest,
    "tracking_response": messages.TrackingResponse,
}
# A centre of version 1.0 quarantines a submission with an unknown field until it is updated. A field listed here is
# known to have that effect; every other message may get fields freely.
SUBMISSION_FIELDS_SINCE_VERSION_1: set[str] = set()
RECEIPT_KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))


def load(directory: Path, name: str) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((directory / f"{name}.json").read_bytes())
    return content


def read(directory: Path, name: str) -> Any:
    return MODELS[name].model_validate_json((directory / f"{name}.json").read_bytes())


def missing_from(old: Any, new: Any, path: str = "") -> list[str]:
    """The paths of all values in `old` that are missing or different in `new`."""
    if isinstance(old, dict) and isinstance(new, dict):
        return [gap for key in old for gap in missing_from(old[key], new.get(key, KeyError), f"{path}.{key}")]
    if isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        return [gap for i, (a, b) in enumerate(zip(old, new, strict=True)) for gap in missing_from(a, b, f"{path}.{i}")]
    return [] if old == new else [path]


@pytest.mark.parametrize("name", [file.stem for file in sorted(VERSION_1.glob("*.json"))])
def test_a_message_of_version_1_is_read_and_written_again_with_every_field(name: str) -> None:
    """Reading it: this version understands the old peer. Writing it: the old peer finds everything it requires."""
    sample = load(VERSION_1, name)
    assert missing_from(sample, json.loads(read(VERSION_1, name).model_dump_json())) == []


def test_a_submission_has_no_field_that_a_centre_of_version_1_does_not_know() -> None:
    sample, written = load(VERSION_1, "submission"), json.loads(read(VERSION_1, "submission").model_dump_json())
    assert written.keys() - sample.keys() == SUBMISSION_FIELDS_SINCE_VERSION_1
    for part in ("identity", "contact", "consents"):
        assert written[part].keys() == sample[part].keys()


def test_every_kind_of_message_has_a_sample_of_version_1() -> None:
    kinds = {
        kind
        for kind in vars(messages).values()
        if isinstance(kind, type) and issubclass(kind, BaseModel) and kind.__module__ == messages.__name__
    }
    nested = {messages._Message, messages.SealedPart, messages.ClockReading, messages.TrackingStep}
    nested |= {messages.BodyToRate, messages.GivenStars, messages.Consumables, messages.ReleaseReport}
    assert kinds - nested <= {MODELS[file.stem] for file in VERSION_1.glob("*.json")}


def test_signatures_of_version_1_are_still_valid() -> None:
    public_key = keys.public_key_bytes(RECEIPT_KEY)
    statement = signing.verify_receipt(read(VERSION_1, "receipt"), public_key)
    assert statement == read(VERSION_1, "receipt_statement")
    new_keys = signing.verify_keys(
        read(VERSION_1, "centre_keys"), public_key, UUID("0192f0c4-0000-7000-8000-000000000001")
    )
    assert new_keys == read(VERSION_1, "centre_keys_statement")


@pytest.mark.parametrize("name", [file.stem for file in sorted(FUTURE.glob("*.json"))])
def test_a_message_of_a_newer_version_is_read(name: str) -> None:
    read(FUTURE, name)


@pytest.mark.parametrize("name", [file.stem for file in sorted(FUTURE.glob("*.json"))])
def test_a_message_of_a_newer_version_has_every_field_of_this_one(name: str) -> None:
    assert MODELS[name].model_fields.keys() - load(FUTURE, name).keys() == set()


def test_an_unknown_status_is_shown_by_its_own_text() -> None:
    response = read(FUTURE, "tracking_response")
    assert response.status == "mediation"
    assert response.sentence == "เรื่องของท่านอยู่ระหว่างการไกล่เกลี่ย"
    assert [step.text for step in response.steps][-1] == "อยู่ระหว่างการไกล่เกลี่ย"
    assert not response.is_closed
    assert response.due_date is None, "a date in a format unknown to this version"
    assert read(FUTURE, "tracking_closed").is_closed, "also an unknown status may be the last one"


def test_in_version_1_the_status_alone_shows_that_a_case_is_closed() -> None:
    sample = load(VERSION_1, "tracking_response")
    assert not messages.TrackingResponse.model_validate(sample).is_closed
    assert messages.TrackingResponse.model_validate(sample | {"status": "closed"}).is_closed


def test_unknown_choices_of_a_submission_become_the_cautious_value_and_are_stored() -> None:
    submission = read(FUTURE, "submission")
    assert (submission.nature, submission.topic, submission.about) == (
        Nature.COMPLAINT,
        Topic.UNSURE,
        RespondentKind.NOBODY,
    )
    assert (submission.for_whom, submission.naming) == (OnBehalfOf.SELF, NameDisclosure.WITHHELD)
    assert (submission.identity_source, submission.language) == (IdentitySource.TYPED, "en")
    assert submission.clock_quality is ClockQuality.UNTRUSTED
    unread = find_unread_content(submission, load(FUTURE, "submission"))
    assert unread.choices == {
        "nature": "petition",
        "topic": "flood",
        "about": "company",
        "for_whom": "village",
        "naming": "pseudonym",
        "identity_source": "digital-id",
        "language": "my",
        "clock_quality": "gnss",
    }
    assert unread.fields == {
        "witness": "นายสมชาย ใจดี",
        "contact.email": "boonma@example.com",
        "identity.nickname": "มา",
        "pages.0.orientation": '{"turned":90}',
        "consents.line": "true",
    }


def test_a_submission_of_this_version_has_no_unread_field() -> None:
    assert find_unread_content(read(VERSION_1, "submission"), load(VERSION_1, "submission")) == ({}, {})


def test_unread_fields_of_a_newer_submission_are_limited() -> None:
    sample = load(VERSION_1, "submission") | {f"field-{number}": "ก" * 5000 for number in range(100)}
    unread = find_unread_content(Submission.model_validate_json(json.dumps(sample)), sample)
    assert len(unread.fields) == 50
    assert {len(value) for value in unread.fields.values()} == {1000}


@pytest.mark.parametrize(("field", "value"), [("topic", 7), ("naming", None), ("version", 2), ("area", "9")])
def test_a_value_that_is_invalid_in_every_version_is_an_error(field: str, value: object) -> None:
    with pytest.raises(ValidationError):
        Submission.model_validate_json(json.dumps(load(VERSION_1, "submission") | {field: value}))


def test_a_heartbeat_keeps_unknown_devices_and_states_as_text() -> None:
    heartbeat = read(FUTURE, "heartbeat")
    assert heartbeat.devices == {"printer": "head_too_hot", "signature_pad": "ready"}
    assert heartbeat.moment.quality is ClockQuality.UNTRUSTED


def test_an_unknown_enrolment_status_is_not_yet_a_decision() -> None:
    assert read(FUTURE, "enrolment_response").status is messages.EnrolmentStatus.PENDING


def test_an_unknown_command_and_an_unknown_outcome_are_read() -> None:
    statement = read(FUTURE, "remote_command_statement")
    signed = signing.sign_command(statement, RECEIPT_KEY)
    public = keys.public_key_bytes(RECEIPT_KEY)
    assert signing.verify_command(signed, public, statement.enrolment_id).kind == "play_music"
    assert read(FUTURE, "command_result").outcome is CommandOutcome.FAILED


def test_a_receipt_with_further_fields_is_verified_over_all_its_bytes() -> None:
    raw = json.dumps(load(FUTURE, "receipt_statement")).encode()
    receipt = messages.Receipt(statement=to_base64(raw), signature=to_base64(RECEIPT_KEY.sign(raw)), key="0" * 32)
    statement = signing.verify_receipt(receipt, keys.public_key_bytes(RECEIPT_KEY))
    assert statement == read(VERSION_1, "receipt_statement")
    assert b"archive" in from_base64(receipt.statement)


@pytest.mark.parametrize(
    ("header", "supported", "expected"),
    [
        ("", (1,), 1),  # a centre older than the header
        ("1", (1,), 1),
        ("1 2", (1,), 1),
        ("1 2 3", (1, 2), 2),
        ("2 3", (1,), None),
        ("1", (2,), None),
        ("1, 2", (1, 2), 2),
        ("1 2.1 beta 99999999999", (1, 2), 1),
        ("nonsense", (1,), 1),
    ],
)
def test_kiosk_and_centre_agree_on_the_highest_version_both_know(
    header: str, supported: tuple[int, ...], expected: int | None
) -> None:
    assert highest_common_version(header, supported) == expected


def test_the_centre_states_its_versions() -> None:
    assert format_versions() == "1"
    assert highest_common_version(format_versions((1, 2))) == 1
