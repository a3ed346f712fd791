"""The forms of the citizen on the tracking page. Lengths of texts are checked by the commands: the page then shows the
reason beside the text as it was typed, where `maxlength` would cut a pasted text without a word."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django import forms
from django.conf import settings

from central.bilingual_forms import BilingualForm
from central.cases.attachments import MAX_FILES
from central.cases.commands.citizen_rights import DATA_RIGHTS
from central.cases.limits import MAX_NOTE_CHARS
from central.cases.models import Case
from central.files_field import WITH_PLACE, WITH_PLACE_HINT, FilesField
from central.messages.ratings import RatedBody, rated_bodies
from central.messages.renewed_codes import propose_code, proposed_code
from central.surveys.models import SurveyQuestion
from central.surveys.offering import survey_for
from protocol import tracking_code
from protocol.bilingual_text import BilingualText
from protocol.rating import SCALE_LABELS, STAR_LABELS

_MAX_MB = settings.MAX_UPLOAD_BYTES >> 20


class CitizenForm(BilingualForm):
    """A form with the token that makes it count once (central/messages/sent_forms.py)."""

    token = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(
        self, language: str, data: Mapping[str, object] | None = None, *, case: Case, **options: object
    ) -> None:
        super().__init__(language, data, **options)
        self.case, self.language = case, language


class DetailsForm(CitizenForm):
    """Answers a question, or adds details and files."""

    text = forms.CharField(required=False, widget=forms.Textarea(attrs={"rows": 6}))
    files = FilesField(required=False)  # type: ignore[assignment]
    with_place = forms.BooleanField(required=False)
    field_labels: ClassVar = {
        "text": BilingualText("รายละเอียด", "Details"),
        "files": BilingualText("ภาพถ่ายหรือ PDF", "Photos or a PDF"),
        "with_place": WITH_PLACE,
    }
    field_hints: ClassVar = {
        "text": BilingualText(
            f"ไม่เกิน {MAX_NOTE_CHARS:,} ตัวอักษร เฉพาะเจ้าหน้าที่ของศูนย์ที่มีสิทธิ์เท่านั้นที่อ่านได้",
            f"Up to {MAX_NOTE_CHARS:,} characters. Only entitled officers of the centre read it.",
        ),
        "files": BilingualText(
            f"ภาพถ่ายไม่เกิน {MAX_FILES} ภาพ หรือ PDF 1 ไฟล์ รวมไม่เกิน {_MAX_MB} MB",
            f"Up to {MAX_FILES} photos, or one PDF; {_MAX_MB} MB together",
        ),
        "with_place": WITH_PLACE_HINT,
    }


class RatingForm(CitizenForm):
    """Rates each agency that worked on the case, with one comment."""

    comment = forms.CharField(required=False, widget=forms.Textarea(attrs={"rows": 4}))
    field_labels: ClassVar = {"comment": BilingualText("ความเห็น (ไม่บังคับ)", "Comment (optional)")}
    field_hints: ClassVar = {
        "comment": BilingualText("เฉพาะเจ้าหน้าที่ของศูนย์ที่มีสิทธิ์เท่านั้นที่อ่านได้", "Only entitled officers of the centre read it.")
    }

    def __init__(self, language: str, data: Mapping[str, object] | None = None, **options: Any) -> None:
        super().__init__(language, data, **options)
        self._bodies = {f"stars_{index}": body for index, body in enumerate(rated_bodies(self.case))}
        choices = [(str(stars), f"{stars} {text.in_language(language)}") for stars, text in enumerate(STAR_LABELS, 1)]
        for name, body in self._bodies.items():
            label = body.name_in(language)
            self.fields[name] = forms.TypedChoiceField(
                coerce=int, empty_value=None, required=False, label=label, choices=choices, widget=forms.RadioSelect
            )
        self.order_fields([*self._bodies, "comment"])

    @property
    def stars(self) -> dict[RatedBody, int]:
        """The stars of each; 0 where none were given."""
        return {body: self.cleaned_data[name] or 0 for name, body in self._bodies.items()}


class SurveyForm(CitizenForm):
    """The open survey for the case; without any question when there is none."""

    def __init__(self, language: str, data: Mapping[str, object] | None = None, **options: Any) -> None:
        super().__init__(language, data, **options)
        self.survey = survey_for(self.case)
        questions = self.survey.questions.all() if self.survey else ()
        self.intro = self.survey.in_language("intro", language) if self.survey else ""
        self._questions = {f"question_{question.pk}": question for question in questions}
        for name, question in self._questions.items():
            self.fields[name] = self._field(question)

    def _field(self, question: SurveyQuestion) -> forms.Field:
        label = question.text_in(self.language)
        if question.kind == SurveyQuestion.Kind.TEXT.value:
            return forms.CharField(required=False, label=label, widget=forms.Textarea(attrs={"rows": 4}))
        if question.kind == SurveyQuestion.Kind.SCALE.value:
            texts = [f"{number} {text.in_language(self.language)}" for number, text in enumerate(SCALE_LABELS, 1)]
        else:
            texts = question.choices_in(self.language)
        return forms.TypedChoiceField(
            coerce=int,
            empty_value=None,
            required=False,
            label=label,
            choices=[(str(number), text) for number, text in enumerate(texts, 1)],
            widget=forms.RadioSelect,
        )

    @property
    def answers(self) -> dict[SurveyQuestion, int | str]:
        """What was answered."""
        values = {question: self.cleaned_data[name] for name, question in self._questions.items()}
        return {question: value for question, value in values.items() if value not in ("", None)}


class ReopeningForm(CitizenForm):
    """Requests that a closed case is opened again."""

    reason = forms.CharField(required=False, widget=forms.Textarea(attrs={"rows": 5}))
    field_labels: ClassVar = {"reason": BilingualText("เหตุผล", "Reason")}
    field_hints: ClassVar = {
        "reason": BilingualText(
            "บอกสิ่งที่ยังไม่ได้แก้ไข ผู้อำนวยการศูนย์จะพิจารณา", "Say what is not solved yet. The director of the centre decides."
        )
    }


class NewCodeForm(CitizenForm):
    """Replaces the tracking code by the one that the page has shown."""

    proposed = forms.CharField(max_length=400, widget=forms.HiddenInput)
    is_kept = forms.BooleanField(required=False)
    field_labels: ClassVar = {"is_kept": BilingualText("เก็บรหัสใหม่ไว้แล้ว", "I have kept the new code")}

    def __init__(self, language: str, data: Mapping[str, object] | None = None, **options: Any) -> None:
        super().__init__(language, data, **options)
        self._new_signed = propose_code(self.case)
        self.fields["proposed"].initial = self._new_signed

    @property
    def new_code(self) -> str:
        """The proposed code; of a form that was sent, the one that its page has shown. '' for a forged one."""
        signed = self.data.get("proposed", "") if self.is_bound else self._new_signed
        return proposed_code(self.case, str(signed)) or ""

    @property
    def shown_code(self) -> str:
        """The code as on a receipt."""
        return tracking_code.display(self.new_code) if self.new_code else ""


class DataRequestForm(CitizenForm):
    """Makes use of a right as a data subject."""

    right = forms.ChoiceField(required=False, widget=forms.RadioSelect)
    text = forms.CharField(required=False, widget=forms.Textarea(attrs={"rows": 4}))
    field_labels: ClassVar = {
        "right": BilingualText("ท่านขออะไร", "What do you request?"),
        "text": BilingualText("รายละเอียด (ไม่บังคับ)", "Details (optional)"),
    }
    field_hints: ClassVar = {
        "text": BilingualText(
            "เจ้าหน้าที่คุ้มครองข้อมูลส่วนบุคคลต้องตอบภายใน 30 วัน คำตอบอยู่ที่หน้าติดตามเรื่อง",
            "The data protection officer must answer within 30 days. The answer is on the tracking page.",
        )
    }

    def __init__(self, language: str, data: Mapping[str, object] | None = None, **options: Any) -> None:
        super().__init__(language, data, **options)
        self.set_choices("right", [(right.value, text.in_language(language)) for right, text in DATA_RIGHTS.items()])
