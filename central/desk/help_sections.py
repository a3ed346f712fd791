"""The sections of the officers' handbook, in its order. The text of each is a template (`templates/desk/help`)."""

import html
import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache

from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from central.people.roles import MATRIX, Action
from protocol.bilingual_text import BilingualText

_TAG = re.compile("<[^>]*>")


class HelpGroup(Enum):
    """The parts of the table of contents."""

    START = BilingualText("เริ่มต้นใช้งาน", "Getting started")
    CASES = BilingualText("งานเรื่องร้องเรียน", "Cases")
    AGENCIES = BilingualText("สำหรับหน่วยงาน", "For agencies")
    ADMINISTRATION = BilingualText("งานผู้ดูแลระบบ", "Administration")
    KIOSKS = BilingualText("ตู้และแจ้งเตือน", "Kiosks and alarms")
    OVERSIGHT = BilingualText("การตรวจสอบ", "Oversight")


@dataclass(frozen=True)
class HelpSection:
    """One section: `templates/desk/<directory>/<anchor>.html`, with '_' for '-'. `group` is a part of the table of
    contents. `action`: it is for the roles that allow this; None: for everybody."""

    anchor: str
    title: BilingualText
    group: Enum
    action: Action | None = None
    directory: str = "help"

    @property
    def template(self) -> str:
        return f"desk/{self.directory}/{self.anchor.replace('-', '_')}.html"

    def roles(self, language: str) -> str:
        """The names of the roles it is for, '' for everybody."""
        allowing = (rules for rules in MATRIX.values() if self.action in rules.actions)
        return " · ".join(rules.name.in_language(language) for rules in allowing)


def _section(anchor: str, th: str, en: str, group: HelpGroup, action: Action | None = None) -> HelpSection:
    return HelpSection(anchor, BilingualText(th, en), group, action)


SECTIONS = (
    _section("sign-in", "การเข้าสู่ระบบ", "Signing in", HelpGroup.START),
    _section("menu", "เมนู ภาษา และคู่มือ", "Menu, language and handbook", HelpGroup.START),
    _section("roles", "บทบาทและสิทธิ์", "Roles and what they may do", HelpGroup.START),
    _section("home", "หน้าแรกและรายการเรื่อง", "Home and list of cases", HelpGroup.CASES, Action.VIEW_CASES),
    _section("search", "ค้นเรื่องด้วยคำ", "Searching cases by words", HelpGroup.CASES, Action.VIEW_CASES),
    _section("new-cases", "รับเรื่องใหม่", "Taking a new case", HelpGroup.CASES, Action.TAKE),
    _section("filing", "บันทึกเรื่องแทนผู้ร้อง", "Entering a case", HelpGroup.CASES, Action.FILE_CASES),
    _section("case-page", "หน้าเรื่อง", "The page of a case", HelpGroup.CASES, Action.VIEW_CASES),
    _section("orders", "สั่งการหน่วยงาน", "Ordering to an agency", HelpGroup.CASES, Action.ORDER),
    _section("proposals", "เสนอผู้บังคับบัญชา", "Proposing to a superior", HelpGroup.CASES, Action.PROPOSE),
    _section("decisions", "การพิจารณา", "Decisions", HelpGroup.CASES, Action.APPROVE),
    _section("following", "ติดตามหน่วยงาน", "Following agencies", HelpGroup.CASES, Action.ORDER),
    _section("deadlines", "กำหนดแล้วเสร็จ", "Deadlines", HelpGroup.CASES, Action.VIEW_CASES),
    _section("closing", "ยุติ แก้ไขผล และเปิดเรื่องอีกครั้ง", "Closing, correcting, reopening", HelpGroup.CASES, Action.CLOSE),
    _section("moving", "เรื่องซ้ำและการย้ายศูนย์", "Duplicates and other centres", HelpGroup.CASES, Action.MOVE_CENTRE),
    _section("notices", "การแจ้งผู้ร้อง", "Notices to citizens", HelpGroup.CASES, Action.VIEW_ALARMS),
    _section("personal-data", "ชื่อและข้อมูลส่วนบุคคล", "Names and personal data", HelpGroup.CASES, Action.READ_PEOPLE),
    _section("lost-code", "ค้นเรื่องและรหัสหาย", "Finding a case, lost code", HelpGroup.CASES, Action.RENEW_CODE),
    _section("templates", "แม่แบบข้อความ", "Answer templates", HelpGroup.CASES, Action.MANAGE_TEMPLATES),
    _section("knowledge", "คลังความรู้", "Knowledge", HelpGroup.CASES, Action.VIEW_CASES),
    _section("letters", "หนังสือออก", "Letters out", HelpGroup.CASES, Action.WRITE_LETTERS),
    _section("imports", "นำเข้าเรื่องเดิม", "Earlier cases", HelpGroup.CASES, Action.IMPORT_CASES),
    _section("reports", "รายงาน", "Reports", HelpGroup.CASES, Action.VIEW_CASES),
    _section("listening", "สื่อสังคมออนไลน์", "Social media", HelpGroup.CASES, Action.VIEW_CASES),
    _section("survey", "แบบสำรวจประจำปี", "Yearly survey", HelpGroup.CASES, Action.VIEW_CASES),
    _section("activities", "ข่าวกิจกรรม", "Activities", HelpGroup.CASES, Action.WRITE_ACTIVITIES),
    _section("agency-link", "ตอบเรื่องทางลิงก์ของหน่วยงาน", "Answering by link", HelpGroup.AGENCIES),
    _section("agency-queue", "งานของหน่วยงาน", "Cases of an agency", HelpGroup.AGENCIES, Action.ACCEPT),
    _section("supervision", "ผู้กำกับดูแล", "Supervisors", HelpGroup.AGENCIES, Action.SUPERVISE),
    _section(
        "people", "เจ้าหน้าที่และการขึ้นทะเบียน", "People and registration", HelpGroup.ADMINISTRATION, Action.CERTIFY_OFFICERS
    ),
    _section("centres", "ศูนย์", "Centres", HelpGroup.ADMINISTRATION, Action.MANAGE_CENTRES),
    _section("agencies", "หน่วยงาน", "Agencies", HelpGroup.ADMINISTRATION, Action.MANAGE_AGENCIES),
    _section("routing", "กฎการส่งเรื่อง", "Routing rules", HelpGroup.ADMINISTRATION, Action.MANAGE_ROUTING),
    _section(
        "holidays", "วันหยุดและกำหนดตามกฎหมาย", "Holidays and periods set by law", HelpGroup.ADMINISTRATION,
        Action.MANAGE_CALENDAR,
    ),
    _section(
        "classification", "การจัดประเภท", "Classification", HelpGroup.ADMINISTRATION, Action.MANAGE_CLASSIFICATION
    ),
    _section("open-data", "ข้อมูลเปิด", "Open data", HelpGroup.ADMINISTRATION, Action.PUBLISH_OPEN_DATA),
    _section("kiosks", "ตู้และการเรียกเจ้าหน้าที่", "Kiosks and calls for staff", HelpGroup.KIOSKS, Action.RUN_FLEET),
    _section("enrolments", "รับตู้เข้าระบบ", "Enrolling a kiosk", HelpGroup.KIOSKS, Action.RUN_FLEET),
    _section("alarms", "แจ้งเตือน", "Alarms", HelpGroup.KIOSKS, Action.VIEW_ALARMS),
    _section("investigation", "สำนวนสืบสวน", "Investigation files", HelpGroup.OVERSIGHT, Action.INVESTIGATE),
    _section("retention", "การเก็บและลบข้อมูล", "Retention and erasure", HelpGroup.OVERSIGHT, Action.APPROVE_ERASURE),
    _section("audit", "การตรวจสอบ", "Audit", HelpGroup.OVERSIGHT, Action.VIEW_AUDIT),
)  # fmt: skip


@lru_cache(maxsize=8 * len(SECTIONS))
def section_html(section: HelpSection, language: str, *, for_printing: bool = False) -> SafeString:
    """The text of a section. It depends on nothing else, so each process renders it once."""
    return render_to_string(section.template, {"language": language, "for_printing": for_printing})


def sections_containing(
    words: Iterable[str], language: str, sections: Iterable[HelpSection] = SECTIONS
) -> list[HelpSection]:
    """The sections with all of these words in title or text, in the order of the handbook."""
    wanted = [word.casefold() for word in words]
    return [section for section in sections if all(word in _plain_text(section, language) for word in wanted)]


@lru_cache(maxsize=4 * len(SECTIONS))
def _plain_text(section: HelpSection, language: str) -> str:
    text = _TAG.sub(" ", section_html(section, language).replace("<wbr>", ""))
    return html.unescape(f"{section.title.in_language(language)} {text}").casefold()
