"""Import of earlier cases: a register of 7,000 rows from Excel to cases, by `central import-cases`.

    python -m tests.bench.earlier_cases [--count 7000]

Half of the rows are closed. Measured: reading the file in its confined child, storing the rows, trying every row, and
importing; and the peak memory of this process. In the middle the import is interrupted and begun again. Every row must
be one case. Budget: 30 ms of processor time a row to import, so that 7,000 rows take less than four minutes.
"""

import argparse
import io
import resource
import sys
import time
from collections.abc import Callable, Sequence
from typing import TypeVar

from openpyxl import Workbook

from tests.bench._notice_queue import prepared_installation

BUDGET_MS = 30.0
_HEADINGS = (
    "เลขที่รับ", "วันที่รับเรื่อง", "ชื่อผู้ร้อง", "เบอร์โทร", "ที่อยู่", "ประเภทเรื่อง", "รายละเอียด", "อำเภอ", "ตำบล", "หน่วยงาน", "สถานะ",
    "ผลการดำเนินการ", "วันที่ยุติ",
)  # fmt: skip
_TEXT = "ถนนหน้าหมู่บ้านชำรุดเป็นหลุมบ่อ รถจักรยานยนต์ล้มบ่อยครั้ง ขอให้หน่วยงานซ่อมแซม " * 4
_Result = TypeVar("_Result")


def main(arguments: Sequence[str] = ()) -> int:
    """Print the table. Returns 1 when the budget is exceeded; raises AssertionError for a lost or doubled row."""
    parser = argparse.ArgumentParser(prog="./run bench earlier_cases")
    parser.add_argument("--count", type=int, default=7_000, help="rows (default: 7000)")
    count = parser.parse_args(arguments).count
    content = _register(count)
    with prepared_installation():
        cpu_s = _measure(content, count)
    per_row_ms = cpu_s / count * 1000
    own_mb, child_mb = (
        resource.getrusage(who).ru_maxrss / 1024 for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )
    print(f"  {per_row_ms:.1f} ms a row, budget {BUDGET_MS:.0f}")
    print(f"  peak memory: {own_mb:.0f} MB of this process, {child_mb:.0f} MB of the largest child")
    return int(per_row_ms > BUDGET_MS)


def _register(count: int) -> bytes:
    """An Excel file of invented cases."""
    workbook, output = Workbook(write_only=True), io.BytesIO()
    sheet = workbook.create_sheet()
    sheet.append(_HEADINGS)
    for number in range(1, count + 1):
        is_closed = number % 2 == 0
        sheet.append(
            (
                f"{number}/2567",
                f"{number % 28 + 1}/{number % 12 + 1}/2567",
                f"นายตัวอย่าง ที่{number}",
                f"08{number:08d}",
                f"{number} หมู่ 7 ต.บ้านเป็ด",
                "ไฟฟ้า ประปา ถนน",
                f"{_TEXT} {number}",
                "เมืองขอนแก่น",
                "บ้านเป็ด",
                "อบต.บ้านเป็ด",
                "ยุติเรื่อง" if is_closed else "อยู่ระหว่างดำเนินการ",
                "ซ่อมแล้ว" if is_closed else "",
                "1/2/2568" if is_closed else "",
            )
        )
    workbook.save(output)
    return output.getvalue()


def _measure(content: bytes, count: int) -> float:
    """Seconds of processor time of importing."""
    from central.centres.models import Centre  # noqa: PLC0415  # needs Django set up
    from central.earlier_cases import batches  # noqa: PLC0415  # needs Django set up
    from central.earlier_cases.columns import Column  # noqa: PLC0415  # needs Django set up
    from central.earlier_cases.file_reading import read_file  # noqa: PLC0415  # needs Django set up
    from central.earlier_cases.importing import RowImporter, import_now  # noqa: PLC0415  # needs Django set up

    centre = Centre.objects.get(slug="khonkaen")
    print(f"{count} rows, {len(content) / 1e6:.1f} MB of Excel")
    rows = _timed("reading in the confined child", lambda: read_file(content))
    batch = _timed("storing the rows", lambda: batches.store_file(None, centre, "cases.xlsx", content, rows))
    columns = {Column(name): index for name, index in batch.columns.items()}
    batch = _timed("trying every row", lambda: batches.check_rows(None, batch, columns, {}))
    _time_page(batch.pk)
    batches.start_import(None, batch)
    begin, begin_cpu = time.monotonic(), time.process_time()
    importer = RowImporter(batch)
    for _ in range(count // 2):
        importer.import_one()
    import_now(batch.pk)  # as after an interruption: it begins with the first row that waits
    cpu_s = time.process_time() - begin_cpu
    print(f"  importing: {time.monotonic() - begin:.1f} s, {cpu_s:.1f} s of them on the processor")
    _check_whole(count)
    return cpu_s


def _time_page(batch_id: int) -> None:
    """Print how long the page of the import takes with all its rows."""
    from django.test import Client  # noqa: PLC0415  # needs Django set up

    from central.centres.models import Officer  # noqa: PLC0415  # needs Django set up

    client, times = Client(SERVER_NAME="localhost"), []
    client.force_login(Officer.objects.create_superuser("bench"))
    for _ in range(6):
        begin = time.process_time()
        assert client.get(f"/desk/imports/{batch_id}").status_code == 200
        times.append(time.process_time() - begin)
    print(f"  the page of the import: {sorted(times[1:])[2] * 1000:.0f} ms of the processor (median of 5)", flush=True)


def _check_whole(count: int) -> None:
    from central.cases.models import Case, CaseEvent  # noqa: PLC0415  # needs Django set up
    from central.earlier_cases.models import ImportedCase  # noqa: PLC0415  # needs Django set up

    numbers = ImportedCase.objects.values_list("earlier_number", flat=True)
    assert Case.objects.count() == len(set(numbers)) == count, "a row is lost or doubled"
    assert CaseEvent.objects.filter(kind="imported").count() == count
    assert Case.objects.filter(status="closed").count() == count // 2


def _timed(what: str, call: Callable[[], _Result]) -> _Result:
    begin, begin_cpu = time.monotonic(), time.process_time()
    result = call()
    cpu_s = time.process_time() - begin_cpu
    print(f"  {what}: {time.monotonic() - begin:.1f} s, {cpu_s:.1f} s of them on the processor", flush=True)
    return result


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
