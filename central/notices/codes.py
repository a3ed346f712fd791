"""The codes of notices: channels, news, states, failures. Pure."""

from collections.abc import Mapping
from enum import StrEnum

from protocol.bilingual_text import BilingualText


class NoticeChannel(StrEnum):
    """How a notice reaches the citizen."""

    SMS = "sms"
    LINE = "line"
    EMAIL = "email"
    WEB_PUSH = "web_push"


class News(StrEnum):
    """What a citizen is told. One notice may have several."""

    RECEIVED = "received"  # the case is stored, and its citizen agreed to be told
    STATUS = "status"
    AGENCY = "agency"  # an agency is named
    OFFICER = "officer"  # the responsible officer is named
    QUESTION = "question"
    ANSWER = "answer"  # a message of the centre that is no question
    DUE = "due"  # the due date has moved
    CLOSED = "closed"
    MAIN_CASE = "main_case"  # the case that the citizen's case is linked to has progress
    SURVEY = "survey"  # an invitation to the yearly survey
    CODE = "code"  # the tracking code was replaced, perhaps by somebody else


class NoticeState(StrEnum):
    """How far a notice has come. `accepted` is the gateway's word; only a receipt makes it `delivered`."""

    QUEUED = "queued"
    ACCEPTED = "accepted"
    DELIVERED = "delivered"
    DEAD = "dead"  # a dead letter: refused, not delivered, or out of attempts; an officer may send it again
    DROPPED = "dropped"  # the citizen withdrew the consent before it was sent


class NoticeFailure(StrEnum):
    """Why the last attempt failed."""

    NO_ROUTE = "no_route"  # no centre of the case has this channel set up
    UNREACHABLE = "unreachable"  # no connection, or no response in time
    SERVER_ERROR = "server_error"  # 5xx
    TOO_MANY = "too_many"  # 429
    UNAUTHORISED = "unauthorised"  # the gateway does not accept the key of the centre
    UNEXPECTED = "unexpected"  # a response without the form that the gateway promises
    REFUSED = "refused"  # the gateway refuses this notice or this recipient
    GONE = "gone"  # the recipient does not exist any more
    NOT_DELIVERED = "not_delivered"  # accepted, and the receipt says that it was not delivered
    EXPIRED = "expired"  # older than three days
    INTERNAL = "internal"  # a defect of this service


CHANNEL_NAMES: Mapping[NoticeChannel, BilingualText] = {
    NoticeChannel.SMS: BilingualText("SMS", "SMS"),
    NoticeChannel.LINE: BilingualText("LINE", "LINE"),
    NoticeChannel.EMAIL: BilingualText("อีเมล", "E-mail"),
    NoticeChannel.WEB_PUSH: BilingualText("แจ้งเตือนบนโทรศัพท์", "Web Push"),
}
NEWS_NAMES: Mapping[News, BilingualText] = {
    News.RECEIVED: BilingualText("รับเรื่อง", "Received"),
    News.STATUS: BilingualText("สถานะ", "Status"),
    News.AGENCY: BilingualText("หน่วยงาน", "Agency"),
    News.OFFICER: BilingualText("ผู้รับผิดชอบ", "Officer"),
    News.QUESTION: BilingualText("คำถาม", "Question"),
    News.ANSWER: BilingualText("ข้อความจากศูนย์", "Message"),
    News.DUE: BilingualText("กำหนดแล้วเสร็จ", "Due date"),
    News.CLOSED: BilingualText("ยุติเรื่อง", "Closed"),
    News.MAIN_CASE: BilingualText("เรื่องหลัก", "Main case"),
    News.SURVEY: BilingualText("แบบสำรวจ", "Survey"),
    News.CODE: BilingualText("รหัสติดตามใหม่", "New tracking code"),
}
STATE_NAMES: Mapping[NoticeState, BilingualText] = {
    NoticeState.QUEUED: BilingualText("รอส่ง", "Waiting"),
    NoticeState.ACCEPTED: BilingualText("ผู้ให้บริการรับไว้แล้ว", "Accepted by the gateway"),
    NoticeState.DELIVERED: BilingualText("ถึงผู้รับแล้ว", "Delivered"),
    NoticeState.DEAD: BilingualText("ส่งไม่สำเร็จ", "Not sent"),
    NoticeState.DROPPED: BilingualText("ผู้ร้องขอเลิกรับ", "Stopped by the citizen"),
}
FAILURE_NAMES: Mapping[NoticeFailure, BilingualText] = {
    NoticeFailure.NO_ROUTE: BilingualText("ศูนย์ไม่ได้ตั้งค่าช่องทางนี้", "No centre has this channel set up"),
    NoticeFailure.UNREACHABLE: BilingualText("ติดต่อผู้ให้บริการไม่ได้", "The gateway does not respond"),
    NoticeFailure.SERVER_ERROR: BilingualText("ระบบของผู้ให้บริการขัดข้อง", "The gateway has an error"),
    NoticeFailure.TOO_MANY: BilingualText("ผู้ให้บริการให้รอ", "The gateway asks to wait"),
    NoticeFailure.UNAUTHORISED: BilingualText("ผู้ให้บริการไม่ยอมรับกุญแจ", "The gateway does not accept the key"),
    NoticeFailure.UNEXPECTED: BilingualText("คำตอบของผู้ให้บริการไม่ถูกรูปแบบ", "The gateway's response has the wrong form"),
    NoticeFailure.REFUSED: BilingualText("ผู้ให้บริการไม่รับข้อความหรือผู้รับนี้", "The gateway refuses the notice or recipient"),
    NoticeFailure.GONE: BilingualText("ไม่มีผู้รับนี้แล้ว", "The recipient does not exist any more"),
    NoticeFailure.NOT_DELIVERED: BilingualText("รับไว้แล้วแต่ส่งไม่ถึง", "Accepted but not delivered"),
    NoticeFailure.EXPIRED: BilingualText("เก่าเกินสามวัน", "Older than three days"),
    NoticeFailure.INTERNAL: BilingualText("ระบบขัดข้อง โปรดแจ้งผู้ดูแล", "An error here; inform the administrator"),
}
