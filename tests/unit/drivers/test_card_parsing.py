"""Any bytes of a card become text, dates and areas."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.card_reader import parse_fields
from drivers.card_reader.card_map import CardField
from drivers.card_reader.parse_fields import to_citizen_id
from drivers.card_reader.summary import summarise_card
from drivers.ports.card_reader import CardAddress, CardFault, CardReadError, CitizenCard, PersonName
from simulators.card_profiles import PROFILES, make_citizen_id
from thai import id_number
from thai.id_number import CitizenId


def thai(text: str, length: int = 160) -> bytes:
    return text.encode("cp874").ljust(length)


def test_a_name_has_four_parts() -> None:
    assert parse_fields.name(thai("นาย#สมชาย#ก่ำ#รักน้ำดี", 100)) == PersonName("นาย", "สมชาย", "ก่ำ", "รักน้ำดี")


def test_missing_parts_of_a_name_are_empty() -> None:
    assert parse_fields.name(thai("นาง#บุญมา")) == PersonName("นาง", "บุญมา", "", "")
    assert parse_fields.name(b"\0" * 100) == PersonName()


def test_padding_of_all_kinds_is_dropped() -> None:
    assert parse_fields.name("นาง #บุญมา\xa0##ใจดี".encode("cp874") + b"\0\xa0 ") == PersonName("นาง", "บุญมา", "", "ใจดี")


def test_control_characters_are_removed_from_a_name() -> None:
    assert parse_fields.name("นาง\0#บุญ\0มา\r\n##\x1bใจดี".encode("cp874")) == PersonName("นาง", "บุญ มา", "", "ใจดี")


def test_an_address_is_parsed_by_its_prefixes() -> None:
    assert parse_fields.address(thai(PROFILES["somchai"].address)) == CardAddress(
        raw="12 หมู่ที่ 3 ตรอกวัดป่า ซอย 5 ถนนมิตรภาพ ตำบลในเมือง อำเภอน้ำพอง จังหวัดขอนแก่น",
        house="12",
        moo="3",
        trok="วัดป่า",
        soi="5",
        road="มิตรภาพ",
        tambon="ในเมือง",
        amphoe="น้ำพอง",
        province="ขอนแก่น",
        area="4007",  # no ในเมือง in น้ำพอง: the level above
    )


def test_a_bangkok_address_without_prefixes_is_parsed_by_position() -> None:
    address = parse_fields.address(thai("88####สุขุมวิท#คลองตัน#คลองเตย#กรุงเทพมหานคร"))
    assert (address.house, address.road) == ("88", "สุขุมวิท")
    assert (address.tambon, address.amphoe, address.province) == ("คลองตัน", "คลองเตย", "กรุงเทพมหานคร")


def test_fewer_parts_are_counted_from_the_end() -> None:
    address = parse_fields.address(thai("88#คลองตัน#คลองเตย#กรุงเทพมหานคร"))
    assert (address.house, address.tambon, address.amphoe, address.province) == (
        "88",
        "คลองตัน",
        "คลองเตย",
        "กรุงเทพมหานคร",
    )


def test_an_address_of_the_full_160_bytes_is_not_cut() -> None:
    full = "1#หมู่ที่ 1####ตำบล" + "ก" * 100 + "#อำเภอเมือง#จังหวัด"
    full += "ข" * (160 - len(full))
    assert parse_fields.address(thai(full)).province.endswith("ข" * 10)


@pytest.mark.parametrize(
    ("raw", "date"),
    [
        (b"24950412", "24950412"),
        (b"24950000", "24950000"),
        (b"24951301", ""),
        (b"24950132", ""),
        (b"2495", ""),
        (b"        ", ""),
    ],
)
def test_a_birth_date_is_read_and_an_impossible_one_is_empty(raw: bytes, date: str) -> None:
    assert parse_fields.birth_date(raw) == date


@pytest.mark.parametrize(("raw", "sex"), [(b"1", "1"), (b"2", "2"), (b"3", ""), (b" ", ""), (b"", "")])
def test_sex_is_1_or_2_and_otherwise_empty(raw: bytes, sex: str) -> None:
    assert parse_fields.sex(raw) == sex


@pytest.mark.parametrize(
    ("written", "area"),
    [
        ("99/1#หมู่ที่ 7####ตำบลบ้านเป็ด#อำเภอเมืองขอนแก่น#จังหวัดขอนแก่น", "400115"),
        ("99/1#หมู่ที่ 7####ต.บ้านเป็ด#อ.เมือง#จ.ขอนแก่น", "400115"),
        ("88/123###ซอยสุขุมวิท 26#ถนนสุขุมวิท#แขวงคลองตัน#เขตคลองเตย#กรุงเทพมหานคร", "103302"),
        ("88####สุขุมวิท#คลองตัน#คลองเตย#กรุงเทพมหานคร", "103302"),
        ("1#หมู่ที่ 2####ตำบลเมืองใต้#อำเภอเมืองศรีสะเกษ#จังหวัดศรีษะเกษ", "330102"),  # the earlier spelling
        ("1#หมู่ที่ 2####ตำบลไม่มีจริง#อำเภอเมืองขอนแก่น#จังหวัดขอนแก่น", "4001"),
        ("1#หมู่ที่ 2####ตำบลบ้านเป็ด#อำเภอไม่มีจริง#จังหวัดขอนแก่น", "40"),
        ("1#หมู่ที่ 2####ตำบลบ้านเป็ด#อำเภอเมือง#จังหวัดไม่มีจริง", ""),
        ("", ""),
    ],
)
def test_the_area_is_the_deepest_level_that_has_these_names(written: str, area: str) -> None:
    address = parse_fields.address(thai(written))
    assert address.area == area
    assert address.raw.split() == written.replace("#", " ").split()


def test_bytes_outside_the_alphabet_are_shown_as_unknown() -> None:
    # 81 to 84, FC to FF and DB to DE are no letters in cp874.
    assert parse_fields.name(b"\xb9\xd2\xa7#\xca\xc1\x81\xfc##\xdb\xff".ljust(100)).first == "สม\ufffd\ufffd"


def test_a_citizen_id_with_any_other_character_is_rejected() -> None:
    right = make_citizen_id(7)
    assert to_citizen_id({CardField.CITIZEN_ID: right.encode()}) == right
    assert right not in repr(to_citizen_id({CardField.CITIZEN_ID: right.encode()}))
    wrong = (right[:-1], right[:6] + " " + right[7:], right[:12] + str((int(right[12]) + 1) % 10), "๙" + right[1:])
    for written in wrong:
        with pytest.raises(CardReadError) as raised:
            to_citizen_id({CardField.CITIZEN_ID: written.encode("cp874")})
        assert raised.value.fault is CardFault.BAD_CONTENT


@given(st.binary(max_size=300))
def test_parsing_raises_nothing_for_any_bytes(raw: bytes) -> None:
    name, address = parse_fields.name(raw), parse_fields.address(raw)
    assert "#" not in str(name)
    assert "#" not in address.raw
    assert parse_fields.birth_date(raw) == "" or len(parse_fields.birth_date(raw)) == 8
    assert parse_fields.sex(raw) in ("", "1", "2")
    assert parse_fields.digits(raw) == "" or parse_fields.digits(raw).isdecimal()


@given(st.lists(st.text("กขคงจฉชซญดตถทนบปพมยรลวสหอะาิีุู่้ 0123456789/", max_size=12), min_size=8, max_size=8))
def test_every_word_of_an_address_is_kept(parts: list[str]) -> None:
    address = parse_fields.address(thai("#".join(parts), 200))
    assert address.raw.split() == " ".join(parts).split()


def boonma() -> CitizenCard:
    profile = PROFILES["boonma"]
    return CitizenCard(
        CitizenId(profile.citizen_id),
        parse_fields.name(thai(profile.name_th)),
        profile.birth_date,
        profile.sex,
        parse_fields.address(thai(profile.address)),
    )


def test_a_masked_summary_shows_only_that_the_card_was_read() -> None:
    shown = json.dumps(summarise_card(boonma()), ensure_ascii=False)
    assert boonma().citizen_id[-4:] in shown
    for hidden in (boonma().citizen_id[:9], "บุญมา", "ใจดี", "0412", "99/1", "บ้านเป็ด"):
        assert hidden not in shown


def test_a_full_summary_has_every_field() -> None:
    shown = summarise_card(boonma(), reveal=True)
    assert shown["citizen_id"] == boonma().citizen_id
    assert shown["name"]["last"] == "ใจดี"
    assert shown["address"]["tambon"] == "บ้านเป็ด"


@given(st.integers(0, 9_999_999))
def test_invented_citizen_ids_are_well_formed_and_never_issued(serial: int) -> None:
    assert id_number.is_valid(make_citizen_id(serial))
    assert make_citizen_id(serial).startswith("9")
