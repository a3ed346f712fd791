"""A generated corpus for the benchmark of duplicates: matters of a province, reported once or several times.

A *matter* is one incident: a respondent, a place, a day, what happened. It is reported by one citizen again or by
several citizens, each time typed anew: Thai or Arabic digits, other spaces, one sign wrong, the surname first, an
abbreviation, other sentences. Cases of one matter are duplicates; everything else is not, also two matters of one
citizen or about one respondent. The tuned and the held-out corpus have different seeds, names and sentences."""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from tests.bench._search_matters import BACKGROUND, HELD_OUT, OPENINGS, TUNED, Matter
from thai.numerals import to_thai


def _words(text: str) -> list[str]:
    return text.split()


_FIRST = {
    "tuned": _words("สมชาย มาลี บุญมา ประยูร วิไล สมบัติ จันทร์เพ็ญ ธนพล รัตนา สุรชัย อรทัย ไพโรจน์ กมลชนก วิเชียร ดวงใจ"),
    "held out": _words("อนุชา พรทิพย์ เกรียงไกร สายสุนีย์ ทองใบ ปราณี ณัฐวุฒิ ลำดวน ชาญชัย นงนุช สิทธิพล อัมพร มนตรี เพ็ญศรี คำแพง"),
}
_LAST = {
    "tuned": _words("ใจกล้า แก้วใส ใจดี ศรีสุข ทองดี พรมมา แสนสุข วงศ์คำ บุญเรือง จันทร์หอม สีหาราช ภูมิใจ นาคำ โคตรสมบัติ"),
    "held out": _words("พันธ์ดี มูลตรี สว่างวงษ์ คำภูมี ไชยราช หาญกล้า แสงอรุณ ปัญญาดี ศรีวิเศษ ทะสา ลุนสะแกวงษ์ จำปาทอง อินทร์แปลง ผลบุญ"),
}
_SHOPS = {
    "tuned": _words("ลาบยายนาง อู่ช่างเล็ก โรงสีเจริญผล ฟ้าใสก่อสร้าง คาราโอเกะแสงจันทร์ ขอนแก่นคอนกรีต ฟาร์มหมูสุขใจ เงินด่วนทันใจ "),
    "held out": _words("ครัวริมบึง อู่ทวีทรัพย์ โรงโม่ศิลาทอง รุ่งเรืองพลาสติก ผับเมืองใหม่ มิตรภาพค้าไม้ ฟาร์มไก่พูนผล สินเชื่อสบายใจ "),
}
_AREAS = ["400101", "400107", "400110", "400201", "400203", "400301", "400502", "400701", "401001", "401202"]
_TOPICS = ["utilities", "land", "environment", "debt", "safety"]
_ROADS = _words("มิตรภาพ ศรีจันทร์ หน้าเมือง กลางเมือง ประชาสโมสร มะลิวัลย์ รอบบึง อำมาตย์")
_THAI_SIGNS = [chr(code) for code in range(0x0E01, 0x0E2F)]
_PEOPLE, _RESPONDENTS = 0.4, 0.2  # of the number of matters: some have several
_AGAIN = (0.75, 0.17, 0.06, 0.02)  # of matters are reported once, twice, three and five times
_TIMES = (1, 2, 3, 5)
_ADDED = ["ขอให้แก้ไขโดยเร็ว", "เดือดร้อนมาก", "แจ้งแล้วยังไม่มีใครมาดู", "เคยร้องเรียนมาก่อน", "ชาวบ้านหลายคนเดือดร้อน", "โปรดช่วยด้วย"]


@dataclass(frozen=True)
class Person:
    """An invented citizen."""

    first: str
    last: str
    phone: str
    citizen_id: str
    birth_date: str


@dataclass(frozen=True)
class Respondent:
    """The respondent of matters. `kind` is a RespondentType."""

    kind: str
    name: str


@dataclass(frozen=True)
class Report:
    """One case of the corpus. Cases with the same `matter` are duplicates. `respondent_kind` is '' for an agency too,
    which is no reason by itself: a municipality has hundreds of cases."""

    matter: int
    respondent_id: int  # -1: nobody
    respondent_kind: str
    person_id: int
    text: str = field(repr=False)
    topic: str
    area: str
    filed_at: datetime
    about: str
    about_note: str
    name: str
    phone: str
    citizen_id: str
    birth_date: str


def corpus(split: str, matter_count: int, now: datetime, days: int = 730) -> list[Report]:
    """The reports of so many matters of `split` ('tuned' or 'held out') over the last `days`."""
    chance = random.Random(f"duplicates {split}")
    people = [_person(split, chance) for _ in range(max(2, int(matter_count * _PEOPLE)))]
    respondents = [_respondent(split, chance) for _ in range(max(2, int(matter_count * _RESPONDENTS)))]
    stories = TUNED if split == "tuned" else HELD_OUT
    reports: list[Report] = []
    for matter in range(matter_count):
        reports += _reports(matter, chance, people, respondents, stories, now, days)
    chance.shuffle(reports)
    return reports


def _reports(
    matter: int,
    chance: random.Random,
    people: Sequence[Person],
    respondents: Sequence[Respondent],
    stories: Sequence[Matter],
    now: datetime,
    days: int,
) -> list[Report]:
    subject = chance.choice(stories)
    sentence, area, topic = chance.choice(subject.stories), chance.choice(_AREAS), chance.choice(_TOPICS)
    respondent_id = chance.randrange(len(respondents)) if chance.random() < 0.55 else -1
    respondent = respondents[respondent_id] if respondent_id >= 0 else None
    house = f"{chance.randrange(1, 400)}/{chance.randrange(1, 40)}"
    place = f"ถนน{chance.choice(_ROADS)} หมู่ {chance.randrange(1, 15)} ใกล้บ้านเลขที่ {house}"
    details = [sentence, chance.choice(BACKGROUND), place]
    first_at = now - timedelta(days=chance.uniform(1, days))
    count = chance.choices(_TIMES, _AGAIN)[0]
    is_same_person = chance.random() < 0.6
    reporter = chance.randrange(len(people))
    made = []
    for number in range(count):
        person_id = reporter if is_same_person or number == 0 else chance.randrange(len(people))
        other_words = chance.random() < 0.25 and number > 0
        statements = [chance.choice(subject.stories) if other_words else sentence, *details[1:]]
        made.append(_report(matter, respondent_id, person_id, people[person_id], respondent, statements, area, topic,
                            first_at + timedelta(days=chance.uniform(0, 20) * number), chance))  # fmt: skip
    return made


def _report(
    matter: int,
    respondent_id: int,
    person_id: int,
    person: Person,
    respondent: Respondent | None,
    statements: Sequence[str],
    area: str,
    topic: str,
    at: datetime,
    chance: random.Random,
) -> Report:
    sentences = [chance.choice(OPENINGS), *statements, *chance.sample(_ADDED, 2)]
    if chance.random() < 0.3:
        sentences = [sentences[0], *chance.sample(sentences[1:], len(sentences) - 1)]
    is_in_text = respondent is not None and respondent.kind == "vehicle" and chance.random() < 0.5
    if respondent and is_in_text:
        sentences.insert(1, f"รถทะเบียน {_varied(respondent, chance)}")
    text = _typed(" ".join(sentences), chance, errors=chance.choice((0, 0, 1, 2, 3)))
    is_named = chance.random() < 0.7 and respondent is not None
    from_chip = chance.random() < 0.4
    return Report(
        matter, respondent_id if is_named or is_in_text else -1,
        respondent.kind if respondent and respondent.kind != "agency" else "", person_id, text, topic, area, at,
        about=("official" if respondent.kind == "agency" else "person") if is_named and respondent else "nobody",
        about_note=_varied(respondent, chance) if is_named and respondent else "",
        name=f"{person.first} {person.last}",
        phone=person.phone if chance.random() < 0.75 else "",
        citizen_id=person.citizen_id if from_chip else "",
        birth_date=person.birth_date if from_chip else "",
    )  # fmt: skip


def _person(split: str, chance: random.Random) -> Person:
    return Person(
        chance.choice(_FIRST[split]), chance.choice(_LAST[split]), f"08{chance.randrange(10**8):08d}",
        f"9{chance.randrange(10**12):012d}", f"{chance.randrange(2480, 2548)}{chance.randrange(1, 13):02d}15",
    )  # fmt: skip


def _respondent(split: str, chance: random.Random) -> Respondent:
    kind = chance.choices(("person", "agency", "shop", "vehicle", "place"), (40, 20, 20, 12, 8))[0]
    made: dict[str, Callable[[], str]] = {
        "person": lambda: f"{chance.choice(_FIRST[split])} {chance.choice(_LAST[split])}",
        "agency": lambda: f"องค์การบริหารส่วนตำบล{chance.choice(_LAST[split])}",
        "shop": lambda: f"{chance.choice(_SHOPS[split])} {chance.choice(_LAST[split])}",
        "vehicle": lambda: f"{chance.choice('กขคงจฉชฌญ')}{chance.choice('กขคงจฉชฌญ')} {chance.randrange(10, 9999)}",
        "place": lambda: f"{chance.randrange(1, 400)}/{chance.randrange(1, 60)} หมู่ {chance.randrange(1, 15)}",
    }
    return Respondent(kind, made[kind]())


def _varied(respondent: Respondent, chance: random.Random) -> str:
    """The respondent as somebody types it."""
    name = respondent.name
    match respondent.kind:
        case "person":
            first, last = name.split(" ", 1)
            name = chance.choice((f"{first} {last}", f"{first} {last}", f"{first}{last}", f"{last} {first}"))
            name = chance.choice(("นาย", "นาย ", "", "ร.ต.อ.", "คุณ")) + name
        case "agency":
            name = chance.choice((name, name.replace("องค์การบริหารส่วนตำบล", "อบต."), f"{name} อ.เมือง จ.ขอนแก่น"))
        case "shop":
            name = chance.choice(("ร้าน", "บริษัท ", "หจก.", "ร้าน ")) + chance.choice((name, name.replace(" ", "")))
            name += chance.choice(("", "", " จำกัด"))
        case "vehicle":
            letters, digits = name.split(" ")
            name = f"ทะเบียน {letters}{chance.choice((' ', '', '-'))}{digits}{chance.choice(('', ' ขอนแก่น'))}"
        case "place":
            house, village = name.split(" หมู่ ")
            name = f"บ้านเลขที่ {house} {chance.choice(('หมู่ ', 'ม.', 'หมู่ที่ '))}{village}"
    if chance.random() < 0.3:
        name = to_thai(name)
    is_mistyped = respondent.kind in ("person", "shop", "agency") and chance.random() < 0.15
    return _typed(name, chance, errors=1) if is_mistyped else name


def _typed(text: str, chance: random.Random, errors: int) -> str:
    for _ in range(errors):
        at = chance.randrange(len(text))
        if text[at] in _THAI_SIGNS:
            text = text[:at] + chance.choice(("", text[at] * 2, chance.choice(_THAI_SIGNS))) + text[at + 1 :]
    if chance.random() < 0.2:
        text = to_thai(text)
    if chance.random() < 0.15:
        text = text.replace(" ", "")
    return text
