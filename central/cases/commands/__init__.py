"""The commands that change a case: the only writers of cases, referrals, proposals and their history.

`command(case or referral, by, seen_revision=…, …)` returns the appended event. Raises NotAllowedError."""

from central.cases.commands.agency_steps import accept, report, return_to_centre
from central.cases.commands.allowed import active_referrals, allowed_steps, fits_step
from central.cases.commands.citizen_rights import answer_data_request, renew_code, request_data
from central.cases.commands.citizen_steps import rate, record_details
from central.cases.commands.closing import ClosingInputs, close, correct_outcome, link_duplicate
from central.cases.commands.creating import create_case
from central.cases.commands.deciding import approve, may_decide, propose, return_proposal, send_up, withdraw_proposal
from central.cases.commands.earlier_work import EarlierWork, record_earlier_work
from central.cases.commands.erasing import erase_case
from central.cases.commands.handling import (
    add_note,
    ask_details,
    assign_owner,
    move_centre,
    reclassify,
    set_due,
    take,
)
from central.cases.commands.letter_text import take_over_text
from central.cases.commands.person_correction import correct_person
from central.cases.commands.points import set_point
from central.cases.commands.received_papers import add_received
from central.cases.commands.referring import OrderInputs, order, recall
from central.cases.commands.reopening import refuse_reopening, reopen, request_reopening
from central.cases.commands.respondents import name_respondent, remove_respondent
from central.cases.commands.step import Actor
from central.cases.commands.unlinking import unlink_duplicate
from central.cases.errors import NotAllowedError

__all__ = [
    "Actor",
    "ClosingInputs",
    "EarlierWork",
    "NotAllowedError",
    "OrderInputs",
    "accept",
    "active_referrals",
    "add_note",
    "add_received",
    "allowed_steps",
    "answer_data_request",
    "approve",
    "ask_details",
    "assign_owner",
    "close",
    "correct_outcome",
    "correct_person",
    "create_case",
    "erase_case",
    "fits_step",
    "link_duplicate",
    "may_decide",
    "move_centre",
    "name_respondent",
    "order",
    "propose",
    "rate",
    "recall",
    "reclassify",
    "record_details",
    "record_earlier_work",
    "refuse_reopening",
    "remove_respondent",
    "renew_code",
    "reopen",
    "report",
    "request_data",
    "request_reopening",
    "return_proposal",
    "return_to_centre",
    "send_up",
    "set_due",
    "set_point",
    "take",
    "take_over_text",
    "unlink_duplicate",
    "withdraw_proposal",
]
