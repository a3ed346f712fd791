"""The exchange with a card is led by its status words."""

import pytest

from drivers.card_reader.apdu import CardChannel, StatusWordError
from drivers.card_reader.card_map import SELECT_APPLET, Field, read_command, read_fields
from simulators.id_card import IdCard
from simulators.profiles import PROFILES


class Scripted:
    """A card that says what it is told to, and remembers the commands."""

    def __init__(self, *answers: str) -> None:
        self._answers = list(answers)
        self.commands: list[str] = []

    def __call__(self, command: bytes) -> bytes:
        self.commands.append(command.hex())
        return bytes.fromhex(self._answers.pop(0))


def test_data_at_once() -> None:
    assert CardChannel(Scripted("aabb9000")).send(b"\x80\xb0\0\0\x02\0\x02") == b"\xaa\xbb"


def test_61_is_followed() -> None:
    card = Scripted("6102", "aabb9000")
    assert CardChannel(card).send(b"\x80\xb0\0\0\x02\0\x02") == b"\xaa\xbb"
    assert card.commands[1] == "00c0000002"


def test_61_again_while_more_is_there() -> None:
    card = Scripted("6101", "aa6101", "bb9000")
    assert CardChannel(card).send(b"\x80\xb0\0\0\x02\0\x02") == b"\xaa\xbb"


def test_6c_corrects_the_length_of_the_response() -> None:
    card = Scripted("6100", "6c02", "aabb9000")
    assert CardChannel(card).send(b"\x80\xb0\0\0\x02\0\x02") == b"\xaa\xbb"
    assert card.commands[1:] == ["00c0000000", "00c0000002"]


def test_6c_gives_a_command_without_length_one() -> None:
    card = Scripted("6c02", "aabb9000")
    CardChannel(card).send(bytes.fromhex("80b00000020002"))
    assert card.commands[1] == "80b0000002000202"


@pytest.mark.parametrize("refusal", ["6a86", "6b00", "6d00"])
def test_the_old_family_wants_the_other_p2_and_is_asked_so_from_then_on(refusal: str) -> None:
    card = Scripted("6102", refusal, "aabb9000", "6101", "cc9000")
    channel = CardChannel(card)
    assert channel.send(b"\x80\xb0\0\0\x02\0\x02") == b"\xaa\xbb"
    assert channel.send(b"\x80\xb0\0\0\x02\0\x01") == b"\xcc"
    assert card.commands[1:3] == ["00c0000002", "00c0000102"]
    assert card.commands[4] == "00c0000101"


@pytest.mark.parametrize("answer", ["6a82", "6985", "", "61"])
def test_a_refusal_is_an_error(answer: str) -> None:
    with pytest.raises(StatusWordError):
        CardChannel(Scripted(answer)).send(SELECT_APPLET)


def test_a_card_that_never_ends_is_given_up() -> None:
    with pytest.raises(StatusWordError):
        CardChannel(Scripted(*["6101"] * 50)).send(SELECT_APPLET)


@pytest.mark.parametrize("name", ["boonma", "somchai", "bangkok"])
def test_every_field_of_every_family(name: str) -> None:
    channel = CardChannel(IdCard(PROFILES[name]).answer)
    channel.send(SELECT_APPLET)
    fields = read_fields(channel.send, Field)
    assert fields[Field.CITIZEN_ID].decode() == PROFILES[name].citizen_id
    assert fields[Field.NAME_EN].decode().strip() == PROFILES[name].name_en
    assert fields[Field.ADDRESS].decode("cp874").strip() == PROFILES[name].address
    assert {field: len(content) for field, content in fields.items()} == {field: field.value.length for field in Field}


def test_reading_before_selecting_is_refused() -> None:
    with pytest.raises(StatusWordError):
        CardChannel(IdCard(PROFILES["boonma"]).answer).send(read_command(Field.CITIZEN_ID.value))
