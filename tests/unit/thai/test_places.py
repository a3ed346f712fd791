"""The list of areas, and resolving written addresses."""

import pytest

from thai import places


def test_the_list_is_complete_alphabetical_and_nested() -> None:
    assert len(places.provinces()) == 77
    assert [area.th for area in places.provinces()[:3]] == ["กระบี่", "กรุงเทพมหานคร", "กาญจนบุรี"]
    assert places.Place("4001", "เมืองขอนแก่น", "Mueang Khon Kaen") in places.districts("40")
    assert all(area.code.startswith("4001") for area in places.tambons("4001"))
    assert places.districts("99") == ()


def test_a_full_name_has_every_level_and_an_unknown_code_has_none() -> None:
    assert places.full_name("400115") == "ต.บ้านเป็ด อ.เมืองขอนแก่น จ.ขอนแก่น"
    assert places.full_name("100101") == "แขวงพระบรมมหาราชวัง เขตพระนคร กรุงเทพมหานคร"
    assert places.full_name("4001") == "อ.เมืองขอนแก่น จ.ขอนแก่น"
    assert places.full_name("400115", "en").endswith("Mueang Khon Kaen, Khon Kaen")
    assert places.full_name("999999") == places.full_name("") == ""


@pytest.mark.parametrize(
    ("province", "amphoe", "tambon", "code"),
    [
        ("จังหวัดขอนแก่น", "อำเภอเมืองขอนแก่น", "ตำบลบ้านเป็ด", "400115"),
        ("จ.ขอนแก่น", "อ.เมือง", "ต.บ้านเป็ด", "400115"),
        ("จ. ขอนแก่น", "เมือง", "บ้านเป็ด", "400115"),
        ("กรุงเทพมหานคร", "เขตจตุจักร", "แขวงลาดยาว", "103001"),
        ("กทม.", "จตุจักร", "ลาดยาว", "103001"),
        ("กรุงเทพฯ", "จตุจักร", "", "1030"),
        ("จ.ศรีษะเกษ", "อ.เมือง", "ต.ไม่มีจริง", "3301"),
        ("จ.หนองบัวลํา\u0e20ู".replace("ลำ", "ล\u0e4d\u0e32"), "", "", "39"),
        ("ขอนแก่น", "ไม่มีจริง", "บ้านเป็ด", "40"),
        ("ไม่มีจริง", "เมือง", "บ้านเป็ด", ""),
        ("", "", "", ""),
        ("", "เขตจตุจักร", "ลาดยาว", "103001"),
        ("Khon Kaen", "Mueang", "", "4001"),
        ("กทม", "เขตบางนา", "แขวงบางนา", "1047"),  # a tambon that was divided: only the district is certain
    ],
)
def test_typed_names_resolve_to_the_deepest_certain_area(province: str, amphoe: str, tambon: str, code: str) -> None:
    assert places.resolve_code(province, amphoe, tambon) == code


def test_every_area_resolves_from_its_address_as_a_card_writes_it() -> None:
    for province in places.provinces():
        bangkok = province.code == "10"
        for district in places.districts(province.code):
            for tambon in places.tambons(district.code):
                assert (
                    places.resolve_code(
                        province.th if bangkok else f"จังหวัด{province.th}",
                        f"เขต{district.th}" if bangkok else f"อำเภอ{district.th}",
                        f"แขวง{tambon.th}" if bangkok else f"ตำบล{tambon.th}",
                    )
                    == tambon.code
                )
