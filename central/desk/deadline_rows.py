"""The explanation of a deadline as the case page shows it (`desk/deadline_explanation.html`)."""

from typing import Any

from central.cases.case_clock import ClockInputs, explain_case
from central.cases.models import Case


def deadline_section(case: Case, language: str, inputs: ClockInputs | None = None) -> dict[str, Any] | None:
    """The context of the template. None for a case without a clock."""
    explanation = explain_case(case, inputs=inputs)
    if explanation is None:
        return None
    return {
        "summary": explanation.summary.in_language(language),
        "state": explanation.deadline.state.value,
        "is_cut": explanation.is_cut,
        "days": [
            {
                "date": entry.date_in(language),
                "text": entry.text.in_language(language),
                "kind": entry.kind.value,
                "is_due": entry.is_due,
                "is_today": entry.is_today,
            }
            for entry in explanation.days
        ],
    }
