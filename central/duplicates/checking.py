"""Compares changed cases with all others, in a worker, and stores the pairs that may be about one matter."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone
from django_tasks.base import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from central.background.tasks import TaskPolicy, background_task, enqueue
from central.cases.models import Case
from central.duplicates.comparing import compare
from central.duplicates.features import CaseFeatures, ComparedCase, case_features
from central.duplicates.models import CaseToken, ChangedCase, ComparedFeatures, DuplicateCandidate
from central.duplicates.sources import compared_cases
from central.duplicates.text_sketch import TextSketch
from central.duplicates.tokens import TokenKind, matching_key
from central.duplicates.weighing import Match, is_shown, score
from central.search.vocabulary import load_vocabulary

BATCH = 20  # cases of one transaction: 0.2 to 0.7 s of processor time, during which SQLite has no other writer
MAX_PER_TOKEN = 100  # the newest cases of a token; a respondent that has as many is frequent
MAX_CANDIDATES = 20  # the best of a case
_MARKS_OF_BATCH = 200
_TOKENS_OF_QUERY = 100  # SQLite joins at most 500 statements
_MIN_COUNTED = 1000  # with fewer cases a word that half of them have is still a rare one
_LOCK_KEY = 0xD0B1E5  # of PostgreSQL's advisory locks


@background_task(TaskPolicy(max_duration_s=1800), priority=-6)
def compare_changed_cases() -> str:
    """Compare what has changed. Returns how many cases."""
    return f"{compare_changed()} cases"


def queue_comparing() -> None:
    """Queue the comparing when a case has changed and no such task waits or runs."""
    if not ChangedCase.objects.exists():
        return
    unfinished = DBTaskResult.objects.filter(status__in=(TaskResultStatus.READY, TaskResultStatus.RUNNING))
    if not unfinished.filter(task_path=compare_changed_cases.module_path).exists():
        enqueue(compare_changed_cases)


def compare_changed() -> int:
    """Compare the changed cases; returns their number."""
    count = 0
    while done := _compare_batch():
        count += done
    return count


def compare_now(case: Case) -> None:
    """Compare this case at once, because an officer requests it."""
    with transaction.atomic():
        _take_lock()
        _compare([case.pk], is_forced=True)


def _compare_batch() -> int:
    """One transaction: take changes, compare their cases. They are read before the facts of the cases, so a change
    committed after the facts were read is not in this batch."""
    with transaction.atomic():
        _take_lock()
        marks = ChangedCase.objects.order_by("pk").values_list("case_id", flat=True)[:_MARKS_OF_BATCH]
        case_ids = list(dict.fromkeys(marks))[:BATCH]
        if not case_ids:
            return 0
        # Also the later marks of these cases: case and complainant of an import are marked far apart.
        ChangedCase.objects.filter(case_id__in=case_ids).delete()
        _compare(case_ids)
    return len(case_ids)


def _compare(case_ids: Sequence[int], *, is_forced: bool = False) -> None:
    key, vocabulary = matching_key(), load_vocabulary()
    vocabulary = replace(vocabulary, case_count=max(vocabulary.case_count, _MIN_COUNTED))
    stored = ComparedFeatures.objects.in_bulk(case_ids)
    changed: list[tuple[ComparedCase, CaseFeatures]] = []
    for case in compared_cases(case_ids):
        features = case_features(case, key, vocabulary.weight)
        before = stored.get(case.case_id)
        if is_forced or before is None or before.digest != features.digest:
            changed.append((case, features))
    store_features(changed)
    for case, features in changed:
        _store_candidates(case.case_id, candidates(case, features))


def store_features(changed: Sequence[tuple[ComparedCase, CaseFeatures]]) -> None:
    """Store by what other cases find these."""
    CaseToken.objects.filter(case__in=[case.case_id for case, _ in changed]).delete()
    now = timezone.now()
    for case, features in changed:
        ComparedFeatures.objects.update_or_create(
            case_id=case.case_id,
            defaults={
                "compared_at": now,
                "digest": features.digest,
                "words": features.text.to_bytes(),
                "is_letter": case.is_letter,
            },
        )
    rows = [
        CaseToken(token=token, case_id=case.case_id, kind=kind.value)
        for case, features in changed
        for kind, values in features.stored.items()
        for token in values
    ]
    CaseToken.objects.bulk_create(rows, batch_size=2000)


@dataclass(frozen=True)
class _Shared:
    """What another case shares with the compared one."""

    kind: TokenKind
    token: int


def candidates(case: ComparedCase, features: CaseFeatures) -> dict[int, list[Match]]:
    """The other cases that are worth an officer's look, with the reasons; the best ones."""
    shared, frequent = _sharing(case.case_id, features)
    if not shared:
        return {}
    others = {row["pk"]: row for row in Case.objects.filter(pk__in=shared).values("pk", "area", "topic", "filed_at")}
    words = dict(ComparedFeatures.objects.filter(case__in=shared).values_list("case_id", "words"))
    letters = set(ComparedFeatures.objects.filter(case__in=shared, is_letter=True).values_list("case_id", flat=True))
    matches = {
        other: compare(
            case,
            features,
            others[other],
            [(each.kind, each.token) for each in of_other],
            TextSketch.from_bytes(bytes(words[other])),
            is_covered=case.is_letter or other in letters,
            frequent=frequent,
        )
        for other, of_other in shared.items()
        if other in others and other in words
    }
    shown = {other: reasons for other, reasons in matches.items() if is_shown(reasons)}
    best = sorted(shown, key=lambda other: (-sum(match.points for match in shown[other]), -other))
    return {other: shown[other] for other in best[:MAX_CANDIDATES]}


def _sharing(case_id: int, features: CaseFeatures) -> tuple[dict[int, list[_Shared]], set[int]]:
    """The newest cases of each token, and the tokens that many cases have. One query, which reads of each token the
    first rows of the primary key."""
    sought = [_Shared(kind, token) for kind, values in features.sought.items() for token in values]
    if not sought:
        return {}, set()
    part = (
        "SELECT * FROM (SELECT token, case_id FROM duplicates_casetoken WHERE token = %s AND case_id <> %s "
        "ORDER BY token DESC, case_id DESC LIMIT %s) AS part"
    )
    kinds = {each.token: each.kind for each in sought}
    rows: list[tuple[int, int]] = []
    with connection.cursor() as cursor:
        for chunk in _chunks(list(kinds), _TOKENS_OF_QUERY):
            values = [value for token in chunk for value in (token, case_id, MAX_PER_TOKEN)]
            cursor.execute(" UNION ALL ".join([part] * len(chunk)), values)
            rows += cursor.fetchall()
    shared: dict[int, list[_Shared]] = defaultdict(list)
    counts: dict[int, int] = defaultdict(int)
    for token, other in rows:
        shared[other].append(_Shared(kinds[token], token))
        counts[token] += 1
    return shared, {token for token, count in counts.items() if count >= MAX_PER_TOKEN}


def _chunks(values: list[int], size: int) -> Iterable[list[int]]:
    return (values[start : start + size] for start in range(0, len(values), size))


def _store_candidates(case_id: int, matches: Mapping[int, Collection[Match]]) -> None:
    """Replace the pairs of this case. Those that an officer has dismissed stay dismissed."""
    now = timezone.now()
    of_case = DuplicateCandidate.objects.filter(Q(earlier=case_id) | Q(later=case_id))
    dismissed = set(of_case.exclude(dismissed_at=None).values_list("earlier", "later"))
    of_case.filter(dismissed_at=None).delete()
    DuplicateCandidate.objects.bulk_create(
        DuplicateCandidate(
            earlier_id=min(case_id, other),
            later_id=max(case_id, other),
            score=score(reasons),
            reasons=[reason.to_json() for reason in reasons],
            compared_at=now,
        )
        for other, reasons in matches.items()
        if (min(case_id, other), max(case_id, other)) not in dismissed
    )


def _take_lock() -> None:
    """One comparison at a time: two cases that arrive together are then compared with one another."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK_KEY])
