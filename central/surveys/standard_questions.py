"""The questions with which the first survey of a centre begins. Their codes are fixed: surveys of different centres
that keep them are compared."""

from uuid import UUID

from protocol.bilingual_text import BilingualText

STANDARD_TITLE = BilingualText("แบบสำรวจความพึงพอใจและความเชื่อมั่น", "Survey of satisfaction and trust")
STANDARD_INTRO = BilingualText(
    "ใช้เวลาประมาณ 1 นาที คำตอบไม่ผูกกับชื่อหรือเลขเรื่องของท่าน โปรดอย่าใส่ชื่อหรือเบอร์โทรศัพท์",
    "It takes about a minute. Your answers are not linked to your name or case. Please give no names or phone numbers.",
)
# Code, kind, question, whether it counts for the index of trust.
STANDARD_QUESTIONS: tuple[tuple[UUID, str, BilingualText, bool], ...] = (
    (
        UUID("5b1f0f5e-6c0e-4d57-9a53-0c4a4c1f0001"),
        "scale",
        BilingualText("ท่านพอใจกับความรวดเร็วในการดำเนินการเพียงใด", "How satisfied are you with the speed of the work?"),
        False,
    ),
    (
        UUID("5b1f0f5e-6c0e-4d57-9a53-0c4a4c1f0002"),
        "scale",
        BilingualText("ท่านพอใจกับการแจ้งความคืบหน้าเพียงใด", "How satisfied are you with how you were kept informed?"),
        False,
    ),
    (
        UUID("5b1f0f5e-6c0e-4d57-9a53-0c4a4c1f0003"),
        "scale",
        BilingualText("ท่านพอใจกับผลที่ได้รับเพียงใด", "How satisfied are you with the result?"),
        False,
    ),
    (
        UUID("5b1f0f5e-6c0e-4d57-9a53-0c4a4c1f0004"),
        "scale",
        BilingualText("ท่านเชื่อมั่นว่าศูนย์ดำรงธรรมเป็นกลางและเป็นธรรมเพียงใด", "How much do you trust the centre to be fair?"),
        True,
    ),
    (
        UUID("5b1f0f5e-6c0e-4d57-9a53-0c4a4c1f0005"),
        "scale",
        BilingualText(
            "ท่านเชื่อมั่นว่าศูนย์จะช่วยได้ หากมีเรื่องเดือดร้อนอีกเพียงใด", "How much do you trust the centre to help you again?"
        ),
        True,
    ),
    (
        UUID("5b1f0f5e-6c0e-4d57-9a53-0c4a4c1f0006"),
        "text",
        BilingualText("ศูนย์ควรปรับปรุงสิ่งใด", "What should the centre improve?"),
        False,
    ),
)
