"""The forms of an investigation file, one for each kind of record."""

from collections.abc import Iterable
from typing import ClassVar

from django import forms

from central.cases.limits import MAX_NAME_CHARS
from central.centres.models import Officer
from central.desk.forms import DeskForm
from central.files_field import OfficeFilesField
from central.investigation.codes import (
    CAPACITIES,
    EVIDENCE_KINDS,
    MEDIATION_RESULTS,
    Capacity,
    EvidenceKind,
    MediationResult,
)
from central.investigation.models import MAX_LINE_CHARS, MAX_TEXT_CHARS
from protocol.bilingual_text import BilingualText

_PLACE = BilingualText("สถานที่", "Place")


def _text(rows: int = 5) -> forms.CharField:
    return forms.CharField(max_length=MAX_TEXT_CHARS, widget=forms.Textarea(attrs={"rows": rows}))


def _line(chars: int = MAX_LINE_CHARS) -> forms.CharField:
    return forms.CharField(max_length=chars)


def _day() -> forms.DateField:
    return forms.DateField(widget=forms.DateInput(attrs={"type": "date"}))


class OfficerChoiceForm(DeskForm):
    """A form with a choice of officers, by primary key."""

    officer_fields: ClassVar[tuple[str, ...]] = ()

    def __init__(
        self, language: str, data: object = None, *, officers: Iterable[Officer] = (), **options: object
    ) -> None:
        super().__init__(language, data, **options)  # type: ignore[arg-type]
        self._officers = {str(each.pk): each for each in officers}
        for name in self.officer_fields:
            self.set_choices(name, [(key, each.display_name) for key, each in self._officers.items()])

    def officers(self, name: str) -> list[Officer]:
        """The chosen officers of a field, in the order of its choices."""
        chosen = self.cleaned_data[name]
        keys = chosen if isinstance(chosen, list) else [chosen]
        return [self._officers[key] for key in self._officers if key in keys]


class OpenFileForm(OfficerChoiceForm):
    """The question and who investigates; the first of the list leads."""

    officer_fields: ClassVar = ("lead", "others")
    question = _text(3)
    lead = forms.ChoiceField()
    others = forms.MultipleChoiceField(required=False, widget=forms.CheckboxSelectMultiple)
    field_labels: ClassVar = {
        "question": BilingualText("ประเด็นที่ต้องสืบสวน", "What is to be found out"),
        "lead": BilingualText("หัวหน้าผู้สืบสวน", "Lead investigator"),
        "others": BilingualText("ผู้สืบสวนอื่น", "Other investigators"),
    }


class InvestigatorForm(OfficerChoiceForm):
    """One more investigator."""

    officer_fields: ClassVar = ("officer",)
    officer = forms.ChoiceField()
    field_labels: ClassVar = {"officer": BilingualText("เพิ่มผู้สืบสวน", "Add an investigator")}


class TaskForm(OfficerChoiceForm):
    """What to do, who does it, until when."""

    officer_fields: ClassVar = ("owner",)
    text = _line()
    owner = forms.ChoiceField()
    due = _day()
    field_labels: ClassVar = {
        "text": BilingualText("งานที่ต้องทำ", "Task"),
        "owner": BilingualText("ผู้รับผิดชอบ", "Who does it"),
        "due": BilingualText("กำหนดเสร็จ", "Due"),
    }


class TaskResultForm(DeskForm):
    """What came of a task."""

    result = _line()
    field_labels: ClassVar = {"result": BilingualText("ผลของงาน", "Result of the task")}


class StatementForm(DeskForm):
    """What somebody has said."""

    person = _line(MAX_NAME_CHARS)
    capacity = forms.ChoiceField(choices=[(each.value, each.value) for each in Capacity])
    taken_on = _day()
    place = _line()
    text = _text(8)
    field_labels: ClassVar = {
        "person": BilingualText("ผู้ให้ถ้อยคำ", "Who makes the statement"),
        "capacity": BilingualText("ในฐานะ", "As"),
        "taken_on": BilingualText("วันที่ให้ถ้อยคำ", "Taken on"),
        "place": _PLACE,
        "text": BilingualText("ถ้อยคำ", "Statement"),
    }

    def __init__(self, language: str, data: object = None, **options: object) -> None:
        super().__init__(language, data, **options)  # type: ignore[arg-type]
        self.set_choices("capacity", [(each.value, name.in_language(language)) for each, name in CAPACITIES.items()])


class EvidenceForm(DeskForm):
    """A piece of evidence, with its file where it is one."""

    kind = forms.ChoiceField(choices=[(each.value, each.value) for each in EvidenceKind])
    description = _line()
    received_on = _day()
    received_from = _line(MAX_NAME_CHARS)
    stored_at = _line(MAX_NAME_CHARS)
    attached = OfficeFilesField(required=False)
    field_labels: ClassVar = {
        "kind": BilingualText("ประเภทพยานหลักฐาน", "Kind"),
        "description": BilingualText("คืออะไร", "What it is"),
        "received_on": BilingualText("ได้มาเมื่อ", "Received on"),
        "received_from": BilingualText("ได้มาจาก", "Received from"),
        "stored_at": BilingualText("เก็บไว้ที่", "Stored at"),
        "attached": BilingualText(
            "ไฟล์ (ภาพถ่าย PDF Word Excel หรือไฟล์เสียง หนึ่งไฟล์)", "File (one photo, PDF, Word, Excel or sound file)"
        ),
    }

    def __init__(self, language: str, data: object = None, **options: object) -> None:
        super().__init__(language, data, **options)  # type: ignore[arg-type]
        self.set_choices("kind", [(each.value, name.in_language(language)) for each, name in EVIDENCE_KINDS.items()])


class CustodyForm(DeskForm):
    """Who gave a piece of evidence to whom, and why."""

    giver = _line(MAX_NAME_CHARS)
    receiver = _line(MAX_NAME_CHARS)
    purpose = _line()
    field_labels: ClassVar = {
        "giver": BilingualText("ผู้ส่งมอบ", "Given by"),
        "receiver": BilingualText("ผู้รับมอบ", "Given to"),
        "purpose": BilingualText("เพื่อ", "For"),
    }


class VisitForm(DeskForm):
    """What investigators saw at a place."""

    visited_on = _day()
    place = _line()
    participants = _line()
    observations = _text()
    field_labels: ClassVar = {
        "visited_on": BilingualText("วันที่ลงพื้นที่", "Visited on"),
        "place": _PLACE,
        "participants": BilingualText("ผู้ร่วมลงพื้นที่", "Participants"),
        "observations": BilingualText("สิ่งที่พบ", "What was seen"),
    }


class MediationForm(DeskForm):
    """A meeting of the parties."""

    held_on = _day()
    place = _line()
    mediator = _line(MAX_NAME_CHARS)
    parties = _line()
    result = forms.ChoiceField(choices=[(each.value, each.value) for each in MediationResult])
    terms = _text()
    field_labels: ClassVar = {
        "held_on": BilingualText("วันที่ไกล่เกลี่ย", "Held on"),
        "place": _PLACE,
        "mediator": BilingualText("ผู้ไกล่เกลี่ย", "Mediator"),
        "parties": BilingualText("คู่กรณี", "Parties"),
        "result": BilingualText("ผล", "Result"),
        "terms": BilingualText("ข้อตกลง หรือเหตุที่ตกลงกันไม่ได้", "The agreement, or why there is none"),
    }

    def __init__(self, language: str, data: object = None, **options: object) -> None:
        super().__init__(language, data, **options)  # type: ignore[arg-type]
        names = [(each.value, name.in_language(language)) for each, name in MEDIATION_RESULTS.items()]
        self.set_choices("result", names)


class OpinionForm(DeskForm):
    """The opinion with which the file is closed."""

    opinion = _text(8)
    field_labels: ClassVar = {"opinion": BilingualText("ความเห็นของผู้สืบสวน", "Opinion of the investigators")}
