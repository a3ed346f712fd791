"""The schemes by which cases are classified beside their topic. Pure: no Django.

A scheme sorts every case into one of its terms, or into none. Sub-topics belong to a topic. The other schemes are those
of national plans: a case has the term that an officer chose, or the term of its topic."""

from collections.abc import Mapping
from enum import StrEnum

from protocol.bilingual_text import BilingualText


class Scheme(StrEnum):
    """A scheme, as stored."""

    SUBTOPIC = "subtopic"
    STRATEGY = "strategy"
    REFORM = "reform"
    RECONCILIATION = "reconciliation"
    SDG = "sdg"


SCHEMES: Mapping[Scheme, BilingualText] = {
    Scheme.SUBTOPIC: BilingualText("ประเภทย่อย", "Sub-topic"),
    Scheme.STRATEGY: BilingualText("ยุทธศาสตร์ชาติ", "National strategy"),
    Scheme.REFORM: BilingualText("แผนการปฏิรูปประเทศ", "Reform plan"),
    Scheme.RECONCILIATION: BilingualText("ประเด็นความสามัคคีปรองดอง", "Reconciliation issue"),
    Scheme.SDG: BilingualText("เป้าหมายการพัฒนาที่ยั่งยืน", "Sustainable development goal"),
}
# Those whose term an officer chooses from a list.
CHOSEN = tuple(scheme for scheme in Scheme if scheme is not Scheme.SUBTOPIC)
