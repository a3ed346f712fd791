"""The texts by which a citizen agrees to notices. A text never changes: a new wording gets a new version, and the
earlier one stays, because the centre stores what was agreed to."""

from collections.abc import Mapping

from protocol.bilingual_text import BilingualText

SMS_CONSENT = "sms-1"  # the version that kiosks show
SMS_CONSENTS: Mapping[str, BilingualText] = {
    "sms-1": BilingualText(
        "ส่ง SMS แจ้งความคืบหน้าของเรื่องนี้มาที่เบอร์นี้ ข้อความไม่มีชื่อและเนื้อหาของเรื่อง ขอเลิกรับได้ โทร 1567",
        "Send me an SMS at this number when my case moves on. It has no name and nothing of what I wrote. "
        "To stop it, call 1567.",
    )
}
