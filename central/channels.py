"""The channels by which a case arrives, with their names. Plain Python: routing rules and the case system use them."""

from collections.abc import Mapping
from enum import StrEnum

from protocol.bilingual_text import BilingualText


class Channel(StrEnum):
    """How a case arrived, as stored."""

    KIOSK = "kiosk"
    COUNTER = "counter"
    POST = "post"
    PHONE_1567 = "phone_1567"
    WEB = "web"
    LINE = "line"
    APP = "app"
    MOBILE_UNIT = "mobile_unit"
    OTHER_AGENCY = "other_agency"
    EMAIL = "email"  # read by an officer, who files it
    SOCIAL_MEDIA = "social_media"  # found by the listening, filed by an officer
    IMPORT = "import"


CHANNELS: Mapping[Channel, BilingualText] = {
    Channel.KIOSK: BilingualText("ตู้บริการ", "Kiosk"),
    Channel.COUNTER: BilingualText("เคาน์เตอร์", "Counter"),
    Channel.POST: BilingualText("ไปรษณีย์", "Post"),
    Channel.PHONE_1567: BilingualText("โทร 1567", "Phone 1567"),
    Channel.WEB: BilingualText("เว็บไซต์", "Web"),
    Channel.LINE: BilingualText("ไลน์", "LINE"),
    Channel.APP: BilingualText("แอปพลิเคชัน", "App"),
    Channel.MOBILE_UNIT: BilingualText("หน่วยเคลื่อนที่", "Mobile unit"),
    Channel.OTHER_AGENCY: BilingualText("หน่วยงานอื่นส่งมา", "Another agency"),
    Channel.EMAIL: BilingualText("อีเมล", "E-mail"),
    Channel.SOCIAL_MEDIA: BilingualText("สื่อสังคมออนไลน์", "Social media"),
    Channel.IMPORT: BilingualText("นำเข้าจากระบบเดิม", "Import"),
}
# Filed by an officer of the centre for the citizen.
FILED_BY_OFFICERS = frozenset(
    {
        Channel.COUNTER,
        Channel.POST,
        Channel.PHONE_1567,
        Channel.MOBILE_UNIT,
        Channel.OTHER_AGENCY,
        Channel.EMAIL,
        Channel.SOCIAL_MEDIA,
    }
)
