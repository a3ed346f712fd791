"""The topics of a complaint: the list a working centre uses (docs/facts.md §1)."""

from dataclasses import dataclass
from enum import Enum

from protocol.bilingual_text import BilingualText


class Topic(Enum):
    """A topic's code as sent and stored."""

    UTILITIES = "utilities"
    LAND = "land"
    ENVIRONMENT = "environment"
    SAFETY = "safety"
    CORRUPTION = "corruption"
    DRUGS = "drugs"
    DEBT = "debt"
    CONSUMER = "consumer"
    LABOUR = "labour"
    HELP = "help"
    OTHER = "other"
    UNSURE = "unsure"


@dataclass(frozen=True)
class TopicFacts:
    """One topic. The English name is both the short and the official one."""

    name: BilingualText  # short, for the tile on the screen
    official_th: str  # the centre's official name
    days: int  # working days until the case is due, as the centre proposes
    icon: str  # name of the glyph on the tile

    @property
    def official(self) -> BilingualText:
        """The name on the desk's pages."""
        return BilingualText(self.official_th, self.name.en)


TOPICS: dict[Topic, TopicFacts] = {
    Topic.UTILITIES: TopicFacts(
        BilingualText("ไฟฟ้า ประปา ถนน", "Utilities and roads"), "สาธารณูปโภค (ไฟฟ้า ประปา ถนน)", 10, "plug"
    ),
    Topic.LAND: TopicFacts(BilingualText("ที่ดิน ที่สาธารณะ", "Land"), "ที่ดิน/ที่สาธารณประโยชน์", 15, "map-pin"),
    Topic.ENVIRONMENT: TopicFacts(BilingualText("สิ่งแวดล้อม มลพิษ", "Pollution"), "สิ่งแวดล้อม/มลพิษ", 7, "leaf"),
    Topic.SAFETY: TopicFacts(BilingualText("ความปลอดภัย", "Public safety"), "ความสงบเรียบร้อย/ความปลอดภัย", 7, "shield"),
    Topic.CORRUPTION: TopicFacts(
        BilingualText("เจ้าหน้าที่ทุจริต", "Official misconduct"), "ทุจริต/ประพฤติมิชอบของเจ้าหน้าที่รัฐ", 30, "gavel"
    ),
    Topic.DRUGS: TopicFacts(BilingualText("ยาเสพติด อบายมุข", "Drugs and vice"), "ยาเสพติด/อบายมุข", 15, "pill"),
    Topic.DEBT: TopicFacts(BilingualText("หนี้สิน เงินกู้", "Debt"), "หนี้สิน/การเงินนอกระบบ", 15, "coin"),
    Topic.CONSUMER: TopicFacts(BilingualText("ผู้บริโภค ถูกหลอก", "Consumer"), "คุ้มครองผู้บริโภค", 15, "shopping-cart"),
    Topic.LABOUR: TopicFacts(BilingualText("แรงงาน สวัสดิการ", "Labour, welfare"), "แรงงาน/สวัสดิการ", 15, "briefcase"),
    Topic.HELP: TopicFacts(
        BilingualText("ขอความช่วยเหลือ", "Ask for help"), "ขอความช่วยเหลือ/สงเคราะห์", 10, "heart-handshake"
    ),
    Topic.OTHER: TopicFacts(BilingualText("เรื่องอื่นๆ", "Something else"), "ร้องทุกข์ทั่วไป/เรื่องอื่นๆ", 15, "dots"),
    Topic.UNSURE: TopicFacts(BilingualText("ไม่แน่ใจ", "Not sure"), "ไม่แน่ใจ ให้เจ้าหน้าที่เลือก", 15, "help"),
}
