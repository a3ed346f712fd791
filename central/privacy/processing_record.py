"""The record of processing activities (Personal Data Protection Act B.E. 2562, section 39): what the service does with
personal data, why, for how long, and who receives it. Periods come from where they are set, so the page cannot be
older than the software."""

from dataclasses import dataclass
from datetime import timedelta

from central.cases.person_search import REASONS_KEPT
from central.earlier_cases.batches import ROWS_KEPT
from central.line_account.chat_content import CHAT_KEPT
from central.listening.storing import POSTS_KEPT
from central.notices.phone_codes import CODES_KEPT
from central.notices.retention import NOTICES_KEPT
from central.privacy.periods import current_periods
from central.scan_batches.batches import BATCH_KEPT
from protocol.bilingual_text import BilingualText


@dataclass(frozen=True)
class ProcessingActivity:
    """One row of the record."""

    purpose: BilingualText
    data: BilingualText
    people: BilingualText
    basis: BilingualText
    recipients: BilingualText
    retention: BilingualText


_COMPLAINANTS = BilingualText("ผู้ร้อง และผู้ที่ถูกกล่าวถึง", "Complainants, and people they write about")
_PUBLIC_TASK = BilingualText(
    "ภารกิจเพื่อประโยชน์สาธารณะและอำนาจรัฐ มาตรา 24 (4)", "Task in the public interest, section 24 (4)"
)
_CONSENT = BilingualText("ความยินยอม มาตรา 19", "Consent, section 19")
_LEGAL_DUTY = BilingualText("หน้าที่ตามกฎหมาย มาตรา 24 (6)", "Legal duty, section 24 (6)")
_CENTRES_AND_AGENCIES = BilingualText(
    "ศูนย์ดำรงธรรมที่รับผิดชอบ และหน่วยงานที่ได้รับคำสั่งการ ชื่อที่ปกปิดไม่เปิดเผยต่อหน่วยงาน",
    "The responsible centres and the agencies that are ordered; a withheld name is not disclosed to agencies",
)
_NOBODY = BilingualText("ไม่มี", "Nobody")


def processing_activities() -> list[ProcessingActivity]:
    """Every activity, the largest first."""
    years = sorted({period.years for period in current_periods().values()})
    shortest, longest = years[0], years[-1]
    span_th, span_en = (
        (f"{shortest} ถึง {longest}", f"{shortest} to {longest}") if len(years) > 1 else (f"{longest}",) * 2
    )
    case_years = BilingualText(f"{span_th} ปีหลังยุติเรื่อง ตามประเภท", f"{span_en} years after the closing, by class")
    return [
        ProcessingActivity(
            BilingualText("รับและแก้ไขเรื่องร้องเรียนร้องทุกข์", "Receiving and settling complaints"),
            BilingualText(
                "ชื่อ เลขประจำตัวประชาชน (เข้ารหัส) ที่อยู่ โทรศัพท์ เพศ วันเกิด ข้อความ หนังสือ ภาพและไฟล์",
                "Name, citizen ID (encrypted), address, phone, sex, date of birth, texts, letters, photos and files",
            ),
            _COMPLAINANTS,
            _PUBLIC_TASK,
            _CENTRES_AND_AGENCIES,
            case_years,
        ),
        ProcessingActivity(
            BilingualText("แจ้งความคืบหน้า", "Telling citizens how their case stands"),
            BilingualText(
                "เบอร์โทรศัพท์ อีเมล บัญชี LINE หรือเบราว์เซอร์", "Phone number, mail address, LINE account or browser"
            ),
            BilingualText("ผู้ร้องที่ยินยอม", "Complainants who agreed"),
            _CONSENT,
            BilingualText(
                "ผู้ให้บริการ SMS อีเมล LINE และบริการแจ้งเตือนของเบราว์เซอร์ ข้อความไม่มีข้อมูลส่วนบุคคล",
                "The gateways of SMS, mail, LINE and browsers; the text has nothing personal",
            ),
            _days(NOTICES_KEPT),
        ),
        ProcessingActivity(
            BilingualText("แบบสำรวจประจำปี", "Yearly survey"),
            BilingualText(
                "ว่าเรื่องใดตอบแล้ว และค่าที่เข้ารหัสของที่อยู่ที่ส่งคำเชิญ คำตอบไม่ผูกกับเรื่อง",
                "Which cases have answered, and keyed hashes of invited addresses; answers are not linked to a case",
            ),
            BilingualText("ผู้ร้องที่ยินยอม", "Complainants who agreed"),
            _CONSENT,
            _NOBODY,
            BilingualText("สิ้นปีงบประมาณ", "Until the fiscal year ends"),
        ),
        ProcessingActivity(
            BilingualText("ข้อเสนอแนะในแบบสำรวจประจำปี", "Free texts of the yearly survey"),
            BilingualText(
                "ข้อความที่ปกปิดหมายเลข ที่อยู่อีเมล ชื่อผู้ร้อง และชื่อหลังคำนำหน้า ไม่ผูกกับเรื่อง",
                "Texts in which numbers, mail addresses, the complainant’s names and names after a title are masked; "
                "not linked to a case",
            ),
            BilingualText("ผู้ตอบ และผู้ที่ถูกกล่าวถึงในข้อความ", "Those who answer, and people whom the texts mention"),
            _CONSENT,
            BilingualText("ผู้จัดการแบบสำรวจของศูนย์", "Officers who manage surveys of the centre"),
            BilingualText("จนสิ้นปีงบประมาณถัดไป", "Until the following fiscal year ends"),
        ),
        ProcessingActivity(
            BilingualText("ฟังเสียงจากสื่อสังคมออนไลน์", "Listening to social media"),
            BilingualText(
                "ข้อความสาธารณะโดยไม่เก็บผู้เขียน ปกปิดชื่อบัญชีและหมายเลข",
                "Public texts without authors; names of accounts and numbers are masked",
            ),
            BilingualText("ผู้ที่ถูกกล่าวถึงในข้อความ", "People whom the texts mention"),
            _PUBLIC_TASK,
            _NOBODY,
            _days(POSTS_KEPT),
        ),
        ProcessingActivity(
            BilingualText("รับเรื่องทาง LINE", "Filing by LINE"),
            BilingualText("ข้อความและภาพระหว่างสนทนา (เข้ารหัส)", "Texts and photos of the conversation (encrypted)"),
            _COMPLAINANTS,
            _PUBLIC_TASK,
            BilingualText("LINE", "LINE"),
            _days(CHAT_KEPT),
        ),
        ProcessingActivity(
            BilingualText("รับเรื่องทางอีเมล", "Complaints by mail"),
            BilingualText("ผู้ส่ง ข้อความ และไฟล์ของอีเมล (เข้ารหัส)", "Sender, text and files of a mail (encrypted)"),
            _COMPLAINANTS,
            _PUBLIC_TASK,
            _NOBODY,
            BilingualText("จนกว่าบันทึกเป็นเรื่องหรือคัดออก", "Until it is filed or dismissed"),
        ),
        ProcessingActivity(
            BilingualText("แบ่งชุดสแกนเป็นเรื่อง", "Dividing scans into cases"),
            BilingualText("ภาพของหนังสือที่ยังไม่บันทึก", "Pictures of letters that are not filed yet"),
            _COMPLAINANTS,
            _PUBLIC_TASK,
            _NOBODY,
            _days(BATCH_KEPT),
        ),
        ProcessingActivity(
            BilingualText("ออกรหัสติดตามใหม่ทางโทรศัพท์", "New tracking codes by phone"),
            BilingualText("ลายพิมพ์ของเบอร์โทรศัพท์", "A keyed hash of the phone number"),
            BilingualText("ผู้ร้องที่ทำรหัสหาย", "Complainants who lost their code"),
            _PUBLIC_TASK,
            BilingualText("ผู้ให้บริการ SMS", "The SMS gateway"),
            _days(CODES_KEPT),
        ),
        ProcessingActivity(
            BilingualText("นำเข้าเรื่องจากระบบเดิม", "Import of earlier cases"),
            BilingualText("แถวของไฟล์ (เข้ารหัส)", "Rows of the file (encrypted)"),
            _COMPLAINANTS,
            _PUBLIC_TASK,
            _NOBODY,
            _days(ROWS_KEPT),
        ),
        ProcessingActivity(
            BilingualText("สถิติและรายงาน", "Statistics and reports"),
            BilingualText(
                "รหัสและวันที่ เพศและช่วงอายุ ไม่มีชื่อ ค่าน้อยกว่า 5 ไม่แสดง",
                "Codes, dates, sex and age band without names; counts below 5 are hidden",
            ),
            _COMPLAINANTS,
            _PUBLIC_TASK,
            BilingualText("ผู้บริหาร และสาธารณะเฉพาะตัวเลขที่เผยแพร่", "Executives; the public for what is published"),
            BilingualText("ไม่กำหนด", "Without limit"),
        ),
        ProcessingActivity(
            BilingualText("บัญชีเจ้าหน้าที่และบันทึกการเปิดดู", "Accounts of officers, and the audit"),
            BilingualText(
                "ชื่อ ตำแหน่ง อีเมล โทรศัพท์ การเข้าใช้ และสิ่งที่เปิดดู", "Name, position, mail, phone, sign-ins, and what was read"
            ),
            BilingualText("เจ้าหน้าที่", "Officers"),
            _LEGAL_DUTY,
            BilingualText("ผู้ตรวจสอบและเจ้าหน้าที่คุ้มครองข้อมูล", "Auditors and the data protection officer"),
            BilingualText(
                f"ตลอดอายุของบัญชี และพร้อมกับเรื่อง เหตุผลที่ค้นหาบุคคล {REASONS_KEPT.days} วัน",
                f"As long as the account, and with the case; reasons of searches for people {REASONS_KEPT.days} days",
            ),
        ),
    ]


def _days(period: timedelta) -> BilingualText:
    return BilingualText(f"{period.days} วัน", f"{period.days} days" if period.days > 1 else "1 day")
