"""What the tracking page and the kiosk's look-up say. Plain words on top; the ladder below has the official wording."""

from protocol.bilingual_text import BilingualText
from protocol.case_status import CaseStatus

HEADLINES = {
    CaseStatus.RECEIVED: BilingualText(
        "ศูนย์ได้รับเรื่องแล้ว รอเจ้าหน้าที่รับเรื่อง", "The centre has received your case. An officer will take it on"
    ),
    CaseStatus.CHECKING: BilingualText("เจ้าหน้าที่กำลังตรวจสอบคำร้องของท่าน", "An officer is checking your complaint"),
    CaseStatus.TO_DIRECTOR: BilingualText(
        "ผู้อำนวยการศูนย์กำลังพิจารณาเรื่องของท่าน", "The director of the centre is reviewing your case"
    ),
    CaseStatus.TO_CHIEF: BilingualText(
        "หัวหน้าสำนักงานจังหวัดกำลังพิจารณาเรื่องของท่าน", "The head of the provincial office is reviewing your case"
    ),
    CaseStatus.TO_GOVERNOR: BilingualText(
        "ผู้บริหารจังหวัดกำลังพิจารณาเรื่องของท่าน", "The governor’s office is reviewing your case"
    ),
    CaseStatus.ORDERED: BilingualText(
        "สั่งการให้หน่วยงานตรวจสอบข้อเท็จจริงแล้ว", "An agency has been instructed to investigate"
    ),
    CaseStatus.IN_PROGRESS: BilingualText("หน่วยงานกำลังดำเนินการ", "The agency is working on it"),
    CaseStatus.UNCLEAR: BilingualText("ขอรายละเอียดเพิ่มเติมจากท่าน", "Please tell us more"),
    CaseStatus.CLOSED: BilingualText("ยุติเรื่องแล้ว", "Your case is closed"),
}

NOT_RECEIVED_YET = BilingualText(
    "ยังไม่พบเรื่องนี้ที่ศูนย์ หากท่านเพิ่งยื่นเรื่องที่ตู้ เรื่องของท่านถูกเก็บไว้อย่างปลอดภัยและกำลังส่งมา "
    "โปรดลองใหม่ภายหลัง หรือโทร 1567 แล้วแจ้งเลขที่เรื่อง",
    "Your case has not arrived yet. If you have just filed it at a kiosk, it is stored safely and on its way: "
    "try again later, or call 1567 and give your case number.",
)
INVALID_CODE = BilingualText(
    "รหัสติดตามนี้ไม่ถูกต้อง รหัสมี 13 ตัว เช่น 7KQ2-M9XD-4TBVS โปรดตรวจดูแล้วพิมพ์ใหม่",
    "This is not a valid tracking code. A code has 13 characters, such as 7KQ2-M9XD-4TBVS. Please check and try again.",
)
TOO_MANY_FAILURES = BilingualText(
    "มีการค้นหาที่ไม่พบหลายครั้งเกินไป โปรดรอ 10 นาทีแล้วลองใหม่ หรือโทร 1567",
    "Too many unsuccessful searches. Please wait 10 minutes and try again, or call 1567.",
)
