"""The form with which the desk writes an article for officers."""

from collections.abc import Mapping
from datetime import date
from typing import Any, ClassVar

from django import forms

from central.cases import clock
from central.centres.models import Centre
from central.desk.forms import CentreChoiceForm
from central.knowledge.commands import ArticleContent
from central.knowledge.models import (
    MAX_CONTACTS_CHARS,
    MAX_KEYWORDS_CHARS,
    MAX_TEXT_CHARS,
    MAX_TITLE_CHARS,
    ArticleVersion,
)
from central.submission_labels import TOPIC
from protocol.bilingual_text import BilingualText
from protocol.topics import Topic

_LAST_YEAR = 2200
_NO_PAST_REVIEW = BilingualText("วันที่ทบทวนต้องไม่เกินวันนี้", "The day of the review must not be in the future")
ARTICLE_TOPICS = tuple(topic for topic in Topic if topic is not Topic.UNSURE)


def _date(*, required: bool) -> forms.DateField:
    return forms.DateField(required=required, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))


class ArticleForm(CentreChoiceForm):
    """An article. Lengths and topics are checked again when it is saved."""

    title = forms.CharField(max_length=MAX_TITLE_CHARS)
    text = forms.CharField(max_length=MAX_TEXT_CHARS, widget=forms.Textarea(attrs={"rows": 12}))
    contacts = forms.CharField(required=False, max_length=MAX_CONTACTS_CHARS, widget=forms.Textarea(attrs={"rows": 4}))
    topics = forms.MultipleChoiceField(required=False, widget=forms.CheckboxSelectMultiple)
    keywords = forms.CharField(required=False, max_length=MAX_KEYWORDS_CHARS)
    valid_until = _date(required=False)
    reviewed_on = _date(required=True)
    field_labels: ClassVar = {
        "centre": BilingualText("ศูนย์", "Centre"),
        "title": BilingualText("ชื่อบทความ", "Title"),
        "text": BilingualText("เนื้อหา", "Text"),
        "contacts": BilingualText("ติดต่อใคร", "Whom to call"),
        "topics": BilingualText("ประเภทเรื่อง", "Topics"),
        "keywords": BilingualText("คำค้น", "Keywords"),
        "valid_until": BilingualText("ใช้ได้ถึงวันที่", "Valid until"),
        "reviewed_on": BilingualText("ทบทวนเมื่อ", "Reviewed on"),
    }
    field_hints: ClassVar = {
        "contacts": BilingualText("(บรรทัดละหนึ่งแห่ง)", "(one in each line)"),
        "topics": BilingualText("(เสนอบทความนี้กับเรื่องประเภทเหล่านี้)", "(it is suggested for cases of these topics)"),
        "keywords": BilingualText("(คำที่ผู้ร้องใช้ คั่นด้วยจุลภาค)", "(words that citizens use, separated by commas)"),
        "valid_until": BilingualText("(เว้นว่าง: ไม่มีกำหนด)", "(empty: no end)"),
    }

    def __init__(self, language: str, centres: Mapping[str, Centre], *data: Any, **options: Any) -> None:
        super().__init__(language, centres, *data, **options)
        self.set_choices("topics", [(topic.value, TOPIC[topic].in_language(language)) for topic in ARTICLE_TOPICS])

    def clean_valid_until(self) -> date | None:
        """The last day; a year of the Buddhist era counts as such."""
        day = self.cleaned_data["valid_until"]
        return None if day is None else self.common_era(day, _LAST_YEAR)

    def clean_reviewed_on(self) -> date:
        """The day of the review, today at the latest."""
        day = self.common_era(self.cleaned_data["reviewed_on"], _LAST_YEAR)
        if day > clock.today():
            raise forms.ValidationError(_NO_PAST_REVIEW.in_language(self.language))
        return day

    @property
    def content(self) -> ArticleContent:
        """What was typed, of a valid form."""
        values = self.cleaned_data
        return ArticleContent(
            values["title"],
            values["text"].replace("\r\n", "\n"),
            values["reviewed_on"],
            tuple(values["topics"]),
            values["keywords"],
            values["contacts"],
            values["valid_until"],
        )


def initial_values(version: ArticleVersion) -> dict[str, object]:
    """The values of the form for a version."""
    names = ("title", "text", "contacts", "topics", "keywords", "valid_until", "reviewed_on")
    return {name: getattr(version, name) for name in names}
