"""The forms with which the desk writes the yearly survey."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django import forms

from central.desk.forms import DeskForm
from central.surveys.commands import MAX_QUESTIONS, QuestionContent, SurveyTexts
from central.surveys.models import (
    MAX_CHOICES_CHARS,
    MAX_INTRO_CHARS,
    MAX_QUESTION_CHARS,
    MAX_TITLE_CHARS,
    Survey,
    SurveyQuestion,
)
from protocol.bilingual_text import BilingualText

QUESTION_KINDS = {
    SurveyQuestion.Kind.SCALE: BilingualText("ระดับ 1–5", "From 1 to 5"),
    SurveyQuestion.Kind.CHOICE: BilingualText("เลือกหนึ่งข้อ", "One choice"),
    SurveyQuestion.Kind.TEXT: BilingualText("ข้อความ", "Text"),
}
_EMPTY_ENGLISH = BilingualText("(เว้นว่าง: ใช้ภาษาไทย)", "(empty: the Thai text)")


class SurveyForm(DeskForm):
    """Title and introduction."""

    title_th = forms.CharField(max_length=MAX_TITLE_CHARS)
    title_en = forms.CharField(required=False, max_length=MAX_TITLE_CHARS)
    intro_th = forms.CharField(required=False, max_length=MAX_INTRO_CHARS, widget=forms.Textarea(attrs={"rows": 3}))
    intro_en = forms.CharField(required=False, max_length=MAX_INTRO_CHARS, widget=forms.Textarea(attrs={"rows": 3}))
    field_labels: ClassVar = {
        "title_th": BilingualText("ชื่อแบบสำรวจ", "Title"),
        "title_en": BilingualText("ชื่อแบบสำรวจ (อังกฤษ)", "Title (English)"),
        "intro_th": BilingualText("คำชี้แจง", "Introduction"),
        "intro_en": BilingualText("คำชี้แจง (อังกฤษ)", "Introduction (English)"),
    }
    field_hints: ClassVar = {"title_en": _EMPTY_ENGLISH, "intro_en": _EMPTY_ENGLISH}

    @classmethod
    def of(cls, survey: Survey, language: str) -> "SurveyForm":
        """The form with the texts of a survey."""
        return cls(language, initial={name: getattr(survey, name) for name in cls.field_labels})

    @property
    def texts(self) -> SurveyTexts:
        """What was typed, of a valid form."""
        return SurveyTexts(**{name: self.cleaned_data[name] for name in self.field_labels})


class QuestionForm(DeskForm):
    """One question."""

    kind = forms.ChoiceField()
    text_th = forms.CharField(max_length=MAX_QUESTION_CHARS)
    text_en = forms.CharField(required=False, max_length=MAX_QUESTION_CHARS)
    choices_th = forms.CharField(required=False, max_length=MAX_CHOICES_CHARS, widget=forms.Textarea(attrs={"rows": 4}))
    choices_en = forms.CharField(required=False, max_length=MAX_CHOICES_CHARS, widget=forms.Textarea(attrs={"rows": 4}))
    position = forms.IntegerField(min_value=1, max_value=2 * MAX_QUESTIONS)
    is_trust = forms.BooleanField(required=False)
    field_labels: ClassVar = {
        "kind": BilingualText("แบบของคำตอบ", "Kind of answer"),
        "text_th": BilingualText("คำถาม", "Question"),
        "text_en": BilingualText("คำถาม (อังกฤษ)", "Question (English)"),
        "choices_th": BilingualText("ตัวเลือก", "Choices"),
        "choices_en": BilingualText("ตัวเลือก (อังกฤษ)", "Choices (English)"),
        "position": BilingualText("ลำดับ", "Position"),
        "is_trust": BilingualText("ใช้คิดดัชนีความเชื่อมั่น", "Counts for the index of trust"),
    }
    field_hints: ClassVar = {
        "text_en": _EMPTY_ENGLISH,
        "choices_th": BilingualText("(บรรทัดละหนึ่งตัวเลือก เฉพาะแบบเลือกหนึ่งข้อ)", "(one in each line, for one choice only)"),
        "choices_en": BilingualText("(ตามลำดับเดียวกัน)", "(in the same order)"),
        "is_trust": BilingualText("(เฉพาะระดับ 1–5)", "(from 1 to 5 only)"),
    }

    def __init__(self, language: str, data: Mapping[str, object] | None = None, **options: Any) -> None:
        super().__init__(language, data, **options)
        self.set_choices("kind", [(kind.value, name.in_language(language)) for kind, name in QUESTION_KINDS.items()])

    @classmethod
    def of(cls, question: SurveyQuestion, language: str) -> "QuestionForm":
        """The form with a question."""
        return cls(language, initial={name: getattr(question, name) for name in cls.field_labels})

    @property
    def content(self) -> QuestionContent:
        """What was typed, of a valid form."""
        return QuestionContent(**{name: self.cleaned_data[name] for name in self.field_labels})
