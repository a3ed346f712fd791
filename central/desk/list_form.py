"""The filter above the list of cases: a form in the URL. An invalid value filters nothing."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from django import forms
from django.db.models import Q
from django.utils.http import urlencode

from central.agencies.models import Agency
from central.cases import clock
from central.cases.case_filter import CaseFilter
from central.cases.case_pages import Sort
from central.cases.codes import MISSIONS, URGENCIES
from central.cases.listing import ListQuery
from central.cases.scopes import Scope, action_scope, deciding_centres
from central.cases.work_queues import WORK_QUEUES, WorkQueue
from central.centres.models import Centre, Officer
from central.centres.wording import shared_desk_label
from central.channels import CHANNELS
from central.desk.forms import DeskForm
from central.people.permission import officers_allowed
from central.people.roles import Action
from protocol.bilingual_text import BilingualText
from protocol.case_status import CaseStatus
from protocol.topics import TOPICS, Topic
from thai import places

PAGE_SIZES = (25, 50, 100, 200)
_MAX_CHOICES = 64  # centres and colleagues in one list of choices
_MAX_PLACES = 60  # a tambon's name occurs up to 60 times in the country
_MAX_AGENCIES = 100
_DUES = {
    "overdue": BilingualText("เกินกำหนด", "Overdue"),
    "today": BilingualText("วันนี้", "Today"),
    "week": BilingualText("ภายใน 7 วัน", "Within 7 days"),
    "none": BilingualText("ไม่มีกำหนด", "No date"),
}
SORTS = {
    Sort.NEWEST: BilingualText("มาใหม่ก่อน", "Newest first"),
    Sort.OLDEST: BilingualText("มาก่อนขึ้นก่อน", "Oldest first"),
    Sort.DUE: BilingualText("ครบกำหนดก่อน", "Due first"),
    Sort.ACTIVE: BilingualText("เคลื่อนไหวล่าสุด", "Last changed first"),
    Sort.QUIET: BilingualText("นิ่งนานที่สุด", "Longest unchanged"),
}
_ALL = BilingualText("ทั้งหมด", "All")
_OPEN = BilingualText("ยังไม่ยุติ", "Open")
_EVERY_STATUS = BilingualText("ทุกสถานะ", "Every status")
_MINE = BilingualText("ของฉัน", "Mine")
_PLACE = BilingualText("ตำบล/อำเภอ", "Place")
_NOBODY = BilingualText("ยังไม่มีเจ้าของ", "Without an owner")


class CaseListForm(DeskForm):
    """The filter of the list. Its fields are the names of the URL's query."""

    number = forms.CharField(required=False, max_length=40, widget=forms.TextInput(attrs={"placeholder": "000123"}))
    status = forms.ChoiceField(required=False)
    queue = forms.ChoiceField(required=False)
    owner = forms.ChoiceField(required=False)
    topic = forms.ChoiceField(required=False)
    subtopic = forms.CharField(required=False, max_length=60)
    place = forms.CharField(required=False, max_length=60)
    centre = forms.ChoiceField(required=False)
    agency = forms.CharField(required=False, max_length=60)
    due = forms.ChoiceField(required=False)
    urgency = forms.ChoiceField(required=False)
    mission = forms.ChoiceField(required=False)
    channel = forms.ChoiceField(required=False)
    sort = forms.ChoiceField(required=False)
    size = forms.ChoiceField(required=False)
    field_labels: ClassVar = {
        "number": BilingualText("เลขเรื่อง", "Case number"),
        "status": BilingualText("สถานะ", "Status"),
        "queue": BilingualText("งาน", "Work"),
        "owner": BilingualText("เจ้าของ", "Owner"),
        "topic": BilingualText("ประเภท", "Topic"),
        "subtopic": BilingualText("ประเภทย่อย", "Sub-topic"),
        "place": BilingualText("ตำบล อำเภอ หรือจังหวัด", "Tambon, district or province"),
        "centre": BilingualText("ศูนย์และศูนย์ในสังกัด", "Centre and those below"),
        "agency": BilingualText("หน่วยงาน", "Agency"),
        "due": BilingualText("กำหนดแล้วเสร็จ", "Due"),
        "urgency": BilingualText("ความเร่งด่วน", "Urgency"),
        "mission": BilingualText("ภารกิจ", "Mission"),
        "channel": BilingualText("ช่องทาง", "Channel"),
        "sort": BilingualText("เรียงตาม", "Sort by"),
        "size": BilingualText("แถวต่อหน้า", "Rows per page"),
    }

    def __init__(self, language: str, data: Mapping[str, object] | None, officer: Officer, scope: Scope) -> None:
        super().__init__(language, data)
        self._officer, self._scope = officer, scope
        statuses = [(status.value, shared_desk_label(status, language)) for status in CaseStatus]
        # Above the list there is no room for labels, so the empty choice has the name of its field.
        every = {
            name: ("", f"{label.in_language(language)}: {_ALL.in_language(language)}")
            for name, label in self.field_labels.items()
        }
        self.fields["place"].widget.attrs["placeholder"] = _PLACE.in_language(language)
        choices: dict[str, Sequence[tuple[str | int, str]]] = {
            "status": [("", _OPEN.in_language(language)), ("all", _EVERY_STATUS.in_language(language)), *statuses],
            "queue": [every["queue"], *_named(WORK_QUEUES, language)],
            "owner": [every["owner"], ("me", _MINE.in_language(language)), ("none", _NOBODY.in_language(language))],
            "topic": [every["topic"], *((topic.value, TOPICS[topic].name.in_language(language)) for topic in Topic)],
            "centre": [
                every["centre"],
                *((centre.slug, centre.name_in(language)) for centre in _offered_centres(scope)),
            ],
            "due": [every["due"], *((code, text.in_language(language)) for code, text in _DUES.items())],
            "urgency": [every["urgency"], *_named(URGENCIES, language)],
            "mission": [every["mission"], *_named(MISSIONS, language)],
            "channel": [every["channel"], *_named(CHANNELS, language)],
            "sort": [(sort.value, text.in_language(language)) for sort, text in SORTS.items()],
            "size": [(size, str(size)) for size in PAGE_SIZES],
        }
        choices["owner"] = [*choices["owner"], *_colleagues(officer, scope)]
        for name, offered in choices.items():
            self.set_choices(name, offered)
        self.is_valid()

    def chosen(self) -> dict[str, str]:
        """The valid values that differ from an empty filter, as in the URL."""
        values = {name: str(value) for name, value in self.cleaned_data.items() if value}
        if values.get("sort") == Sort.NEWEST.value:
            del values["sort"]
        if values.get("size") == str(PAGE_SIZES[0]):
            del values["size"]
        return values

    def query(self, **changes: str) -> str:
        """The query of the URL of this filter with these changes; '' removes a value."""
        return urlencode({name: value for name, value in (self.chosen() | changes).items() if value})

    @property
    def page_size(self) -> int:
        """Rows on a page."""
        return int(self.cleaned_data.get("size") or PAGE_SIZES[0])

    def case_filter(self) -> CaseFilter:
        """The filter of the query."""
        value = self.cleaned_data.get
        owner, queue = value("owner", ""), value("queue", "")
        place, agency = value("place", "").strip(), value("agency", "").strip()
        return CaseFilter(
            number=value("number", "").strip(),
            status=value("status", ""),
            queue=WorkQueue(queue) if queue else None,
            topic=value("topic", ""),
            subtopic=value("subtopic", "").strip(),
            urgency=value("urgency", ""),
            mission=value("mission", ""),
            channel=value("channel", ""),
            owner=str(self._officer.pk) if owner == "me" else owner,
            agency_ids=self._agencies(agency) if agency else None,
            centre=value("centre", ""),
            due=value("due", ""),
            areas=tuple(places.codes_named(place, self._scope.province_codes)[:_MAX_PLACES]) if place else None,
            sort=Sort(value("sort") or Sort.NEWEST),
        )

    def _agencies(self, text: str) -> tuple[int, ...]:
        named = Q(name_th__icontains=text) | Q(name_en__icontains=text) | Q(code=text.lower())
        return tuple(Agency.objects.filter(named).order_by("pk").values_list("pk", flat=True)[:_MAX_AGENCIES])


def build_list(language: str, data: Mapping[str, object], officer: Officer) -> tuple[CaseListForm, ListQuery]:
    """The filter of a URL's query, and the list of cases that it selects for this officer today."""
    scope = action_scope(officer, Action.VIEW_CASES)
    form = CaseListForm(language, data, officer, scope)
    return form, ListQuery(officer, scope, form.case_filter(), clock.today(), deciding_centres(officer, scope))


def _named(table: Mapping[Any, BilingualText], language: str) -> list[tuple[str, str]]:
    return [(code.value, text.in_language(language)) for code, text in table.items()]


def _offered_centres(scope: Scope) -> Sequence[Centre]:
    """All centres of a province; for the whole country the ministry and the provinces."""
    if len(scope.centres) <= _MAX_CHOICES:
        return scope.centres
    return [centre for centre in scope.centres if len(centre.area_code) <= 2]


def _colleagues(officer: Officer, scope: Scope) -> list[tuple[str, str]]:
    """The other officers who may own cases, where their list is short enough to choose from."""
    if len(scope.centres) > _MAX_CHOICES:
        return []
    others = officers_allowed(Action.TAKE, scope.centre_ids).exclude(pk=officer.pk)
    return [(str(each.pk), each.display_name) for each in others[:_MAX_CHOICES]]
