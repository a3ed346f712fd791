"""The card photo: read by the length that the card states, and only if it is a picture."""

from threading import Event

import pytest

from drivers.card_reader.apdu import CardChannel
from drivers.card_reader.card_map import SELECT_APPLET
from drivers.card_reader.photo import BadPhotoError, read_photo
from simulators.card_profiles import PROFILES, CardKind, CardProfile
from simulators.id_card import MAX_PHOTO_BYTES, IdCard, render_portrait

SAMPLE_PROFILE = PROFILES["boonma"]
LENGTH_AT, PHOTO_AT = 0x0179, 0x017B


def open_session(profile: CardProfile) -> tuple[IdCard, CardChannel]:
    card = IdCard(profile)
    channel = CardChannel(card.execute_apdu)
    channel.send_ignoring_data(SELECT_APPLET)
    return card, channel


def photo_of(profile: CardProfile, cancel: Event | None = None) -> tuple[bytes, list[float], IdCard]:
    card, channel = open_session(profile)
    progress: list[float] = []
    return read_photo(channel.send, progress.append, cancel or Event()), progress, card


def profile_with_photo(content: bytes, stated_length: int | None = None) -> CardProfile:
    length = (len(content) if stated_length is None else stated_length).to_bytes(2, "big")
    return CardProfile(CardKind.MODERN, raw={LENGTH_AT: length, PHOTO_AT: content})


def test_a_photo_is_read_by_its_length_with_progress() -> None:
    photo, progress, card = photo_of(SAMPLE_PROFILE)
    assert photo == render_portrait(MAX_PHOTO_BYTES)
    assert progress == sorted(progress)
    assert progress[-1] == 1.0
    assert max(offset + length for offset, length in card.reads) == PHOTO_AT + len(photo)


def test_a_card_without_photo_takes_a_two_byte_read() -> None:
    photo, progress, card = photo_of(PROFILES["bangkok"])
    assert (photo, progress, card.reads) == (b"", [], [(LENGTH_AT, 2)])


def test_reading_a_photo_ends_at_once_when_cancelled() -> None:
    cancel = Event()
    cancel.set()
    photo, _, card = photo_of(SAMPLE_PROFILE, cancel)
    assert (photo, len(card.reads)) == (b"", 1)


def test_padding_after_the_picture_is_removed() -> None:
    assert photo_of(profile_with_photo(b"\xff\xd8 a face \xff\xd9" + b" " * 300))[0].endswith(b"\xff\xd9")


@pytest.mark.parametrize(
    "profile",
    [
        profile_with_photo(b"no picture at all" * 20),
        profile_with_photo(b"\xff\xd8 cut off" * 20),
        profile_with_photo(b"\xff\xd8\xff\xd9", stated_length=0xFFFF),
        profile_with_photo(b"\xff\xd8\xff\xd9", stated_length=0x2020),
    ],
)
def test_invalid_photo_data_is_an_error(profile: CardProfile) -> None:
    with pytest.raises(BadPhotoError):
        photo_of(profile)
