"""The base of every form: labels and hints in the language of the page."""

from collections.abc import Mapping, Sequence
from typing import ClassVar

from django import forms

from protocol.bilingual_text import BilingualText


class BilingualForm(forms.Form):
    """A form whose labels and hints are in the language of the page. A field has the name under which it is posted."""

    field_labels: ClassVar[Mapping[str, BilingualText]] = {}
    field_hints: ClassVar[Mapping[str, BilingualText]] = {}

    def __init__(self, language: str, data: Mapping[str, object] | None = None, **options: object) -> None:
        super().__init__(data, auto_id="%s", label_suffix="", **options)  # type: ignore[arg-type]
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
        for name, errors in self.errors.items():
            field = self.fields.get(name)
            return f"{field.label}: {errors[0]}" if field is not None and field.label else str(errors[0])
        return ""
