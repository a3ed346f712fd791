"""What a complaint can be about: the list a working centre uses, with the days it proposes (docs/facts.md §1)."""

from dataclasses import dataclass
from enum import Enum


class Topic(Enum):
    """A topic's code as it travels and is stored."""

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
    """A topic's names: `official` as the centre files it, `th`/`en` short for a tile; `days` are working days."""

    official: str
    th: str
    en: str
    days: int


TOPICS: dict[Topic, TopicFacts] = {
    Topic.UTILITIES: TopicFacts("สาธารณูปโภค (ไฟฟ้า ประปา ถนน)", "ไฟฟ้า ประปา ถนน", "Utilities and roads", 10),
    Topic.LAND: TopicFacts("ที่ดิน/ที่สาธารณประโยชน์", "ที่ดิน ที่สาธารณะ", "Land", 15),
    Topic.ENVIRONMENT: TopicFacts("สิ่งแวดล้อม/มลพิษ", "สิ่งแวดล้อม มลพิษ", "Pollution", 7),
    Topic.SAFETY: TopicFacts("ความสงบเรียบร้อย/ความปลอดภัย", "ความปลอดภัย", "Public safety", 7),
    Topic.CORRUPTION: TopicFacts("ทุจริต/ประพฤติมิชอบของเจ้าหน้าที่รัฐ", "เจ้าหน้าที่ทุจริต", "Official misconduct", 30),
    Topic.DRUGS: TopicFacts("ยาเสพติด/อบายมุข", "ยาเสพติด อบายมุข", "Drugs and vice", 15),
    Topic.DEBT: TopicFacts("หนี้สิน/การเงินนอกระบบ", "หนี้สิน เงินกู้", "Debt", 15),
    Topic.CONSUMER: TopicFacts("คุ้มครองผู้บริโภค", "ผู้บริโภค ถูกหลอก", "Consumer", 15),
    Topic.LABOUR: TopicFacts("แรงงาน/สวัสดิการ", "แรงงาน สวัสดิการ", "Labour, welfare", 15),
    Topic.HELP: TopicFacts("ขอความช่วยเหลือ/สงเคราะห์", "ขอความช่วยเหลือ", "Ask for help", 10),
    Topic.OTHER: TopicFacts("ร้องทุกข์ทั่วไป/เรื่องอื่นๆ", "เรื่องอื่นๆ", "Something else", 15),
    Topic.UNSURE: TopicFacts("ไม่แน่ใจ ให้เจ้าหน้าที่เลือก", "ไม่แน่ใจ", "Not sure", 15),
}
