"""The lock under which a case changes: that of its own row (decision 0077)."""

from central.cases.models import Case


def lock_case(case_id: int) -> Case:
    """The case with its centre, locked until the end of the caller's transaction, which has locked no row of the case
    before. Readers do not wait: `no_key` lets other transactions insert rows that refer to the case."""
    return Case.objects.select_for_update(of=("self",), no_key=True).select_related("centre").get(pk=case_id)
