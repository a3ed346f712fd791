"""What a citizen reads and agrees to on LINE. A text never changes: a new wording gets a new version, and the earlier
one stays, because cases and consents refer to it."""

from protocol.bilingual_text import BilingualText

PRIVACY_NOTICE_VERSION, NOTICES_VERSION = "line-1", "line-1"
PRIVACY_NOTICE = BilingualText(
    "ก่อนเริ่ม โปรดทราบ\n"
    "• เหตุด่วนเหตุร้ายโทร 191 เจ็บป่วยฉุกเฉิน 1669\n"
    "• เราเก็บเฉพาะสิ่งที่ท่านพิมพ์และส่งที่นี่ และเลขบัญชี LINE เพื่อตอบท่าน\n"
    "• เราส่งเรื่องให้ศูนย์ดำรงธรรม เฉพาะเจ้าหน้าที่ที่รับผิดชอบเห็น ท่านเลือกปิดชื่อได้\n"
    "• บทสนทนานี้อยู่กับ LINE ด้วย ผู้ที่เปิดบัญชีของท่านได้จะอ่านได้\n"
    "• ที่นี่เก็บสิ่งที่ยังไม่ได้ส่งไว้ 1 วัน เรื่องที่ส่งแล้วศูนย์เก็บตามระเบียบงานสารบรรณ\n"
    "• ขอดู แก้ไข ลบ หรือคัดค้านได้ โทร 1567",
    "Before we start\n"
    "• In an emergency call 191 (police) or 1669 (ambulance)\n"
    "• We store only what you write and send here, and the number of your LINE account to answer you\n"
    "• Your case goes to the Damrongdham Centre. Only the officers responsible see it. You can hide your name\n"
    "• This conversation is at LINE as well: who opens your account can read it\n"
    "• What you do not send is erased here after one day. The centre keeps a case by the rules for official records\n"
    "• To see, correct or erase your data, or to object, call 1567",
)
NOTICES_CONSENT = BilingualText(
    "ส่งข้อความทาง LINE มาที่บัญชีนี้เมื่อเรื่องคืบหน้า ข้อความไม่มีชื่อและเนื้อหาของเรื่อง เลิกรับได้ทุกเมื่อโดยพิมพ์ «ยกเลิก»",
    "Send me a LINE message at this account when my case moves on. It has no name and nothing of what I wrote. "
    "To stop it at any time, type “stop”.",
)
