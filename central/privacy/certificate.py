"""The certificate of an erasure: what was erased, by which rule, who decided it, and which list of cases it covers."""

import hashlib
from collections import Counter

from django.template.loader import render_to_string

from central.printed_letters import write_pdf
from central.privacy.case_classes import CASE_CLASSES, CaseClass
from central.privacy.models import Erasure
from thai import dates
from thai.numerals import to_thai


def certificate_pdf(erasure: Erasure) -> bytes:
    """The PDF of a finished erasure. The case numbers follow on further pages."""
    rows = list(erasure.cases.select_related("case").order_by("case__case_number"))
    erased = [row for row in rows if row.erased_at is not None]
    counts = Counter(row.case_class for row in erased)
    numbers = [row.case.case_number for row in erased]
    context = {
        "number": to_thai(str(erasure.pk)),
        "office": erasure.centre.name_th,
        "is_scheduled": erasure.basis == Erasure.Basis.SCHEDULE,
        "classes": [
            {
                "name": CASE_CLASSES[CaseClass(code)].name.th,
                "count": to_thai(f"{count:,}"),
                "years": to_thai(str(erasure.periods.get(code, {}).get("years", ""))),
                "basis": to_thai(erasure.periods.get(code, {}).get("basis", "")),
            }
            for code, count in sorted(counts.items())
        ],
        "erased": to_thai(f"{len(erased):,}"),
        "kept": to_thai(f"{len(rows) - len(erased):,}") if len(rows) > len(erased) else "",
        "proposed": to_thai(f"{erasure.proposed_by.display_name} {dates.long_date(erasure.proposed_at)}"),
        "decided": _decided(erasure),
        "finished": to_thai(dates.long_date(erasure.finished_at)) if erasure.finished_at else "",
        "digest": list_digest(numbers),
        "numbers": numbers,
    }
    return write_pdf(render_to_string("privacy/certificate.html", context))


def list_digest(case_numbers: list[str]) -> str:
    """SHA-256 of the sorted numbers, one on each line: whoever has the list can check it against the certificate."""
    return hashlib.sha256("".join(f"{number}\n" for number in sorted(case_numbers)).encode()).hexdigest()


def _decided(erasure: Erasure) -> str:
    if erasure.decided_by is None or erasure.decided_at is None:
        return ""
    return to_thai(f"{erasure.decided_by.display_name} {dates.long_date(erasure.decided_at)}")
