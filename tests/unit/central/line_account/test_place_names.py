"""Which area an address or a typed name means."""

import pytest

from central.line_account.place_names import areas_in


@pytest.mark.parametrize(
    ("text", "province", "codes"),
    [
        ("ตำบลในเมือง อำเภอเมืองขอนแก่น ขอนแก่น 40000 ประเทศไทย", "", ["400101"]),
        ("Nai Mueang, Mueang Khon Kaen District, Khon Kaen 40000, Thailand", "", ["400101"]),
        ("Nam Phong Subdistrict, Nam Phong District, Khon Kaen", "", ["400701"]),
        ("Lat Yao, Chatuchak, Bangkok 10900, Thailand", "", ["103001"]),
        ("123 ถ.มิตรภาพ ตำบล บ้านเป็ด อำเภอเมืองขอนแก่น ขอนแก่น", "40", ["400115"]),
        ("น้ำพอง", "40", ["4007"]),
        ("อำเภอ น้ำพอง", "40", ["4007"]),
        ("ต.น้ำพอง", "40", ["400701"]),
        ("ขอนแก่น", "", ["40"]),
        ("ในเมือง", "40", ["400101", "401002", "402901"]),
        ("ในเมือง ขอนแก่น", "", ["400101", "401002", "402901"]),
        ("เขตจตุจักร กรุงเทพมหานคร 10900", "", ["1030"]),
        ("ตำบลเวียง อำเภอเมืองพะเยา พะเยา", "40", []),
        ("บ้านฉัน", "40", []),
        ("", "", []),
        ("a, " * 5000, "", []),
    ],
)
def test_areas(text: str, province: str, codes: list[str]) -> None:
    assert areas_in(text, province) == codes
