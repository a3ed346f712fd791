"""PC/SC's state words in the kiosk's words."""

import pytest
from smartcard import scard

from drivers.card_reader.pcsc import slot_status
from drivers.card_reader.status import CardReaderStatus

EMPTY, PRESENT = scard.SCARD_STATE_EMPTY, scard.SCARD_STATE_PRESENT
MUTE = scard.SCARD_STATE_PRESENT | scard.SCARD_STATE_MUTE


@pytest.mark.parametrize(
    ("states", "status"),
    [
        ([], CardReaderStatus.NO_READER),
        ([EMPTY], CardReaderStatus.EMPTY),
        ([EMPTY, PRESENT], CardReaderStatus.CARD_PRESENT),
        ([MUTE], CardReaderStatus.CARD_MUTE),
        ([MUTE, PRESENT | scard.SCARD_STATE_INUSE], CardReaderStatus.CARD_PRESENT),
        ([MUTE, EMPTY], CardReaderStatus.CARD_MUTE),
        ([scard.SCARD_STATE_UNAVAILABLE], CardReaderStatus.UNKNOWN),
    ],
)
def test_several_readers_are_one_slot(states: list[int], status: CardReaderStatus) -> None:
    assert slot_status(states) is status
