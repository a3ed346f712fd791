"""The forms for centres. What is allowed is checked by `central.centres.commands`; the page shows its sentences."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any, ClassVar

from django import forms

from central.centres.commands import CentreRulesError
from central.centres.names import default_name, default_slug
from central.centres.values import CentreRow
from central.desk.forms import DeskForm
from protocol.bilingual_text import BilingualText

_MAX_TEXT_CHARS = 300  # longer than any allowed value: the rules say what is too long
_EMPTY_MEANS_DEFAULT = BilingualText("(เว้นว่าง: ตามพื้นที่)", "(empty: from the area)")


class CentreForm(DeskForm):
    """The values of a centre. `seen` is the fingerprint of the values that the page showed."""

    seen = forms.CharField(required=False, max_length=16, widget=forms.HiddenInput)
    parent = forms.CharField(required=False, max_length=_MAX_TEXT_CHARS)
    area_code = forms.CharField(required=False, max_length=_MAX_TEXT_CHARS)
    slug = forms.CharField(
        required=False,
        max_length=_MAX_TEXT_CHARS,
        widget=forms.TextInput(attrs={"autocapitalize": "off", "spellcheck": "false"}),
    )
    name_th = forms.CharField(required=False, max_length=_MAX_TEXT_CHARS)
    name_en = forms.CharField(required=False, max_length=_MAX_TEXT_CHARS)
    public_url = forms.CharField(required=False, max_length=_MAX_TEXT_CHARS, widget=forms.URLInput)
    field_labels: ClassVar = {
        "parent": BilingualText("อยู่ใต้ศูนย์", "Below the centre"),
        "area_code": BilingualText("พื้นที่", "Area"),
        "slug": BilingualText("ชื่อย่อ", "Short name"),
        "name_th": BilingualText("ชื่อภาษาไทย", "Thai name"),
        "name_en": BilingualText("ชื่อภาษาอังกฤษ", "English name"),
        "public_url": BilingualText("ที่อยู่เว็บติดตามเรื่องของศูนย์", "The centre's own tracking address"),
    }
    field_hints: ClassVar = {
        "slug": BilingualText("(a–z ตัวเลข และขีดกลาง)", "(a–z, digits and hyphens)"),
        "public_url": BilingualText("(เว้นว่าง: ใช้ของระบบ)", "(empty: that of this service)"),
    }

    def offer(
        self, language: str, parents: Iterable[tuple[str, str]], areas: Iterable[tuple[str, str]], *, is_new: bool
    ) -> "CentreForm":
        """Show the centres it may be below and the areas it may have."""
        self.fields["parent"].widget = forms.Select(choices=list(parents))
        self.fields["area_code"].widget = forms.Select(choices=list(areas))
        if is_new:
            for name in ("slug", "name_th", "name_en"):
                self.fields[name].help_text = _EMPTY_MEANS_DEFAULT.in_language(language)
        return self

    def row(self, before: CentreRow | None) -> CentreRow:
        """The centre as the form describes it. A new one takes its names from its area where the form has none. A field
        that the page did not send is unchanged."""
        values: dict[str, Any] = {
            name: str(value).strip() for name, value in self.cleaned_data.items() if name != "seen"
        }
        values["public_url"] = values["public_url"].rstrip("/")
        if before is not None:
            return replace(before, **{name: value for name, value in values.items() if name in self.data})
        name = default_name(values["area_code"])
        return CentreRow(
            slug=values["slug"] or default_slug(values["area_code"]),
            area_code=values["area_code"],
            name_th=values["name_th"] or name.th,
            name_en=values["name_en"] or name.en,
            parent=values["parent"],
            public_url=values["public_url"],
        )

    def add_rule_errors(self, error: CentreRulesError, language: str) -> None:
        """Show each sentence at its field, those about the whole centre above the form."""
        for name, sentence in error.errors.items():
            self.add_error(name if name in self.fields else None, sentence.in_language(language))


class CentreSearchForm(DeskForm):
    """The search above the list. `at` is the centre whose centres below are listed."""

    q = forms.CharField(required=False, max_length=100)
    at = forms.CharField(required=False, max_length=_MAX_TEXT_CHARS, widget=forms.HiddenInput)
    field_labels: ClassVar = {
        "q": BilingualText("ค้นหาชื่อ ชื่อย่อ หรือรหัสพื้นที่", "Name, short name or area code"),
    }


class CentreFileForm(DeskForm):
    """A CSV file, or the content of one that was checked on the page before."""

    file = forms.FileField(required=False, widget=forms.FileInput(attrs={"accept": ".csv,text/csv"}))
    content = forms.CharField(required=False, strip=False, widget=forms.HiddenInput)
    field_labels: ClassVar = {"file": BilingualText("ไฟล์ CSV", "CSV file")}
    field_hints: ClassVar = {"file": BilingualText("(ไม่เกิน 1 MB)", "(at most 1 MB)")}

    def __init__(
        self, language: str, data: Mapping[str, object] | None = None, files: Mapping[str, object] | None = None
    ) -> None:
        super().__init__(language, data, files=files)

    def read(self) -> bytes:
        """The bytes of the file, else of the content; b'' without either."""
        file = self.cleaned_data.get("file")
        if file is not None:
            return bytes(file.read())
        return str(self.cleaned_data.get("content", "")).encode()
