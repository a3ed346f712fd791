"""The stars with which a citizen rates the work on a closed case, at the kiosk and on the tracking page."""

from protocol.bilingual_text import BilingualText

# One to five stars, in this order.
STAR_LABELS = (
    BilingualText("ไม่พอใจมาก", "Very dissatisfied"),
    BilingualText("ไม่พอใจ", "Dissatisfied"),
    BilingualText("ปานกลาง", "Neither"),
    BilingualText("พอใจ", "Satisfied"),
    BilingualText("พอใจมาก", "Very satisfied"),
)
# Of a question of the survey, in the same order.
SCALE_LABELS = (
    BilingualText("น้อยที่สุด", "Not at all"),
    BilingualText("น้อย", "A little"),
    BilingualText("ปานกลาง", "Moderately"),
    BilingualText("มาก", "Much"),
    BilingualText("มากที่สุด", "Very much"),
)
MAX_STARS = len(STAR_LABELS)
