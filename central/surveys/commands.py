"""Writing, opening and closing surveys. A version that has answers is never changed: it is followed by a new one."""

from dataclasses import dataclass
from uuid import uuid4

from django.core.cache import cache
from django.db import transaction
from django.utils import timezone

from central.cases.errors import NotAllowedError
from central.centres.models import Centre, Officer
from central.people.permission import has_permission
from central.people.roles import Action
from central.surveys.models import (
    MAX_CHOICES_CHARS,
    MAX_INTRO_CHARS,
    MAX_QUESTION_CHARS,
    MAX_TITLE_CHARS,
    Survey,
    SurveyQuestion,
)
from central.surveys.offering import OPEN_SURVEYS_KEY
from central.surveys.standard_questions import STANDARD_INTRO, STANDARD_QUESTIONS, STANDARD_TITLE
from protocol.bilingual_text import BilingualText

MAX_QUESTIONS = 20
MAX_CHOICES = 10
_NO_PERMISSION = BilingualText("ท่านไม่มีสิทธิ์แก้ไขแบบสำรวจของศูนย์นี้", "You may not change surveys of this centre")
_HAS_ANSWERS = BilingualText("มีผู้ตอบฉบับนี้แล้ว โปรดสร้างฉบับใหม่", "Citizens have answered this version. Make a new version")
_INCOMPLETE = BilingualText("โปรดใส่ข้อความภาษาไทย", "Give the Thai text")
_TOO_LONG = BilingualText("ข้อความยาวเกินไป", "A text is too long")
_TOO_MANY = BilingualText(f"มีได้ไม่เกิน {MAX_QUESTIONS} ข้อ", f"A survey has at most {MAX_QUESTIONS} questions")
_CHOICES = BilingualText(
    f"โปรดใส่ตัวเลือก 2 ถึง {MAX_CHOICES} บรรทัด ภาษาอังกฤษต้องมีจำนวนเท่ากัน",
    f"Give 2 to {MAX_CHOICES} choices, as many in English as in Thai",
)
_TRUST = BilingualText("ดัชนีความเชื่อมั่นใช้ได้เฉพาะข้อระดับ 1–5", "Only a question from 1 to 5 counts for the index of trust")
_NO_QUESTION = BilingualText("แบบสำรวจยังไม่มีคำถาม", "The survey has no question yet")
_NOT_A_DRAFT = BilingualText("แบบสำรวจนี้เปิดไปแล้ว", "This survey has been opened already")


@dataclass(frozen=True)
class SurveyTexts:
    """Title and introduction."""

    title_th: str
    title_en: str = ""
    intro_th: str = ""
    intro_en: str = ""


@dataclass(frozen=True)
class QuestionContent:
    """What an editor states about a question."""

    kind: str
    text_th: str
    text_en: str = ""
    choices_th: str = ""
    choices_en: str = ""
    position: int = 1
    is_trust: bool = False


def create_survey(officer: Officer, centre: Centre, year: int) -> Survey:
    """A draft with the questions of the newest survey of the centre, or with the standard ones. Raises
    NotAllowedError."""
    _check(officer, centre)
    with transaction.atomic():
        same_year = Survey.objects.filter(centre=centre, year=year).order_by("-version").first()
        newest = Survey.objects.filter(centre=centre).order_by("-year", "-version").first()
        names = ("title_th", "title_en", "intro_th", "intro_en")
        standard = (STANDARD_TITLE.th, STANDARD_TITLE.en, STANDARD_INTRO.th, STANDARD_INTRO.en)
        texts = [getattr(newest, name) for name in names] if newest else standard
        survey = Survey.objects.create(
            centre=centre,
            year=year,
            version=1 + (same_year.version if same_year else 0),
            changed_at=timezone.now(),
            changed_by=officer,
            **dict(zip(names, texts, strict=True)),
        )
        if newest is None:
            for position, (code, kind, text, is_trust) in enumerate(STANDARD_QUESTIONS, 1):
                SurveyQuestion.objects.create(
                    survey=survey, code=code, position=position, kind=kind, text_th=text.th, text_en=text.en,
                    is_trust=is_trust,
                )  # fmt: skip
        else:
            copied = ("code", "position", "kind", "text_th", "text_en", "choices_th", "choices_en", "is_trust")
            for row in newest.questions.values(*copied):
                SurveyQuestion.objects.create(survey=survey, **row)
        return survey


def change_texts(officer: Officer, survey: Survey, texts: SurveyTexts) -> None:
    """Change title and introduction. Raises NotAllowedError."""
    with transaction.atomic():
        locked = _locked(officer, survey)
        if not texts.title_th.strip():
            raise NotAllowedError(_INCOMPLETE)
        if max(len(texts.title_th), len(texts.title_en)) > MAX_TITLE_CHARS:
            raise NotAllowedError(_TOO_LONG)
        if max(len(texts.intro_th), len(texts.intro_en)) > MAX_INTRO_CHARS:
            raise NotAllowedError(_TOO_LONG)
        locked.title_th, locked.title_en = texts.title_th.strip(), texts.title_en.strip()
        locked.intro_th, locked.intro_en = texts.intro_th.strip(), texts.intro_en.strip()
        _save(locked, officer)


def save_question(
    officer: Officer, survey: Survey, content: QuestionContent, question: SurveyQuestion | None = None
) -> SurveyQuestion:
    """Add a question, or change one. Raises NotAllowedError."""
    with transaction.atomic():
        locked = _locked(officer, survey)
        thai, english = _choices(content.choices_th), _choices(content.choices_en)
        _check_question(content, thai, english)
        if question is None:
            if locked.questions.count() >= MAX_QUESTIONS:
                raise NotAllowedError(_TOO_MANY)
            question = SurveyQuestion(survey=locked)
        elif (question.kind, question.text_th, question.choices_th) != (
            content.kind,
            content.text_th.strip(),
            "\n".join(thai),
        ):
            question.code = uuid4()  # another question: its figures are not compared with the earlier ones
        question.kind, question.position, question.is_trust = content.kind, content.position, content.is_trust
        question.text_th, question.text_en = content.text_th.strip(), content.text_en.strip()
        question.choices_th, question.choices_en = "\n".join(thai), "\n".join(english)
        question.save()
        _save(locked, officer)
        return question


def delete_question(officer: Officer, survey: Survey, question_id: int) -> None:
    """Delete a question. Raises NotAllowedError."""
    with transaction.atomic():
        locked = _locked(officer, survey)
        locked.questions.filter(pk=question_id).delete()
        _save(locked, officer)


def open_survey(officer: Officer, survey: Survey) -> None:
    """Offer it to citizens, and close the version that was open. Raises NotAllowedError."""
    _check(officer, survey.centre)
    with transaction.atomic():
        Centre.objects.select_for_update().get(pk=survey.centre_id)
        locked = Survey.objects.select_for_update().get(pk=survey.pk)
        if locked.opened_at is not None:
            raise NotAllowedError(_NOT_A_DRAFT)
        if not locked.questions.exists():
            raise NotAllowedError(_NO_QUESTION)
        now = timezone.now()
        running = Survey.objects.filter(centre=locked.centre_id, opened_at__isnull=False, closed_at=None)
        running.update(closed_at=now, closed_by=officer)
        locked.opened_at, locked.opened_by = now, officer
        locked.save()
    cache.delete(OPEN_SURVEYS_KEY)


def close_survey(officer: Officer, survey: Survey) -> None:
    """Offer it no longer. Raises NotAllowedError."""
    _check(officer, survey.centre)
    Survey.objects.filter(pk=survey.pk, opened_at__isnull=False, closed_at=None).update(
        closed_at=timezone.now(), closed_by=officer
    )
    cache.delete(OPEN_SURVEYS_KEY)


def _check_question(content: QuestionContent, thai: list[str], english: list[str]) -> None:
    is_choice = content.kind == SurveyQuestion.Kind.CHOICE.value
    if not content.text_th.strip() or content.kind not in SurveyQuestion.Kind.values:
        raise NotAllowedError(_INCOMPLETE)
    if max(len(content.text_th), len(content.text_en)) > MAX_QUESTION_CHARS:
        raise NotAllowedError(_TOO_LONG)
    if max(len(content.choices_th), len(content.choices_en)) > MAX_CHOICES_CHARS:
        raise NotAllowedError(_TOO_LONG)
    if is_choice and (not 2 <= len(thai) <= MAX_CHOICES or len(english) not in (0, len(thai))):
        raise NotAllowedError(_CHOICES)
    if content.is_trust and content.kind != SurveyQuestion.Kind.SCALE.value:
        raise NotAllowedError(_TRUST)


def _choices(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def _locked(officer: Officer, survey: Survey) -> Survey:
    """The locked version, which has no answers. Raises NotAllowedError."""
    _check(officer, survey.centre)
    locked = Survey.objects.select_for_update().get(pk=survey.pk)
    if locked.closed_at is not None or locked.responses.exists():
        raise NotAllowedError(_HAS_ANSWERS)
    return locked


def _save(survey: Survey, officer: Officer) -> None:
    survey.changed_at, survey.changed_by = timezone.now(), officer
    survey.save()


def _check(officer: Officer, centre: Centre) -> None:
    if not has_permission(officer, Action.MANAGE_SURVEYS, centre):
        raise NotAllowedError(_NO_PERMISSION)
