"""Reads the place of an incident as an officer types it: names with or without «ต. อ. จ.», or a code."""

from functools import lru_cache

from django import forms

from central.agencies.areas import read_areas
from protocol.bilingual_text import BilingualText
from thai import places

_MAX_CHARS = 120
_MAX_SHOWN = 4
_UNKNOWN = BilingualText(
    "ไม่พบสถานที่นี้ โปรดพิมพ์ ตำบล อำเภอ จังหวัด หรือเว้นว่าง แล้วเขียนในจุดเกิดเหตุ",
    "This place is not known. Type tambon, district and province, or leave it empty and describe it below.",
)
_SEVERAL = BilingualText("มีหลายแห่งชื่อนี้ โปรดเลือก: {}", "Several places have this name. Choose: {}")


class PlaceField(forms.CharField):
    """A field whose value is a DOPA code of 2, 4 or 6 digits, or ''. `province_code` is where names are looked up
    first, '' for the country."""

    def __init__(self) -> None:
        widget = forms.TextInput(attrs={"list": "places", "autocomplete": "off"})
        super().__init__(required=False, max_length=_MAX_CHARS, widget=widget)
        self.language, self.province_code = "th", ""

    def clean(self, value: str) -> str:
        """The code. Raises ValidationError for an unknown name, and for one that several places have."""
        text = " ".join(super().clean(value).split())
        if not text:
            return ""
        codes = codes_of(text, self.province_code)
        if len(codes) == 1:
            return codes[0]
        if codes:
            shown = " · ".join(places.full_name(code, self.language) for code in codes[:_MAX_SHOWN])
            raise forms.ValidationError(_SEVERAL.in_language(self.language).format(shown))
        raise forms.ValidationError(_UNKNOWN.in_language(self.language))


def codes_of(text: str, province_code: str) -> list[str]:
    """The codes that a typed place may mean: one, several, or none."""
    full, unknown = read_areas(text, province_code)
    if full and not unknown:
        return list(full)
    named = places.codes_named(text, [province_code] if province_code else ()) or places.codes_named(text)
    if named:
        return named
    home = places.place(province_code)
    words = text.split()
    if home is not None and len(words) == 2:  # «บ้านเป็ด เมืองขอนแก่น»
        code = places.resolve_code(home.th, words[1], words[0])
        return [code] if len(code) == 6 else []
    return []


@lru_cache(maxsize=8)
def places_of_province(province_code: str, language: str) -> tuple[str, ...]:
    """The suggestions for a centre of this province: its districts and tambons with their full names."""
    names = []
    for district in places.districts(province_code):
        names.append(places.full_name(district.code, language))
        names += [places.full_name(tambon.code, language) for tambon in places.tambons(district.code)]
    return tuple(names)
