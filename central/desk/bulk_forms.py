"""The steps that the list offers for many cases at once: a form each, which makes the command of one case."""

from collections.abc import Collection, Mapping
from functools import cache
from typing import ClassVar

from django import forms

from central.agencies.models import Agency
from central.agencies.register import own_and_above, reachable_agencies
from central.cases import commands
from central.cases.codes import MISSIONS, URGENCIES
from central.cases.commands import Actor, NotAllowedError, OrderInputs
from central.cases.commands.bulk import Step
from central.cases.limits import MAX_NAME_CHARS, MAX_NOTE_CHARS
from central.cases.models import Case
from central.cases.workflow import WORKFLOW
from central.centres.models import Centre, Officer
from central.desk.forms import DeskForm
from central.people.permission import actions_anywhere, officers_allowed
from central.people.roles import Action
from protocol.bilingual_text import BilingualText
from protocol.topics import TOPICS, Topic

_KEEP = BilingualText("ไม่เปลี่ยน", "Unchanged")
_CHOOSE = BilingualText("เลือก", "Choose")
_OUT_OF_REACH = BilingualText("หน่วยงานนี้ไม่อยู่ในทะเบียนของศูนย์นี้", "The register of this centre does not have this agency")


def _text_field(rows: int, *, required: bool = False) -> forms.CharField:
    attributes = {"maxlength": MAX_NOTE_CHARS, "rows": rows}
    return forms.CharField(required=required, max_length=MAX_NOTE_CHARS, widget=forms.Textarea(attrs=attributes))


class BulkForm(DeskForm):
    """The inputs of one step for several cases. `centres` are those that have the cases."""

    def __init__(self, language: str, data: Mapping[str, object] | None, centres: Collection[Centre]) -> None:
        super().__init__(language, data)
        self.centres, self.language = centres, language
        self.offer_choices()

    def offer_choices(self) -> None:
        """Fill the lists of choices."""

    def offer(self, name: str, choices: list[tuple[str, str]], first: BilingualText) -> None:
        """The choices of a field, after an empty one."""
        self.set_choices(name, [("", first.in_language(self.language)), *choices])

    def step(self, by: Actor) -> Step:
        """The command of one case with the inputs of this valid form."""
        raise NotImplementedError


class TakeForm(BulkForm):
    """Takes the cases; it has no inputs."""

    def step(self, by: Actor) -> Step:
        return lambda case, revision: commands.take(case, by, seen_revision=revision)


class OwnerForm(BulkForm):
    """Assigns the cases to an officer of their centre or of one above."""

    owner = forms.ChoiceField()
    note = _text_field(2)
    field_labels: ClassVar = {
        "owner": BilingualText("เจ้าของเรื่อง", "Owner"),
        "note": BilingualText("บันทึกภายใน", "Internal note"),
    }

    def offer_choices(self) -> None:
        reach = {above.pk for centre in self.centres for above in own_and_above(centre)}
        owners = officers_allowed(Action.TAKE, reach)
        self.offer("owner", [(str(owner.pk), owner.display_name) for owner in owners], _CHOOSE)

    def step(self, by: Actor) -> Step:
        owner = Officer.objects.get(pk=self.cleaned_data["owner"])
        note = self.cleaned_data["note"]
        return lambda case, revision: commands.assign_owner(case, by, seen_revision=revision, owner=owner, note=note)


class OrderForm(BulkForm):
    """Orders the cases to one agency, with the same text."""

    agency = forms.ChoiceField()
    text = _text_field(4, required=True)
    message = _text_field(2)
    field_labels: ClassVar = {
        "agency": BilingualText("หน่วยงานหลัก", "Lead agency"),
        "text": BilingualText("คำสั่งการ", "Order"),
        "message": BilingualText("ข้อความถึงผู้ร้อง", "Message to the citizens"),
    }
    field_hints: ClassVar = {
        "message": BilingualText("(ผู้ร้องทุกคนจะเห็น อย่าใส่ข้อมูลส่วนบุคคล)", "(every citizen reads it, so no personal data)")
    }

    def offer_choices(self) -> None:
        agencies: dict[int, Agency] = {}
        for centre in self.centres:
            agencies |= {agency.pk: agency for agency in reachable_agencies(centre)}
        by_name = sorted(agencies.values(), key=lambda agency: agency.name_in(self.language))
        self.offer("agency", [(str(agency.pk), agency.name_in(self.language)) for agency in by_name], _CHOOSE)

    def step(self, by: Actor) -> Step:
        agency = Agency.objects.get(pk=self.cleaned_data["agency"])
        inputs, message = OrderInputs(lead=agency, text=self.cleaned_data["text"]), self.cleaned_data["message"]

        @cache
        def is_reachable(centre: Centre) -> bool:
            return reachable_agencies(centre).filter(pk=agency.pk).exists()

        def order(case: Case, revision: int) -> object:
            if not is_reachable(case.centre):
                raise NotAllowedError(_OUT_OF_REACH)
            return commands.order(case, by, seen_revision=revision, inputs=inputs, message=message)

        return order


class ReclassifyForm(BulkForm):
    """Sets topic, sub-topic, urgency or mission; what is left empty stays."""

    topic = forms.ChoiceField(required=False)
    subtopic = forms.CharField(required=False, max_length=MAX_NAME_CHARS)
    urgency = forms.ChoiceField(required=False)
    mission = forms.ChoiceField(required=False)
    note = _text_field(2)
    field_labels: ClassVar = {
        "topic": BilingualText("ประเภท", "Topic"),
        "subtopic": BilingualText("ประเภทย่อย", "Sub-topic"),
        "urgency": BilingualText("ความเร่งด่วน", "Urgency"),
        "mission": BilingualText("ภารกิจ", "Mission"),
        "note": BilingualText("บันทึกภายใน", "Internal note"),
    }
    field_hints: ClassVar = {"subtopic": BilingualText("(เว้นว่างไว้หากไม่เปลี่ยน)", "(empty: unchanged)")}

    def offer_choices(self) -> None:
        language = self.language
        self.offer("topic", [(each.value, TOPICS[each].name.in_language(language)) for each in Topic], _KEEP)
        self.offer("urgency", [(code.value, name.in_language(language)) for code, name in URGENCIES.items()], _KEEP)
        self.offer("mission", [(code.value, name.in_language(language)) for code, name in MISSIONS.items()], _KEEP)

    def clean(self) -> dict[str, object]:
        """A form that changes nothing is an error."""
        values: dict[str, object] = super().clean() or {}
        if not any(values.get(name) for name in ("topic", "subtopic", "urgency", "mission")):
            sentence = BilingualText("โปรดเลือกสิ่งที่จะเปลี่ยน", "Choose what to change")
            raise forms.ValidationError(sentence.in_language(self.language))
        return values

    def step(self, by: Actor) -> Step:
        chosen = self.cleaned_data

        def reclassify(case: Case, revision: int) -> object:
            return commands.reclassify(
                case,
                by,
                seen_revision=revision,
                topic=chosen["topic"] or case.topic,
                subtopic=chosen["subtopic"] or case.subtopic,
                urgency=chosen["urgency"] or case.urgency,
                mission=chosen["mission"] or case.mission,
                about_kind=case.about_kind,
                is_complex=case.is_complex,
                note=chosen["note"],
            )

        return reclassify


class NoteForm(BulkForm):
    """Adds the same internal note to the cases."""

    note = _text_field(3, required=True)
    field_labels: ClassVar = {"note": BilingualText("บันทึกภายใน", "Internal note")}

    def step(self, by: Actor) -> Step:
        note = self.cleaned_data["note"]
        return lambda case, revision: commands.add_note(case, by, seen_revision=revision, note=note)


class MoveForm(BulkForm):
    """Moves the cases to another centre."""

    centre = forms.ChoiceField()
    reason = _text_field(2, required=True)
    message = _text_field(2)
    field_labels: ClassVar = {
        "centre": BilingualText("ศูนย์ปลายทาง", "To the centre"),
        "reason": BilingualText("เหตุผล", "Reason"),
        "message": BilingualText("ข้อความถึงผู้ร้อง", "Message to the citizens"),
    }
    field_hints: ClassVar = OrderForm.field_hints

    def offer_choices(self) -> None:
        centres = Centre.objects.filter(is_active=True)
        self.offer("centre", [(centre.slug, centre.name_in(self.language)) for centre in centres], _CHOOSE)

    def step(self, by: Actor) -> Step:
        centre = Centre.objects.get(slug=self.cleaned_data["centre"])
        reason, message = self.cleaned_data["reason"], self.cleaned_data["message"]
        return lambda case, revision: commands.move_centre(
            case, by, seen_revision=revision, centre=centre, reason=reason, message=message
        )


BULK_FORMS: Mapping[Action, type[BulkForm]] = {
    Action.TAKE: TakeForm,
    Action.ASSIGN_OWNER: OwnerForm,
    Action.ORDER: OrderForm,
    Action.RECLASSIFY: ReclassifyForm,
    Action.ADD_NOTE: NoteForm,
    Action.MOVE_CENTRE: MoveForm,
}


def offered_steps(officer: Officer, language: str) -> list[tuple[str, str]]:
    """Code and name of each step for which this officer has a role at some centre. The command checks each case."""
    actions = actions_anywhere(officer)
    return [(action.value, WORKFLOW[action].name.in_language(language)) for action in BULK_FORMS if action in actions]
