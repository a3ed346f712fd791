"""Filing by conversation: one question after the other, then everything is checked, then it is filed once.

A step is done when the draft has its answer; the next question is that of the first step that is not done. So a change
after the check asks one question again and returns to the check."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from central.line_account import common_choices as buttons
from central.line_account.chat_content import Draft, Step
from central.line_account.consent_texts import NOTICES_CONSENT, PRIVACY_NOTICE
from central.line_account.filing_check import ask_check, take_check
from central.line_account.messages import Choice
from central.line_account.place_step import ask_place, take_place
from central.line_account.story_step import ask_story, take_story
from central.line_account.turn import Turn
from central.notices import routes
from central.notices.codes import NoticeChannel
from protocol.bilingual_text import BilingualText
from protocol.choices import MAX_NOTE_CHARS, NameDisclosure
from protocol.topics import TOPICS, Topic
from thai import phone

_TOPIC = BilingualText("เรื่องเกี่ยวกับอะไร โปรดเลือกข้อที่ใกล้ที่สุด", "What is it about? Choose what fits best")
_NAMING = BilingualText(
    "ใครเห็นชื่อท่านได้บ้าง\n"
    "• เปิดเผยชื่อ: ศูนย์และหน่วยงานที่รับผิดชอบเห็นชื่อท่าน\n"
    "• ปิดชื่อต่อหน่วยงาน: ศูนย์เห็น แต่หน่วยงานไม่เห็น\n"
    "• ไม่ประสงค์ออกนาม: ไม่มีใครได้ชื่อท่าน และไม่มีใครถามกลับได้ ใช้รหัสติดตามเรื่องเอง",
    "Who may see your name?\n"
    "• Show my name: the centre and the agency handling your case see it\n"
    "• Hide from the agency: only the centre sees it\n"
    "• Stay anonymous: nobody sees your name, and nobody can contact you. Use the code to track your case",
)
_NAME = BilingualText("ชื่อและนามสกุลของท่าน", "Your first and last name")
_NAME_TOO_LONG = BilingualText(
    f"ชื่อยาวเกิน {MAX_NOTE_CHARS} ตัวอักษร", f"The name has more than {MAX_NOTE_CHARS} characters"
)
_PHONE = BilingualText("เบอร์โทรศัพท์ที่เจ้าหน้าที่ติดต่อได้", "A phone number at which an officer can reach you")
_BAD_PHONE = BilingualText(
    "เบอร์โทรศัพท์ในไทยมี 10 หลัก (มือถือ) หรือ 9 หลัก (บ้าน) และขึ้นต้นด้วย 0",
    "A Thai phone number has 10 digits (mobile) or 9 (fixed line) and begins with 0",
)
_CONSENT = BilingualText("ท่านต้องการให้แจ้งความคืบหน้าทาง LINE หรือไม่", "Shall we tell you on LINE when your case moves on?")
_PLEASE_CHOOSE = BilingualText("โปรดเลือกจากปุ่มด้านล่าง หรือพิมพ์ตามชื่อปุ่ม", "Please use a button below, or type its name")
_ACCEPT = Choice(BilingualText("รับทราบ เริ่มเลย", "I understand, start"), "accept")


@dataclass(frozen=True)
class _FilingStep:
    """`receive` stores an answer in the draft, or says why it cannot."""

    is_done: Callable[[Turn, Draft], bool]
    prompt: Callable[[Turn, Draft], None]
    receive: Callable[[Turn, Draft], None]


def begin_filing(turn: Turn) -> None:
    """A new complaint: the privacy notice first."""
    turn.content.draft = Draft()
    turn.files.delete()
    continue_filing(turn)


def take_filing_message(turn: Turn) -> None:
    """The answer to the present question, then the next one."""
    draft = turn.content.draft
    if draft is None:  # its time is over
        begin_filing(turn)
        return
    if turn.content.step is Step.CHECK:
        take_check(turn, draft)
        if turn.content.draft is None or turn.texts:  # filed, or refused with the check shown again
            return
    else:
        _STEPS[turn.content.step].receive(turn, draft)
    continue_filing(turn)


def continue_filing(turn: Turn) -> None:
    """The question of the first step that is not done."""
    draft = turn.content.draft
    if draft is None:
        return
    for step, rules in _STEPS.items():
        if not rules.is_done(turn, draft):
            turn.content.step = step
            rules.prompt(turn, draft)
            return
    turn.content.step = Step.CHECK
    ask_check(turn, draft)


def _ask_notice(turn: Turn, draft: Draft) -> None:
    turn.say(PRIVACY_NOTICE)
    turn.offer(_ACCEPT, buttons.CANCEL)


def _take_notice(turn: Turn, draft: Draft) -> None:
    if turn.choice == _ACCEPT.data:
        draft.notice_accepted_at = turn.now
    else:
        turn.say(_PLEASE_CHOOSE)


def _ask_topic(turn: Turn, draft: Draft) -> None:
    turn.say(_TOPIC)
    turn.offer(*(Choice(facts.name, f"topic:{topic.value}") for topic, facts in TOPICS.items()), buttons.CANCEL)


def _take_topic(turn: Turn, draft: Draft) -> None:
    draft.topic = next((topic for topic in Topic if turn.choice == f"topic:{topic.value}"), None)
    if draft.topic is None:
        turn.say(_PLEASE_CHOOSE)


def _ask_naming(turn: Turn, draft: Draft) -> None:
    turn.say(_NAMING)
    turn.offer(*buttons.NAMING_CHOICES.values(), buttons.CANCEL)


def _take_naming(turn: Turn, draft: Draft) -> None:
    draft.naming = next((each for each, button in buttons.NAMING_CHOICES.items() if turn.choice == button.data), None)
    if draft.naming is None:
        turn.say(_PLEASE_CHOOSE)
    elif draft.naming is NameDisclosure.ANONYMOUS:
        draft.name = draft.phone = draft.wants_notices = None


def _ask_name(turn: Turn, draft: Draft) -> None:
    turn.say(_NAME)
    turn.offer(buttons.SKIP, buttons.CANCEL)


def _take_name(turn: Turn, draft: Draft) -> None:
    name = " ".join(turn.text.split())
    if len(name) > MAX_NOTE_CHARS:
        turn.say(_NAME_TOO_LONG)
    elif name or turn.choice == buttons.SKIP.data:
        draft.name = name


def _ask_phone(turn: Turn, draft: Draft) -> None:
    turn.say(_PHONE)
    turn.offer(buttons.SKIP, buttons.CANCEL)


def _take_phone(turn: Turn, draft: Draft) -> None:
    if turn.choice == buttons.SKIP.data:
        draft.phone = ""
        return
    try:
        draft.phone = phone.normalise(turn.text)
    except ValueError:
        turn.say(_BAD_PHONE)


def _ask_consent(turn: Turn, draft: Draft) -> None:
    turn.say(_CONSENT)
    turn.say(NOTICES_CONSENT)
    turn.offer(buttons.YES, buttons.NO, buttons.CANCEL)


def _take_consent(turn: Turn, draft: Draft) -> None:
    if turn.choice in (buttons.YES.data, buttons.NO.data):
        draft.wants_notices = turn.choice == buttons.YES.data
    else:
        turn.say(_PLEASE_CHOOSE)


def _is_nobody(draft: Draft) -> bool:
    return draft.naming is NameDisclosure.ANONYMOUS


def _needs_no_consent(turn: Turn, draft: Draft) -> bool:
    if draft.wants_notices is not None or _is_nobody(draft):
        return True
    return NoticeChannel.LINE not in routes.working_channels(turn.chat.route.centre)


_STEPS: Mapping[Step, _FilingStep] = {
    Step.NOTICE: _FilingStep(lambda _, draft: draft.notice_accepted_at is not None, _ask_notice, _take_notice),
    Step.TOPIC: _FilingStep(lambda _, draft: draft.topic is not None, _ask_topic, _take_topic),
    Step.PLACE: _FilingStep(lambda _, draft: draft.area is not None, ask_place, take_place),
    Step.STORY: _FilingStep(lambda _, draft: draft.is_story_done, ask_story, take_story),
    Step.NAMING: _FilingStep(lambda _, draft: draft.naming is not None, _ask_naming, _take_naming),
    Step.NAME: _FilingStep(lambda _, draft: draft.name is not None or _is_nobody(draft), _ask_name, _take_name),
    Step.PHONE: _FilingStep(lambda _, draft: draft.phone is not None or _is_nobody(draft), _ask_phone, _take_phone),
    Step.CONSENT: _FilingStep(_needs_no_consent, _ask_consent, _take_consent),
}
FILING_STEPS = frozenset({*_STEPS, Step.CHECK})
