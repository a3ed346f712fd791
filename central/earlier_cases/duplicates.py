"""Finds rows that are a case already: by the earlier number, or by person, filing day and text."""

import hashlib
import hmac
import re

from central.centres.models import Centre
from central.earlier_cases.models import ImportedCase
from central.earlier_cases.planning import PlannedCase
from central.keyring import keyring


class DuplicateFinder:
    """Knows what a centre has imported, and the rows that it was asked about before."""

    def __init__(self, centre: Centre) -> None:
        imported = ImportedCase.objects.filter(centre=centre)
        self._numbers = set(imported.exclude(earlier_number="").values_list("earlier_number", flat=True))
        self._contents = set(imported.values_list("content_hash", flat=True))

    def is_duplicate(self, planned: PlannedCase) -> bool:
        """Whether this row is one of them. It counts as known from now on."""
        content = content_hash(planned)
        is_known = (bool(planned.number) and planned.number in self._numbers) or content in self._contents
        self._numbers.add(planned.number)
        self._contents.add(content)
        return is_known


def content_hash(planned: PlannedCase) -> str:
    """Equal for the same person, filing day and text, however they are spaced: 64 hex digits. Keyed: a text could be
    guessed."""
    identity = planned.content.identity
    person = " ".join((identity.first_name, identity.last_name, identity.citizen_id)) if identity else ""
    parts = (person, planned.filed_at.date().isoformat(), planned.content.text)
    text = "\0".join(re.sub(r"\s+", "", part) for part in parts)
    key = keyring().derived_key("identity", b"earlier cases hash")
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()
