"""Status bytes of ESC/POS printers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.ports.receipt_printer import PrinterStatus
from drivers.receipt_printer.status_bytes import is_barrier, is_realtime, status_from_responses

FINE = {1: 0x12, 2: 0x12, 3: 0x12, 4: 0x12}


@pytest.mark.parametrize(
    ("changed", "status"),
    [
        ({}, PrinterStatus.READY),
        ({4: 0x1E}, PrinterStatus.PAPER_NEAR_END),
        ({1: 0x1A, 2: 0x32, 4: 0x7E}, PrinterStatus.PAPER_OUT),
        ({4: 0x72}, PrinterStatus.PAPER_OUT),
        ({1: 0x1A, 2: 0x16}, PrinterStatus.COVER_OPEN),
        ({1: 0x1A, 2: 0x36, 4: 0x7E}, PrinterStatus.COVER_OPEN),
        ({1: 0x1A, 2: 0x52, 3: 0x1A}, PrinterStatus.CUTTER_ERROR),
        ({1: 0x1A, 2: 0x52, 3: 0x32}, PrinterStatus.ERROR),
        ({1: 0x1A, 2: 0x52, 3: 0x52}, PrinterStatus.ERROR),
        ({1: 0x1A, 2: 0x52}, PrinterStatus.ERROR),
        ({1: 0x1A}, PrinterStatus.OFFLINE),
    ],
)
def test_each_state_gives_its_status(changed: dict[int, int], status: PrinterStatus) -> None:
    assert status_from_responses({**FINE, **changed}) is status


def test_no_answer_is_unknown_and_never_ready() -> None:
    assert status_from_responses({}) is PrinterStatus.UNKNOWN
    assert status_from_responses({1: 0x12, 2: 0x12, 3: 0x12}) is PrinterStatus.UNKNOWN


def test_a_reported_fault_counts_even_if_other_queries_are_unanswered() -> None:
    assert status_from_responses({1: 0x1A, 2: 0x32}) is PrinterStatus.PAPER_OUT


@given(st.dictionaries(st.integers(1, 4), st.integers(0, 255)))
def test_ready_requires_a_good_answer_to_every_query(answers: dict[int, int]) -> None:
    if status_from_responses(answers) in (PrinterStatus.READY, PrinterStatus.PAPER_NEAR_END):
        assert set(answers) == {1, 2, 3, 4}
        assert all(is_realtime(byte) for byte in answers.values())


@given(st.integers(0, 255))
def test_no_byte_is_both_a_realtime_and_a_barrier_answer(byte: int) -> None:
    assert not (is_realtime(byte) and is_barrier(byte))


@pytest.mark.parametrize("byte", [0x11, 0x13, 0x10, 0x18, 0x0F, 0x00, 0xFF])
def test_flow_control_and_asb_are_no_answers(byte: int) -> None:
    assert not is_realtime(byte)
