"""The base of every form: labels and hints in the language of the page."""

from collections.abc import Mapping, Sequence
from typing import ClassVar

from django import forms

from protocol.bilingual_text import BilingualText

BAD_CHOICE = BilingualText("โปรดเลือกใหม่อีกครั้ง", "Please choose again")
BAD_CHARACTERS = BilingualText(
    "มีอักขระที่ส่งไม่ได้ โปรดลบแล้วพิมพ์ใหม่", "It has characters that cannot be sent. Please type it again"
)
DAMAGED_FORM = BilingualText(
    "แบบฟอร์มนี้ไม่สมบูรณ์ โปรดเปิดหน้านี้ใหม่แล้วส่งอีกครั้ง", "This form is incomplete. Open the page again and send it once more"
)


class BilingualForm(forms.Form):
    """A form whose labels and hints are in the language of the page. A field has the name under which it is posted."""

    field_labels: ClassVar[Mapping[str, BilingualText]] = {}
    field_hints: ClassVar[Mapping[str, BilingualText]] = {}

    def __init__(self, language: str, data: Mapping[str, object] | None = None, **options: object) -> None:
        super().__init__(data, auto_id="%s", label_suffix="", **options)  # type: ignore[arg-type]
        self._page_language = language
        for name, field in self.fields.items():
            field.label = self.field_labels[name].in_language(language) if name in self.field_labels else ""
            field.help_text = self.field_hints[name].in_language(language) if name in self.field_hints else ""

    def set_choices(self, name: str, choices: Sequence[tuple[str | int, str]]) -> None:
        """The choices of a field, where they depend on the language or the officer."""
        field = self.fields[name]
        if not isinstance(field, forms.ChoiceField):
            raise TypeError(f"{name} has no choices")
        field.choices = choices

    @property
    def first_error(self) -> str:
        """The first error, with the label of its field. '' when the form is valid."""
        for name in self.errors:
            field = self.fields.get(name)
            return f"{field.label}: {self.sentence_of(name)}" if field and field.label else self.sentence_of(name)
        return ""

    def sentence_of(self, name: str) -> str:
        """The sentence about a wrong field. Django's own repeats a wrong choice, and some are in
        English."""
        field, codes = self.fields.get(name), {error.code for error in self.errors[name].as_data()}
        if field is not None and field.widget.is_hidden and None not in codes:  # None: a sentence of the form
            return DAMAGED_FORM.in_language(self._page_language)
        if "invalid_choice" in codes:
            return BAD_CHOICE.in_language(self._page_language)
        if "null_characters_not_allowed" in codes:
            return BAD_CHARACTERS.in_language(self._page_language)
        return str(self.errors[name][0])
