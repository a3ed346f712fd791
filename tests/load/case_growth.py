"""The cost of a submission with more and more stored cases, which must not grow."""

import time
from argparse import Namespace
from statistics import median

from django.db import connection
from django.db.backends.utils import CursorWrapper

from central.centres.models import Centre
from central.fleet.models import Enrolment
from simulators.fleet.registration import CENTRE_SLUG, enrol_kiosks
from tests.load.central_service import CentralService, print_now

WARM_UP_SUBMISSIONS, MEASURED_SUBMISSIONS = 300, 1000  # at each size, before and during the measurement
CASE_COUNTS = (1_000, 10_000, 100_000, 1_000_000)
MAX_GROWTH_RATIO = 1.5  # processor time with the most cases over that with the fewest

# The rows that the intake writes, inserted by SQL: a typed visit with its person, history and receipt.
_INSERT_CASES_SQL = """
WITH made AS (
    INSERT INTO cases_case (centre_id, submission_id, case_number, tracking_hash, nature, topic, topic_note, about,
        about_note, area, location_note, for_whom, for_whom_note, text, name_disclosure, language,
        notice_version, notice_accepted_at, consent_sms, assisted, receipt_confirmed, received_at, filed_at,
        filing_time_quality, status, agency_name, handler_name, outcome, newer_content)
    SELECT %(centre)s, gen_random_uuid(), 'YAA00A-' || g, md5(random()::text) || md5(random()::text), 'complaint',
        'utilities', '', 'nobody', '', '400107', 'หน้าวัดกลาง', 'self', '', repeat('ไฟถนนหน้าวัดกลางดับมาสามสัปดาห์แล้ว ', 12),
        'named', 'th', '2569-01', at, false, false, true, at, at, 'kiosk_clock', 'received', '', '', '', '{}'
    FROM (SELECT g, now() - g * interval '1 minute' AS at
        FROM generate_series(%(first)s::int, %(last)s::int) AS g) AS numbered
    RETURNING id, submission_id, case_number, received_at
), person AS (
    INSERT INTO cases_complainant (case_id, source, title, first_name, middle_name, last_name, birth_date, sex, address,
        address_area, phone, citizen_id_hash, citizen_id_last4, citizen_id_encrypted, newer_content)
    SELECT id, 'chip-unverified', 'นาง', 'บุญมา', '', 'ใจดี', '24940305', 'female', '', '', '0812345678',
        md5(random()::text) || md5(random()::text), '5001', sha256(random()::text::bytea), '{}' FROM made
), change AS (
    INSERT INTO cases_caseevent (case_id, at, kind, value, note)
    SELECT id, received_at, 'status', 'received', '' FROM made
)
INSERT INTO intake_accepteddelivery (submission_id, enrolment_id, centre_id, case_number, content_hash, receipt,
    received_at, carried_by_hand, case_id, delivery, quarantine_reason)
SELECT submission_id, %(enrolment)s, %(centre)s, case_number, md5(random()::text) || md5(random()::text),
    repeat('x', 560), received_at, false, id, ''::bytea, '' FROM made
"""


def find_violations(central_service: CentralService, options: Namespace) -> list[str]:
    """Sentences about broken promises; none when the test passed."""
    cost = _measure_costs_ms(central_service, [size for size in CASE_COUNTS if size <= options.cases])
    first, *_, last = cost.values()
    print_now(f"  with the most cases {last / first:.2f} times the processor time as with the fewest")
    return ["the cost of a submission grew"] if last > MAX_GROWTH_RATIO * first else []


def _measure_costs_ms(central_service: CentralService, sizes: list[int]) -> dict[int, float]:
    """For each number of stored cases: processor milliseconds per submission, service and PostgreSQL together. One
    connection, typed visits."""
    (kiosk,) = enrol_kiosks(1, central_service.url)
    centre = Centre.objects.get(slug=CENTRE_SLUG)
    enrolment = Enrolment.objects.get(kiosk_id=kiosk.kiosk_id, series=kiosk.enrolment_response.series)
    cost_ms: dict[int, float] = {}
    for size in sizes:
        seed: dict[str, int | str] = {
            "centre": centre.pk,
            "enrolment": str(enrolment.pk),
            "first": _case_count() + 1,
            "last": size,
        }
        with connection.cursor() as cursor:
            cursor.execute(_INSERT_CASES_SQL, seed)
            cursor.execute("VACUUM ANALYZE")  # as autovacuum would have done by then
            cursor.execute("CHECKPOINT")
            _wait_for_vacuum(cursor)
        with kiosk.transport:
            for _ in range(WARM_UP_SUBMISSIONS):
                kiosk.deliver_visit(kiosk.create_visit())
            before, durations_s = central_service.cpu_s(), []
            for _ in range(MEASURED_SUBMISSIONS):
                visit = kiosk.create_visit()
                begun = time.perf_counter()
                kiosk.deliver_visit(visit)
                durations_s.append(time.perf_counter() - begun)
        service, database = (
            (now - then) / MEASURED_SUBMISSIONS * 1e3 for now, then in zip(central_service.cpu_s(), before, strict=True)
        )
        cost_ms[size] = service + database
        print_now(
            f"  {size:>9} cases: {median(durations_s) * 1e3:5.1f} ms to the receipt; "
            f"processor: service {service:5.2f} ms, PostgreSQL {database:5.2f} ms"
        )
    return cost_ms


def _wait_for_vacuum(cursor: CursorWrapper) -> None:
    """Wait until autovacuum, which a million new rows start, has ended: it is no cost of the next submission."""
    busy = "SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'autovacuum worker'"
    for _ in range(60):
        time.sleep(2)
        cursor.execute(busy)
        if cursor.fetchone()[0] == 0:
            return


def _case_count() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM cases_case")
        return int(cursor.fetchone()[0])
