"""The facts of cases that are compared, read by the worker. Nothing here is shown to anybody."""

from collections import defaultdict
from collections.abc import Sequence

from central.cases.codes import RespondentType
from central.cases.models import Case, Complainant, LetterPage, Respondent
from central.documents.models import DocumentPage
from central.duplicates.features import ComparedCase
from protocol.choices import RespondentKind
from thai.dates import day_in_thailand

_MIN_TYPED_CHARS = 25  # fewer are «ตามหนังสือ» and the like: the letter says what the case is about


def compared_cases(case_ids: Sequence[int]) -> list[ComparedCase]:
    """The facts of those cases that exist, in five queries."""
    people = {row.case_id: row for row in Complainant.objects.filter(case__in=case_ids)}
    letters = _letters(case_ids)
    respondents: dict[int, list[tuple[str, RespondentType | None]]] = defaultdict(list)
    for case_id, kind, name in Respondent.objects.filter(case__in=case_ids).values_list("case_id", "type", "name"):
        respondents[case_id].append((name, RespondentType(kind)))
    compared = []
    for case in Case.objects.filter(pk__in=case_ids).order_by("pk"):
        person = people.get(case.pk)
        is_letter = len(case.text.strip()) < _MIN_TYPED_CHARS and bool(letters[case.pk])
        typed = [case.text, case.location_note]
        named = [(case.about_note, None)] if case.about != RespondentKind.NOBODY.value and case.about_note else []
        compared.append(
            ComparedCase(
                case_id=case.pk,
                area=case.area,
                topic=case.topic,
                filed_on=day_in_thailand(case.filed_at),
                texts=[*typed, *letters[case.pk]] if is_letter else typed,
                is_letter=is_letter,
                citizen_id_hash=person.citizen_id_hash if person else "",
                phone=person.phone if person else "",
                name=person.full_name if person else "",
                birth_year=person.birth_date[:4] if person else "",
                respondents=[*named, *respondents[case.pk]],
            )
        )
    return compared


def _letters(case_ids: Sequence[int]) -> dict[int, list[str]]:
    """What was recognised at the kiosk, or at the centre where there is no such text."""
    texts: dict[int, list[str]] = defaultdict(list)
    pages = LetterPage.objects.filter(case__in=case_ids).order_by("case", "index")
    for case_id, text in pages.values_list("case_id", "text"):
        texts[case_id] += filter(None, [text])
    recognised = DocumentPage.objects.filter(document__case__in=case_ids, document__letter_page__text="")
    for case_id, text in recognised.order_by("document", "index").values_list("document__case_id", "text"):
        texts[case_id] += filter(None, [text])
    return texts
