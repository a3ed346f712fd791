"""One measurement of the search benchmark. A child process of `search`.

    python -m tests.bench._search_run relevance|time CASES SHOW

DATABASE_URL and CENTRAL_DATA name an empty installation. The last line is JSON."""

import json
import logging
import math
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from pathlib import Path
from statistics import mean, quantiles
from typing import Any

import django

from tests.bench._search_corpus import case_row, relevant, texts
from tests.bench._search_matters import HELD_OUT, TUNED, Matter

_BATCH = 2_000
_DEPTH = 10
_FREQUENT = ("ถนน", "หมู่บ้าน", "ตรวจสอบ", "น้ำ", "ขอให้แก้ไข", "บ้านเลขที่ 12", "แก้ไข โดยเร็ว", "เดือดร้อน")
_REPEATS = 3
_WRITTEN = 10_000  # more cases are copies of these, made by the database with their entries


def main(what: str, size: int, *, show: bool) -> None:
    django.setup()
    logging.disable(logging.INFO)
    from django.core.management import call_command  # noqa: PLC0415  # needs Django set up

    call_command("migrate", verbosity=0)
    officer, centres = _create_centres()
    written = min(size, _WRITTEN)
    matters, text_bytes = _create_cases(written, centres)
    started_s = time.process_time() + _server_s()
    _index()
    index_ms = (time.process_time() + _server_s() - started_s) * 1000 / written
    if size > written:
        _copy_cases(written, size // written)
        text_bytes *= size // written
    figures = _relevance(officer, matters, show=show) if what == "relevance" else _times(officer, text_bytes, index_ms)
    sys.stdout.write(json.dumps(figures) + "\n")


def _create_centres() -> tuple[Any, list[int]]:
    """An officer of the province who may read people, and the centres of the cases: province, districts, another."""
    from central.centres.models import Centre, Membership, Officer  # noqa: PLC0415
    from central.people.roles import Role  # noqa: PLC0415

    ministry = Centre.objects.create(slug="moi", name_th="กระทรวงมหาดไทย", name_en="Ministry")
    province = Centre.objects.create(parent=ministry, slug="p40", area_code="40", name_th="40", name_en="40")
    districts = [
        Centre.objects.create(
            parent=province, slug=f"d{code}", area_code=str(code), name_th=str(code), name_en=str(code)
        )
        for code in range(4001, 4013)
    ]
    officer = Officer.objects.create_user(username="somsri")
    Membership.objects.create(officer=officer, centre=province, role=Role.CASE_OFFICER.value, may_read_people=True)
    return officer, [province.pk, *(district.pk for district in districts)]


def _create_cases(size: int, centres: list[int]) -> tuple[dict[int, Matter], int]:
    """The matter of each case that has one, and the bytes of all texts."""
    from django.utils import timezone  # noqa: PLC0415

    from central.cases.models import Case, LetterPage  # noqa: PLC0415

    now, matters, text_bytes = timezone.now(), dict[int, Matter](), 0
    batch = []
    for number, text in enumerate(texts(size), 1):
        text_bytes += len(text.text.encode())
        batch.append((case_row(Case, text, number, size, centres, now), text))
        if len(batch) == _BATCH or number == size:
            Case.objects.bulk_create([row for row, _ in batch])
            pages = [
                LetterPage(case=row, index=0, picture="-", media_type="image/jpeg", width=1, height=1, text=text.text)
                for row, text in batch
                if text.is_letter
            ]
            LetterPage.objects.bulk_create(pages)
            # A letter of a withheld name is rightly not found by this officer.
            matters |= {
                row.pk: text.matter
                for row, text in batch
                if text.matter and not (text.is_letter and row.is_name_withheld)
            }
            batch = []
    return matters, text_bytes


def _index() -> None:
    from django.utils import timezone  # noqa: PLC0415

    from central.search.indexing import index_marked  # noqa: PLC0415
    from central.search.vocabulary import count_words  # noqa: PLC0415

    index_marked()
    count_words(timezone.now())
    _refresh_statistics()


def _refresh_statistics() -> None:
    """As autovacuum does."""
    from django.db import connection  # noqa: PLC0415

    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "PRAGMA wal_checkpoint")


def _copy_cases(written: int, times: int) -> None:
    """Copies of every case with its entry, without their letters, which no result shows."""
    from django.db import connection, transaction  # noqa: PLC0415
    from django.utils import timezone  # noqa: PLC0415

    from central.cases.models import Case  # noqa: PLC0415
    from central.search.triggers import install_triggers, remove_triggers  # noqa: PLC0415
    from central.search.vocabulary import count_words  # noqa: PLC0415

    is_postgresql = connection.vendor == "postgresql"
    new_values = {
        "submission_id": "gen_random_uuid()" if is_postgresql else "lower(hex(randomblob(16)))",
        "tracking_hash": "md5(random()::text) || md5(random()::text)"
        if is_postgresql
        else "lower(hex(randomblob(32)))",
    }
    columns = [field.column for field in Case._meta.concrete_fields]
    entry_table, entry_key, entry_columns = (
        ("search_indexedcase", "case_id", "indexed_at, word_count, words")
        if is_postgresql
        else ("search_words", "rowid", "a, b, c, d")
    )
    remove_triggers(connection)
    for copy in range(1, times):
        changed = new_values | {
            "id": f"id + {copy * written}",
            "case_number": f"'KKN{copy:02d}B' || substr(case_number, 7)",
        }
        values = ", ".join(changed.get(column, column) for column in columns)
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(
                f"INSERT INTO cases_case ({', '.join(columns)}) SELECT {values} FROM cases_case WHERE id <= {written}"
            )
            cursor.execute(
                f"INSERT INTO {entry_table} ({entry_key}, {entry_columns}) "
                f"SELECT {entry_key} + {copy * written}, {entry_columns} FROM {entry_table} "
                f"WHERE {entry_key} <= {written}"
            )
    install_triggers(connection)
    count_words(timezone.now())
    _refresh_statistics()


def _relevance(officer: Any, matters: dict[int, Matter], *, show: bool) -> dict[str, Any]:
    splits = {}
    for name, split in (("tuned", TUNED), ("held out", HELD_OUT)):
        ndcg, recall, empty = [], [], 0
        for matter in split:
            grades = relevant(matter, matters)
            for question in matter.questions:
                ranked = _search(officer, question)[:_DEPTH]
                ndcg.append(_ndcg(ranked, grades))
                wanted = {case for case, grade in grades.items() if grade == 2}
                recall.append(len(wanted & set(ranked)) / min(len(wanted), _DEPTH))
                empty += not ranked
                if show and split is TUNED:
                    sys.stdout.write(f"  {question:45} nDCG {ndcg[-1]:.2f} recall {recall[-1]:.2f}\n")
        splits[name] = {"questions": len(ndcg), "ndcg": mean(ndcg), "recall": mean(recall), "empty": empty}
    return {"splits": splits}


def _ndcg(ranked: Sequence[int], grades: dict[int, int]) -> float:
    def gain(values: Iterable[int]) -> float:
        return sum((2.0**grade - 1) / math.log2(place + 2) for place, grade in enumerate(values))

    ideal = gain(sorted(grades.values(), reverse=True)[:_DEPTH])
    return gain(grades.get(case, 0) for case in ranked) / ideal


def _search(officer: Any, question: str, **filters: Any) -> list[int]:
    from central.cases import clock  # noqa: PLC0415
    from central.cases.case_filter import CaseFilter  # noqa: PLC0415
    from central.search.finding import search  # noqa: PLC0415

    result = search(officer, question, CaseFilter(**{"status": "all"} | filters), clock.today())
    return [match.case_id for match in result.matches]


def _times(officer: Any, text_bytes: int, index_ms: float) -> dict[str, Any]:
    from central.people.permission import load_memberships  # noqa: PLC0415
    from central.search.word_index import open_index  # noqa: PLC0415

    load_memberships(officer)  # as a page does
    questions = [question for matter in (*TUNED, *HELD_OUT) for question in matter.questions]
    measured = {
        "several words, also misspelt": [_cpu_ms(partial(_search, officer, q)) for q in questions * _REPEATS],
        "a frequent word": [_cpu_ms(partial(_search, officer, q)) for q in _FREQUENT * (4 * _REPEATS)],
        "with filters": [
            _cpu_ms(partial(_search, officer, q, topic="land", areas=("4001",)))
            for q in (*questions, *_FREQUENT) * _REPEATS
        ],
    }
    measured["every question"] = [value for values in measured.values() for value in values]
    measured["the page with its rows"] = _page_times(officer, questions)
    return {
        "text_mb": text_bytes / 1e6,
        "index_mb": open_index().size_bytes() / 1e6,
        "index_ms": index_ms,
        "times": {
            name: {"median": quantiles(values, n=2)[0], "p95": quantiles(values, n=20)[-1]}
            for name, values in measured.items()
        },
    }


def _page_times(officer: Any, questions: Sequence[str]) -> list[float]:
    from django.test import Client  # noqa: PLC0415

    client = Client(SERVER_NAME="localhost")
    client.force_login(officer)
    values = []
    for question in questions:
        path = client.post("/desk/search", {"words": question})["location"]
        values.append(_cpu_ms(partial(client.get, path)))
    return values


def _cpu_ms(call: Callable[[], object]) -> float:
    """Processor time of this process and of the server process of its connection, milliseconds."""
    before = time.process_time() + _server_s()
    call()
    return (time.process_time() + _server_s() - before) * 1000


def _server_s() -> float:
    from django.db import connection  # noqa: PLC0415

    if connection.vendor != "postgresql":
        return 0.0
    connection.ensure_connection()
    pid = connection.connection.info.backend_pid
    return int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) / 1e9


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), show=sys.argv[3] == "1")
