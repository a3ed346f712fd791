"""The checked values of a submitted step, as the commands of a case take them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from central.cases.attachments import CleanFile, prepare_files
from central.cases.commands import Actor, ClosingInputs, NotAllowedError, OrderInputs
from central.cases.models import Case, Referral
from central.classification.schemes import CHOSEN
from central.desk.step_choices import contact_name
from protocol.bilingual_text import BilingualText

ORDER, CLOSING, FILES, TERMS = "order", "closing", "files", "terms"
_NO_REFERRAL = BilingualText("โปรดเลือกคำสั่งการที่ยังไม่สิ้นสุด", "Choose a referral that has not ended")


@dataclass(frozen=True)
class StepInput:
    """A submitted step: the case, who makes it, and the checked values of the form."""

    case: Case
    by: Actor
    values: Mapping[str, Any]

    @property
    def seen(self) -> int:
        """The revision that the page showed."""
        return int(self.values["seen"])

    @property
    def referral(self) -> Referral:
        """The referral that the step is about. Raises NotAllowedError when none was chosen."""
        referral = self.values["referral"]
        if not isinstance(referral, Referral):
            raise NotAllowedError(_NO_REFERRAL)
        return referral

    def value(self, name: str) -> object:
        """What a command gets: a field of the form by its name, or what is made from fields: ORDER, CLOSING, FILES,
        TERMS."""
        made = {ORDER: self._order, CLOSING: self._closing, FILES: self._files, TERMS: self._terms}
        return made[name]() if name in made else self.values[name]

    def _order(self) -> OrderInputs:
        """What is ordered. A date that was left as the clock proposed it stays the clock's: it follows the agency that
        was chosen. Without a name, the contact point of the agency is in charge."""
        values, lead = self.values, self.values["agency"]
        due: date | None = values["due"]
        return OrderInputs(
            lead=lead,
            supports=values["supports"],
            copies=values["copies"],
            text=values["order_text"],
            handler_name=values["handler"].strip() or (contact_name(lead) if lead else ""),
            due=None if due == values["due_proposed"] else due,
        )

    def _terms(self) -> dict[str, str]:
        """The chosen terms by scheme, '' for that of the topic. A scheme without terms keeps what the case has."""
        chosen = {scheme.value: self.values.get(scheme.value) for scheme in CHOSEN}
        return {**self.case.terms, **{scheme: code for scheme, code in chosen.items() if code is not None}}

    def _files(self) -> list[CleanFile]:
        """The attached files, checked before the command takes its lock. Raises NotAllowedError."""
        return prepare_files(self.values["files"], from_offices=True)

    def _closing(self) -> ClosingInputs:
        """How the case is closed."""
        values = self.values
        return ClosingInputs(values["outcome"], values["message"], values["next_owner"])
