"""The sentences that the kiosk's visit and filing on the web have in common. The kiosk has them in its catalogue, which
this service does not load; a test compares them."""

from collections.abc import Mapping

from protocol.bilingual_text import BilingualText
from protocol.choices import NameDisclosure, Nature, OnBehalfOf, RespondentKind

BEFORE_START = BilingualText("ก่อนเริ่ม โปรดทราบ", "Before we start")
EMERGENCY = BilingualText("เหตุด่วนเหตุร้าย โทรทันที", "In an emergency, call now")
HOTLINES = (
    ("191", BilingualText("ตำรวจ", "police")),
    ("1669", BilingualText("เจ็บป่วยฉุกเฉิน", "ambulance")),
    ("1567", BilingualText("ดำรงธรรม", "Damrongdham")),
)
USE = BilingualText("เราใช้ทำอะไร", "What we do with it")
USE_TEXT = BilingualText(
    "ส่งเรื่องให้ศูนย์ดำรงธรรม ท่านดูผลได้ด้วยรหัสติดตาม",
    "We send your case to the Damrongdham Centre. You follow it with your tracking code",
)
READERS = BilingualText("ใครเห็นบ้าง", "Who sees it")
READERS_TEXT = BilingualText(
    "เจ้าหน้าที่ที่รับผิดชอบ ท่านเลือกปิดชื่อได้ในขั้นสุดท้าย",
    "The officers responsible. You can hide your name in the last step",
)
STORAGE = BilingualText("เก็บไว้นานเท่าใด", "How long it is kept")
RIGHTS = BilingualText("สิทธิของท่าน", "Your rights")
ACCEPT = BilingualText("รับทราบ เริ่มเลย", "I understand, start")

TOPIC_QUESTION = BilingualText("เรื่องเกี่ยวกับอะไร", "What is it about?")
TOPIC_NOTE = BilingualText("เป็นเรื่องอะไร บอกสั้นๆ", "What is it about, in a few words?")
PLACE_QUESTION = BilingualText("เกิดขึ้นที่ไหน", "Where did it happen?")
PROVINCE = BilingualText("จังหวัด", "Province")
DISTRICT = BilingualText("อำเภอ/เขต", "District")
TAMBON = BilingualText("ตำบล/แขวง", "Tambon")
CHOOSE_PROVINCE = BilingualText("เลือกจังหวัด", "Choose the province")
CHOOSE_DISTRICT = BilingualText("เลือกอำเภอหรือเขต", "Choose the district")
CHOOSE_TAMBON = BilingualText("เลือกตำบลหรือแขวง", "Choose the tambon")
UNKNOWN = BilingualText("ไม่ทราบ", "I don’t know")
SPOT = BilingualText(
    "จุดไหน เช่น บ้านเลขที่ หมู่บ้าน ถนน ใกล้อะไร (ไม่บังคับ)", "Exact place: house, village, road, landmark (optional)"
)
STORY_QUESTION = BilingualText("เล่าเรื่องของท่าน", "Tell us what happened")
STORY_HINT = BilingualText("อะไร · ที่ไหน · เมื่อไร · อยากให้ช่วยอย่างไร", "What · where · since when · what should be done")
DETAILS = BilingualText("รายละเอียดเพิ่มเติม", "A few more details")
NATURE_QUESTION = BilingualText("เป็นเรื่องลักษณะใด", "What kind of case is it?")
ABOUT_QUESTION = BilingualText("เกี่ยวกับใคร", "Who is it about?")
ABOUT_NOTE = BilingualText("ชื่อ หน่วยงาน หรือลักษณะที่จำได้ (ไม่บังคับ)", "Name, agency or description (optional)")
FOR_WHOM_QUESTION = BilingualText("ร้องในนามใคร", "Who are you reporting for?")
FOR_WHOM_NOTE = BilingualText("ชื่อคน กลุ่ม หรือบริษัท (ไม่บังคับ)", "Name of the person, group or company (optional)")
NAME = BilingualText("ชื่อ นามสกุล (ไม่บังคับ)", "Name (optional)")
PHONE = BilingualText("โทรศัพท์ (ไม่บังคับ)", "Phone (optional)")
PHONE_HINT = BilingualText(
    "เจ้าหน้าที่ศูนย์อาจโทรถามท่านเกี่ยวกับเรื่องนี้ ไม่ให้เบอร์ก็ได้",
    "An officer of the centre may call you about this complaint. You can leave it blank",
)
NOT_GIVEN = BilingualText("ไม่ได้ระบุ", "Not given")
STEP = BilingualText("ขั้นที่ {step} จาก {steps}", "Step {step} of {steps}")
NEXT = BilingualText("ต่อไป", "Next")
BACK = BilingualText("ย้อนกลับ", "Back")
SEND = BilingualText("ส่งเรื่อง", "Send")
RECEIVED = BilingualText("ศูนย์ได้รับเรื่องของท่านแล้ว", "The centre has received your case")
HAS_CODE = BilingualText("เก็บรหัสไว้แล้ว", "Yes, I have it")
KEEP_CODE = BilingualText("เก็บรหัสไว้ ใช้ติดตามเรื่องได้", "Keep your code: use it to track your case")
NEXT_STEPS = BilingualText("ต่อจากนี้", "What happens next")
CENTRE_READS = BilingualText(
    "ศูนย์ดำรงธรรมอ่านเรื่องของท่าน แล้วส่งให้หน่วยงานที่ช่วยได้",
    "The centre reads your case and passes it to the agency that can help",
)

NO_TOPIC = BilingualText("โปรดเลือกว่าเป็นเรื่องอะไร", "Choose a topic")
BAD_PHONE = BilingualText(
    "เบอร์โทรนี้ไม่ถูกต้อง โปรดตรวจดู หรือเว้นว่างไว้", "This is not a valid Thai phone number. Check it, or leave it blank"
)

NATURES: Mapping[Nature, BilingualText] = {
    Nature.COMPLAINT: BilingualText("ร้องเรียน", "Complaint"),
    Nature.HELP: BilingualText("ขอความช่วยเหลือ", "Request for help"),
    Nature.TIP_OFF: BilingualText("แจ้งเบาะแส", "Tip-off"),
    Nature.SUGGESTION: BilingualText("ข้อเสนอแนะ", "Suggestion"),
    Nature.PRAISE: BilingualText("ชมเชย", "Praise"),
}
ABOUTS: Mapping[RespondentKind, BilingualText] = {
    RespondentKind.NOBODY: BilingualText("ไม่เกี่ยวกับใครโดยเฉพาะ", "About no one in particular"),
    RespondentKind.OFFICIAL: BilingualText("เกี่ยวกับเจ้าหน้าที่หรือหน่วยงาน", "About an official or an agency"),
    RespondentKind.PERSON: BilingualText("เกี่ยวกับบุคคลอื่น", "About another person"),
}
FOR_WHOM: Mapping[OnBehalfOf, BilingualText] = {
    OnBehalfOf.SELF: BilingualText("ในนามตนเอง", "For myself"),
    OnBehalfOf.ANOTHER: BilingualText("ในนามผู้อื่น", "For someone else"),
    OnBehalfOf.GROUP: BilingualText("ในนามกลุ่มหรือบริษัท", "For a group or company"),
}
NAMINGS: Mapping[NameDisclosure, BilingualText] = {
    NameDisclosure.NAMED: BilingualText("เปิดชื่อ", "Show my name"),
    NameDisclosure.WITHHELD: BilingualText("ปิดชื่อกับหน่วยงาน", "Hide my name from the agency"),
    NameDisclosure.ANONYMOUS: BilingualText("ไม่ระบุชื่อ", "Stay anonymous"),
}
NAMING_TEXTS: Mapping[NameDisclosure, BilingualText] = {
    NameDisclosure.NAMED: BilingualText(
        "ศูนย์และหน่วยงานที่แก้ปัญหาเห็นชื่อท่าน", "The centre and the agency handling your case see your name"
    ),
    NameDisclosure.WITHHELD: BilingualText(
        "ศูนย์เห็นชื่อท่าน แต่หน่วยงานไม่เห็น", "Only the centre sees your name. The agency does not"
    ),
    NameDisclosure.ANONYMOUS: BilingualText(
        "ไม่มีใครได้ชื่อท่าน และไม่มีใครถามกลับได้ ใช้รหัสติดตามเรื่องเอง",
        "Nobody sees your name, and nobody can contact you. Use the code to track your case",
    ),
}
