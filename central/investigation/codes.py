"""Codes of an investigation file. Pure."""

from collections.abc import Mapping
from enum import StrEnum

from protocol.bilingual_text import BilingualText


class Capacity(StrEnum):
    """As what a person makes a statement."""

    COMPLAINANT = "complainant"
    RESPONDENT = "respondent"
    WITNESS = "witness"
    OFFICIAL = "official"


class EvidenceKind(StrEnum):
    """What a piece of evidence is."""

    DOCUMENT = "document"
    PICTURE = "picture"
    OBJECT = "object"
    RECORDING = "recording"


class MediationResult(StrEnum):
    """How a mediation has ended."""

    AGREED = "agreed"
    FAILED = "failed"
    ADJOURNED = "adjourned"


CAPACITIES: Mapping[Capacity, BilingualText] = {
    Capacity.COMPLAINANT: BilingualText("ผู้ร้อง", "Complainant"),
    Capacity.RESPONDENT: BilingualText("ผู้ถูกร้อง", "Respondent"),
    Capacity.WITNESS: BilingualText("พยาน", "Witness"),
    Capacity.OFFICIAL: BilingualText("เจ้าหน้าที่ที่เกี่ยวข้อง", "Official concerned"),
}
EVIDENCE_KINDS: Mapping[EvidenceKind, BilingualText] = {
    EvidenceKind.DOCUMENT: BilingualText("เอกสาร", "Document"),
    EvidenceKind.PICTURE: BilingualText("ภาพถ่าย", "Picture"),
    EvidenceKind.OBJECT: BilingualText("วัตถุ", "Object"),
    EvidenceKind.RECORDING: BilingualText("บันทึกเสียงหรือภาพเคลื่อนไหว", "Recording"),
}
MEDIATION_RESULTS: Mapping[MediationResult, BilingualText] = {
    MediationResult.AGREED: BilingualText("ตกลงกันได้", "Agreement"),
    MediationResult.FAILED: BilingualText("ตกลงกันไม่ได้", "Failed"),
    MediationResult.ADJOURNED: BilingualText("เลื่อนการไกล่เกลี่ย", "Adjourned"),
}
