"""The forms of the import of earlier cases: which column is what, and what the words of the status column mean."""

from collections.abc import Mapping
from typing import ClassVar

from django import forms

from central.desk.forms import DeskForm
from central.earlier_cases.columns import COLUMNS, REQUIRED_COLUMNS, Column
from central.earlier_cases.models import ImportBatch
from central.earlier_cases.statuses import CHOICES
from protocol.bilingual_text import BilingualText

_NOT_IN_FILE = BilingualText("ไม่มีในไฟล์", "not in the file")
_MEANING = BilingualText("สถานะ «{word}»", "Status “{word}”")
_NEEDED = BilingualText("(ต้องมี)", "(needed)")
_DEFAULT_STATUS = BilingualText("เรื่องที่ไม่มีสถานะ", "Cases without a status")
_PREFIX = "status_"


class ColumnsForm(DeskForm):
    """One choice for each column of a case, and one for each word of the status column."""

    default_status = forms.ChoiceField(required=False)
    field_labels: ClassVar = {"default_status": _DEFAULT_STATUS}

    def __init__(
        self,
        language: str,
        batch: ImportBatch,
        data: Mapping[str, object] | None = None,
    ) -> None:
        super().__init__(language, data)
        self._words = list(batch.statuses)
        headings = [(str(index), f"{_letters(index)} · {heading}") for index, heading in enumerate(batch.headings)]
        for column, facts in COLUMNS.items():
            needed = column in REQUIRED_COLUMNS
            self.fields[column.value] = forms.ChoiceField(
                required=needed,
                label=facts.name.in_language(language),
                help_text=_NEEDED.in_language(language) if needed else "",
                choices=[("", _NOT_IN_FILE.in_language(language)), *headings],
                initial=str(batch.columns.get(column.value, "")),
            )
        statuses = [(code, choice.name.in_language(language)) for code, choice in CHOICES.items()]
        self.set_choices("default_status", statuses)
        self.fields["default_status"].initial = batch.default_status
        meaning = _MEANING.in_language(language)
        for index, (word, code) in enumerate(batch.statuses.items()):
            self.fields[f"{_PREFIX}{index}"] = forms.ChoiceField(
                required=False, label=meaning.replace("{word}", word), choices=statuses, initial=code
            )
        self.order_fields([column.value for column in COLUMNS])

    @property
    def columns(self) -> dict[Column, int]:
        """The chosen columns, of a valid form."""
        return {column: int(value) for column in COLUMNS if (value := self.cleaned_data.get(column.value))}

    @property
    def statuses(self) -> dict[str, str]:
        """The chosen statuses by word, of a valid form."""
        return {word: self.cleaned_data[f"{_PREFIX}{index}"] for index, word in enumerate(self._words)}


def _letters(index: int) -> str:
    """The name of a column as a spreadsheet shows it: A, B, …, Z, AA."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters
