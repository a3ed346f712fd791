"""The channel follows the status words of the card."""

from dataclasses import replace

import pytest

from drivers.card_reader.apdu import CardChannel, StatusWordError
from drivers.card_reader.card_map import SELECT_APPLET, CardField, read_command, read_fields
from simulators.card_profiles import PROFILES, CardKind
from simulators.id_card import IdCard

NO_THAI_CARDS = (CardKind.NOT_THAI, CardKind.BLANK, CardKind.CONTACTLESS, CardKind.MUTE)


class ScriptedCard:
    """A card with scripted responses that records the commands."""

    def __init__(self, *answers: str) -> None:
        self._answers = list(answers)
        self.commands: list[str] = []

    def __call__(self, command: bytes) -> bytes:
        self.commands.append(command.hex())
        return bytes.fromhex(self._answers.pop(0))


def test_data_sent_with_the_first_response_is_returned() -> None:
    assert CardChannel(ScriptedCard("aabb9000")).send(b"\x80\xb0\0\0\x02\0\x02") == b"\xaa\xbb"


def test_61_fetches_the_remaining_data() -> None:
    card = ScriptedCard("6102", "aabb9000")
    assert CardChannel(card).send(b"\x80\xb0\0\0\x02\0\x02") == b"\xaa\xbb"
    assert card.commands[1] == "00c0000002"


def test_61_is_repeated_while_data_remains() -> None:
    card = ScriptedCard("6101", "aa6101", "bb9000")
    assert CardChannel(card).send(b"\x80\xb0\0\0\x02\0\x02") == b"\xaa\xbb"


def test_6c_corrects_the_length_of_the_response() -> None:
    card = ScriptedCard("6100", "6c02", "aabb9000")
    assert CardChannel(card).send(b"\x80\xb0\0\0\x02\0\x02") == b"\xaa\xbb"
    assert card.commands[1:] == ["00c0000000", "00c0000002"]


def test_6c_adds_a_length_to_a_command_without_one() -> None:
    card = ScriptedCard("6c02", "aabb9000")
    CardChannel(card).send(bytes.fromhex("80b00000020002"))
    assert card.commands[1] == "80b0000002000202"


@pytest.mark.parametrize("refusal", ["6a86", "6b00", "6d00"])
def test_the_p2_that_an_old_card_requires_is_used_from_then_on(refusal: str) -> None:
    card = ScriptedCard("6102", refusal, "aabb9000", "6101", "cc9000")
    channel = CardChannel(card)
    assert channel.send(b"\x80\xb0\0\0\x02\0\x02") == b"\xaa\xbb"
    assert channel.send(b"\x80\xb0\0\0\x02\0\x01") == b"\xcc"
    assert card.commands[1:3] == ["00c0000002", "00c0000102"]
    assert card.commands[4] == "00c0000101"


def test_a_wrong_initial_p2_is_corrected() -> None:
    card = ScriptedCard("6102", "6a86", "aabb9000")
    assert CardChannel(card, response_p2=1).send(b"\x80\xb0\0\0\x02\0\x02") == b"\xaa\xbb"
    assert card.commands[1:] == ["00c0000102", "00c0000002"]


def test_a_card_that_drops_its_data_with_the_refusal_is_read_again() -> None:
    card = ScriptedCard("6102", "6b00", "6985", "6102", "aabb9000")
    assert CardChannel(card).send(b"\x80\xb0\0\0\x02\0\x02") == b"\xaa\xbb"
    assert card.commands[2:] == ["00c0000102", "80b00000020002", "00c0000102"]


def test_data_returned_before_a_repeated_read_is_discarded() -> None:
    """Data shifted by a few bytes could combine a valid number with another name."""
    card = ScriptedCard("6102", "aa6101", "6b00", "6985", "6102", "aabb9000")
    assert CardChannel(card).send(b"\x80\xb0\0\0\x02\0\x02") == b"\xaa\xbb"


def test_a_card_that_refuses_both_p2_values_is_an_error() -> None:
    card = ScriptedCard("6102", "6a86", "6a86", "6102", "6a86")
    with pytest.raises(StatusWordError):
        CardChannel(card).send(b"\x80\xb0\0\0\x02\0\x02")


@pytest.mark.parametrize("answer", ["6a82", "6985", "", "61"])
def test_a_refusal_is_an_error(answer: str) -> None:
    with pytest.raises(StatusWordError):
        CardChannel(ScriptedCard(answer)).send(SELECT_APPLET)
    with pytest.raises(StatusWordError):
        CardChannel(ScriptedCard(answer)).send_ignoring_data(SELECT_APPLET)


@pytest.mark.parametrize("answer", ["9000", "610a", "6f0884069000"])
def test_data_offered_by_the_select_command_is_not_fetched(answer: str) -> None:
    card = ScriptedCard(answer)
    CardChannel(card).send_ignoring_data(SELECT_APPLET)
    assert len(card.commands) == 1


def test_a_card_that_sends_without_end_is_an_error() -> None:
    with pytest.raises(StatusWordError):
        CardChannel(ScriptedCard(*["6101"] * 50)).send(SELECT_APPLET)


@pytest.mark.parametrize("response_p2", [0, 1])
@pytest.mark.parametrize("forgets", [False, True])
@pytest.mark.parametrize("refusal", ["6a86", "6b00", "6d00"])
@pytest.mark.parametrize("kind", [kind for kind in CardKind if kind not in NO_THAI_CARDS])
def test_every_field_of_every_family(kind: CardKind, refusal: str, forgets: bool, response_p2: int) -> None:
    profile = replace(
        PROFILES["boonma"], kind=kind, wrong_p2_status_word=bytes.fromhex(refusal), drops_data_on_wrong_p2=forgets
    )
    channel = CardChannel(IdCard(profile).execute_apdu, response_p2)
    channel.send_ignoring_data(SELECT_APPLET)
    fields = read_fields(channel.send, CardField)
    assert fields[CardField.CITIZEN_ID].decode() == profile.citizen_id
    assert fields[CardField.NAME_EN].decode().strip() == profile.name_en
    assert fields[CardField.ADDRESS].decode("cp874").strip() == profile.address
    assert {field: len(content) for field, content in fields.items()} == {
        field: field.value.length for field in CardField
    }


def test_reading_before_selecting_is_refused() -> None:
    with pytest.raises(StatusWordError):
        CardChannel(IdCard(PROFILES["boonma"]).execute_apdu).send(read_command(CardField.CITIZEN_ID.value))
