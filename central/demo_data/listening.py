"""A source of the listening in the invented province: posts of ten weeks, with complaints about water that rise in one
district."""

from datetime import datetime, timedelta
from random import Random

from central.centres.models import Centre, Officer
from central.listening.commands import SourceDetails, save_source
from central.listening.models import SocialPost
from central.listening.storing import ReceivedPost, store_posts
from central.listening.watching import warn_of_rising_topics
from protocol.topics import Topic

_WEEKS = 10
_A_WEEK = 6
_RISE = 14
_DISTRICT_NAME = "น้ำพอง"
_TEXTS = {
    Topic.UTILITIES: ("ไฟถนนดับหน้าตลาด อำเภอชุมแพ", "น้ำประปาไหลอ่อน อำเภอบ้านไผ่", "ถนนเป็นหลุม อำเภอพล"),
    Topic.ENVIRONMENT: ("กลิ่นเหม็นจากโรงงาน อำเภอชุมแพ", "เผาขยะทุกเย็น อำเภอบ้านไผ่"),
    Topic.SAFETY: ("รถแข่งกันกลางคืน อำเภอชุมแพ @invented.page",),
}
_RISING = (f"น้ำประปาไม่ไหลสามวันแล้ว อำเภอ{_DISTRICT_NAME}", f"น้ำประปาแดง ใช้ไม่ได้ อำเภอ{_DISTRICT_NAME} โทร 081-234-5678")


def create_listening(province: Centre, director: Officer, random: Random, now: datetime) -> None:
    """A source of files with its posts. Their topics are set here: the demo has no trained model."""
    source = save_source(director, province, SourceDetails("file", "กลุ่มเล่าเรื่องขอนแก่น (ตัวอย่าง)"))
    posts = []
    for week in range(_WEEKS):
        for _ in range(_A_WEEK):
            topic = random.choice(list(_TEXTS))
            posts.append((random.choice(_TEXTS[topic]), topic, now - timedelta(days=7 * week + random.randint(1, 7))))
    posts += [
        (random.choice(_RISING), Topic.UTILITIES, now - timedelta(days=random.randint(1, 7))) for _ in range(_RISE)
    ]
    for number, (text, topic, moment) in enumerate(posts):
        store_posts(source, [ReceivedPost(str(number), text, moment.date())], now)
        SocialPost.objects.filter(pk=SocialPost.objects.latest("pk").pk).update(topic=topic.value)
    warn_of_rising_topics(now)
