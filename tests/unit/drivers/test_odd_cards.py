"""Cards whose contents are odd give what they have; only a number that fails its check gives nobody."""

from dataclasses import replace
from typing import Any

import pytest

from drivers.card_reader import parse_fields
from drivers.card_reader.apdu import CardChannel
from drivers.card_reader.card_map import SELECT_APPLET, WHITELIST, read_fields
from drivers.card_reader.pcsc_reader import to_citizen
from drivers.ports.card_reader import CardAddress, CardFault, CardReadError, CitizenCard, PersonName
from simulators.card_profiles import PROFILES, CardProfile
from simulators.id_card import IdCard
from thai.id_number import CitizenId

SOMEBODY = PROFILES["boonma"]


def read(profile: CardProfile) -> CitizenCard:
    channel = CardChannel(IdCard(profile).answer)
    channel.tell(SELECT_APPLET)
    return to_citizen(read_fields(channel.send, WHITELIST))


ODD_CARDS: dict[str, tuple[CardProfile, dict[str, Any]]] = {
    "another version": (replace(SOMEBODY, version="0004"), {"card_version": "0004"}),
    "bytes of no alphabet": (
        replace(SOMEBODY, raw={0x0011: b"\xb9\xd2\xa7#\xca\x81\xff##\xa4\xc7\xd2\xc1"}),
        {"name": PersonName("นาง", "ส\ufffd\ufffd", "", "ความดี")},
    ),
    "no middle and no last name": (replace(SOMEBODY, name_th="นาง#บุญมา"), {"name": PersonName("นาง", "บุญมา")}),
    "no name at all": (replace(SOMEBODY, name_th=""), {"name": PersonName()}),
    "a name of zeros": (replace(SOMEBODY, raw={0x0011: bytes(100)}), {"name": PersonName()}),
    "day and month of birth unknown": (replace(SOMEBODY, birth_date="24950000"), {"birth_date": "24950000"}),
    "no date of birth": (replace(SOMEBODY, birth_date="99999999"), {"birth_date": ""}),
    "no sex": (replace(SOMEBODY, sex=" "), {"sex": ""}),
    "expired for years": (replace(SOMEBODY, expiry_date="25401231"), {}),
    "valid for life": (replace(SOMEBODY, expiry_date="99999999"), {}),
    "no address": (replace(SOMEBODY, address=""), {"address": CardAddress()}),
}


@pytest.mark.parametrize("oddity", ODD_CARDS)
def test_odd_cards_give_what_they_have(oddity: str) -> None:
    profile, differing = ODD_CARDS[oddity]
    whole = CitizenCard(
        CitizenId(SOMEBODY.citizen_id),
        PersonName("นาง", "บุญมา", "", "ใจดี"),
        SOMEBODY.birth_date,
        SOMEBODY.sex,
        parse_fields.address(SOMEBODY.address.encode("cp874")),
    )
    assert read(profile) == replace(whole, **differing)


@pytest.mark.parametrize("number", ["9000000000010", "900000000007 ", "             ", "๙000000000077"])
def test_a_number_that_fails_its_check_is_nobodys(number: str) -> None:
    with pytest.raises(CardReadError) as raised:
        read(replace(SOMEBODY, citizen_id=number))
    assert raised.value.fault is CardFault.BAD_CONTENT
