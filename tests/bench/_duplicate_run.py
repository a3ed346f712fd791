"""One measurement of the benchmark of duplicates. A child process of `duplicates`.

    python -m tests.bench._duplicate_run 'tuned'|'held out'|'time' SIZE

DATABASE_URL and CENTRAL_DATA name an empty installation. The last line is JSON."""

import json
import logging
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Sequence
from itertools import combinations
from statistics import quantiles
from typing import Any

import django

from tests.bench._duplicate_corpus import Report, corpus

_BATCH = 2_000
_TIMED = 300
_STORED_AT_ONCE = 200
_READ = 8_000  # cases whose texts are compared in the measurement of times


def main(what: str, size: int) -> None:
    django.setup()
    logging.disable(logging.INFO)
    from django.core.management import call_command  # noqa: PLC0415  # needs Django set up
    from django.utils import timezone  # noqa: PLC0415

    from central.keyring import keyring  # noqa: PLC0415

    call_command("migrate", verbosity=0)
    keyring().create_missing()
    split = "tuned" if what == "time" else what
    reports = corpus(split, size, timezone.now())
    keys = _create_cases(reports)
    if what == "time":
        sys.stdout.write(json.dumps(_times(keys)) + "\n")
        return
    seconds = _compare()
    figures = {
        "cases": len(reports),
        "ms": seconds * 1000 / len(reports),
        **_quality(reports, keys),
    }
    sys.stdout.write(json.dumps(figures) + "\n")


def _create_cases(reports: Sequence[Report]) -> list[int]:
    """The keys of the cases, in the order of their reports."""
    from central.cases.models import Case, Complainant  # noqa: PLC0415
    from central.centres.models import Centre  # noqa: PLC0415
    from central.identity_crypto import citizen_id_hash  # noqa: PLC0415

    centre = Centre.objects.create(slug="p40", area_code="40", name_th="40", name_en="40")
    keys: list[int] = []
    for start in range(0, len(reports), _BATCH):
        rows = [
            Case(
                centre=centre, submission_id=f"00000000-0000-7000-8000-{number:012d}", tracking_hash=f"{number:064x}",
                case_number=f"KKN{number // 10**6 % 100:02d}A-{number % 10**6:06d}-51", nature="complaint",
                topic=report.topic, about=report.about, about_note=report.about_note, area=report.area, for_whom="self",
                text=report.text, name_disclosure="named", language="th", notice_version="2569-01",
                notice_accepted_at=report.filed_at, received_at=report.filed_at, filed_at=report.filed_at,
                filing_time_quality="kiosk_clock", attention="new",
            )
            for number, report in enumerate(reports[start : start + _BATCH], start)
        ]  # fmt: skip
        created = Case.objects.bulk_create(rows)
        Complainant.objects.bulk_create(
            Complainant(
                case=case, source="typed", first_name=report.name, phone=report.phone, birth_date=report.birth_date,
                citizen_id_hash=citizen_id_hash(report.citizen_id) if report.citizen_id else "",
            )
            for case, report in zip(created, reports[start : start + _BATCH], strict=True)
        )  # fmt: skip
        keys += [case.pk for case in created]
    return keys


def _compare() -> float:
    """Index and compare every case; returns processor seconds of the comparing, without the database server."""
    from django.utils import timezone  # noqa: PLC0415

    from central.duplicates.checking import compare_changed  # noqa: PLC0415
    from central.search.indexing import index_marked  # noqa: PLC0415
    from central.search.vocabulary import count_words  # noqa: PLC0415

    index_marked()
    count_words(timezone.now())
    started_s = time.process_time()
    compare_changed()
    return time.process_time() - started_s


def _quality(reports: Sequence[Report], keys: Sequence[int]) -> dict[str, Any]:
    """Precision and recall of pairs, and the recall for each way of being alike."""
    from central.duplicates.models import DuplicateCandidate  # noqa: PLC0415
    from central.duplicates.weighing import LIKELY_SCORE  # noqa: PLC0415

    of_case = dict(zip(keys, reports, strict=True))
    stored = {
        (row.earlier_id, row.later_id): (row.score, {reason["reason"] for reason in row.reasons})
        for row in DuplicateCandidate.objects.all()
    }
    likely = {pair for pair, (points, _) in stored.items() if points >= LIKELY_SCORE}
    true_pairs = _pairs(of_case, lambda report: report.matter)
    same_respondent = _pairs(
        of_case, lambda report: report.respondent_id if report.respondent_id >= 0 and report.respondent_kind else None
    )
    by_respondent = {pair for pair, (_, why) in stored.items() if why & {"respondent", "respondent_near"}}
    by_respondent = {pair for pair in by_respondent if all(of_case[key].respondent_kind for key in pair)}
    same_number = _pairs(of_case, lambda report: report.phone or None)
    by_person = {pair for pair, (_, why) in stored.items() if why & {"citizen_id", "phone", "name"}}
    same_person = _pairs(of_case, lambda report: report.person_id)
    shown = len(stored)
    return {
        "likely": _figures(likely, true_pairs),
        "every candidate": _figures(set(stored), true_pairs),
        "same respondent": _figures(by_respondent, same_respondent),
        "same complainant": _figures(by_person, same_person) | {"recall": _recall(by_person, same_number)},
        "candidates of a case": 2 * shown / len(keys),
        "reasons": Counter(reason for _, why in stored.values() for reason in why),
        "scores": {
            limit: _figures({pair for pair, (points, _) in stored.items() if points >= limit}, true_pairs)
            for limit in (20, 35, 50, 65, 80)
        },
    }


def _pairs(of_case: dict[int, Report], group_of: Any) -> set[tuple[int, int]]:
    groups: dict[Any, list[int]] = defaultdict(list)
    for key, report in of_case.items():
        if (group := group_of(report)) is not None:
            groups[group].append(key)
    return {pair for members in groups.values() for pair in combinations(sorted(members), 2)}


def _figures(proposed: set[tuple[int, int]], true_pairs: set[tuple[int, int]]) -> dict[str, float]:
    right = len(proposed & true_pairs)
    return {
        "pairs": len(true_pairs),
        "proposed": len(proposed),
        "precision": right / len(proposed) if proposed else 1.0,
        "recall": _recall(proposed, true_pairs),
    }


def _recall(proposed: set[tuple[int, int]], true_pairs: set[tuple[int, int]]) -> float:
    return len(proposed & true_pairs) / len(true_pairs) if true_pairs else 1.0


def _times(keys: Sequence[int]) -> dict[str, Any]:
    """Time of one comparison beside so many others, and the bytes that are stored for each case."""
    from django.db import connection, transaction  # noqa: PLC0415
    from django.utils import timezone  # noqa: PLC0415

    from central.duplicates import checking  # noqa: PLC0415
    from central.search.indexing import index_marked  # noqa: PLC0415
    from central.search.models import CaseMark  # noqa: PLC0415
    from central.search.vocabulary import count_words  # noqa: PLC0415

    read = min(len(keys), _READ)
    CaseMark.objects.filter(case_id__gt=keys[read - 1]).delete()  # the words of all are not needed for their weights
    index_marked()
    count_words(timezone.now())
    _store_all(keys, read)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")
    values, processor_s = [], time.process_time()
    for key in keys[: read : max(1, read // _TIMED)]:
        with transaction.atomic():
            begun = time.monotonic()
            checking._compare([key], is_forced=True)  # the part of `compare_now` that depends on the number of cases
            values.append((time.monotonic() - begun) * 1000)
    return {
        "cases": len(keys), "cpu_ms": (time.process_time() - processor_s) * 1000 / len(values),
        "median": quantiles(values, n=2)[0], "p95": quantiles(values, n=20)[-1],
        "bytes": _stored_bytes() / len(keys),
    }  # fmt: skip


def _store_all(keys: Sequence[int], read: int) -> None:
    """What the comparing stores of every case. That of the first `read` cases is made from their texts; the others get
    copies of it under other tokens, except those that many cases share: it takes a tenth of the time, and a search for
    tokens sees no difference."""
    from django.db import connection, transaction  # noqa: PLC0415

    from central.duplicates.checking import store_features  # noqa: PLC0415
    from central.duplicates.features import case_features  # noqa: PLC0415
    from central.duplicates.models import ChangedCase  # noqa: PLC0415
    from central.duplicates.sources import compared_cases  # noqa: PLC0415
    from central.duplicates.tokens import TokenKind, matching_key  # noqa: PLC0415
    from central.search.vocabulary import load_vocabulary  # noqa: PLC0415

    key, vocabulary = matching_key(), load_vocabulary()
    for start in range(0, read, _STORED_AT_ONCE):
        with transaction.atomic():
            cases = compared_cases(keys[start : min(start + _STORED_AT_ONCE, read)])
            store_features([(case, case_features(case, key, vocabulary.weight)) for case in cases])
    shared = (TokenKind.PLACE.value, TokenKind.RESPONDENT.value, TokenKind.RESPONDENT_NEAR.value)
    with connection.cursor() as cursor:
        for copy, first in enumerate(range(read, len(keys), read), 1):
            shift, last = keys[first] - keys[0], keys[min(first + read, len(keys)) - 1]
            cursor.execute(
                f"INSERT INTO duplicates_casetoken (token, case_id, kind) SELECT CASE WHEN kind IN {shared} THEN token "
                "ELSE token / 2 + %s END, case_id + %s, kind FROM duplicates_casetoken "
                "WHERE case_id <= %s AND case_id + %s <= %s",
                [copy * 7919, shift, keys[read - 1], shift, last],
            )
            cursor.execute(
                "INSERT INTO duplicates_comparedfeatures (case_id, compared_at, digest, words, is_letter) "
                "SELECT case_id + %s, compared_at, digest, words, is_letter FROM duplicates_comparedfeatures "
                "WHERE case_id <= %s AND case_id + %s <= %s",
                [shift, keys[read - 1], shift, last],
            )
    ChangedCase.objects.all().delete()


def _stored_bytes() -> int:
    from django.db import connection  # noqa: PLC0415

    tables = ("duplicates_casetoken", "duplicates_comparedfeatures", "duplicates_duplicatecandidate")
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            total = "SELECT sum(pg_total_relation_size(name::regclass)) FROM unnest(%s::text[]) AS name"
            cursor.execute(total, [list(tables)])
        else:
            names = ["duplicates_%", "sqlite_autoindex_duplicates_%"]
            cursor.execute("SELECT sum(pgsize) FROM dbstat WHERE name LIKE %s OR name LIKE %s", names)
        return int(cursor.fetchone()[0])


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
