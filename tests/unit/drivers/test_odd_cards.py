"""Cards with missing or malformed fields still give the other fields; only a wrong citizen id gives no person."""

from dataclasses import replace
from typing import Any

import pytest

from drivers.card_reader import parse_fields
from drivers.card_reader.apdu import CardChannel
from drivers.card_reader.card_map import CITIZEN_FIELDS, SELECT_APPLET, read_fields
from drivers.card_reader.parse_fields import to_citizen
from drivers.ports.card_reader import CardAddress, CardFault, CardReadError, CitizenCard, PersonName
from simulators.card_profiles import PROFILES, CardProfile
from simulators.id_card import IdCard
from thai.id_number import CitizenId

SAMPLE_PROFILE = PROFILES["boonma"]


def read(profile: CardProfile) -> CitizenCard:
    channel = CardChannel(IdCard(profile).execute_apdu)
    channel.send_ignoring_data(SELECT_APPLET)
    return to_citizen(read_fields(channel.send, CITIZEN_FIELDS))


ODD_CARDS: dict[str, tuple[CardProfile, dict[str, Any]]] = {
    "another version": (replace(SAMPLE_PROFILE, version="0004"), {"card_version": "0004"}),
    "bytes of no alphabet": (
        replace(SAMPLE_PROFILE, raw={0x0011: b"\xb9\xd2\xa7#\xca\x81\xff##\xa4\xc7\xd2\xc1"}),
        {"name": PersonName("นาง", "ส\ufffd\ufffd", "", "ความดี")},
    ),
    "no middle and no last name": (replace(SAMPLE_PROFILE, name_th="นาง#บุญมา"), {"name": PersonName("นาง", "บุญมา")}),
    "no name at all": (replace(SAMPLE_PROFILE, name_th=""), {"name": PersonName()}),
    "a name of zeros": (replace(SAMPLE_PROFILE, raw={0x0011: bytes(100)}), {"name": PersonName()}),
    "day and month of birth unknown": (replace(SAMPLE_PROFILE, birth_date="24950000"), {"birth_date": "24950000"}),
    "no date of birth": (replace(SAMPLE_PROFILE, birth_date="99999999"), {"birth_date": ""}),
    "no sex": (replace(SAMPLE_PROFILE, sex=" "), {"sex": ""}),
    "expired for years": (replace(SAMPLE_PROFILE, expiry_date="25401231"), {}),
    "valid for life": (replace(SAMPLE_PROFILE, expiry_date="99999999"), {}),
    "no address": (replace(SAMPLE_PROFILE, address=""), {"address": CardAddress()}),
}


@pytest.mark.parametrize("oddity", ODD_CARDS)
def test_cards_with_malformed_fields_give_their_other_fields(oddity: str) -> None:
    profile, differing = ODD_CARDS[oddity]
    whole = CitizenCard(
        CitizenId(SAMPLE_PROFILE.citizen_id),
        PersonName("นาง", "บุญมา", "", "ใจดี"),
        SAMPLE_PROFILE.birth_date,
        SAMPLE_PROFILE.sex,
        parse_fields.address(SAMPLE_PROFILE.address.encode("cp874")),
    )
    assert read(profile) == replace(whole, **differing)


@pytest.mark.parametrize("number", ["9000000000010", "900000000007 ", "             ", "๙000000000077"])
def test_a_number_with_a_wrong_check_digit_is_rejected(number: str) -> None:
    with pytest.raises(CardReadError) as raised:
        read(replace(SAMPLE_PROFILE, citizen_id=number))
    assert raised.value.fault is CardFault.BAD_CONTENT
