"""The model of topics learns from closed cases, is judged on others, and keeps no text, name or number of them."""

import json
import random
from uuid import uuid4

import pytest

from central.cases.models import Case, Complainant
from central.centres.models import Centre
from central.insight.models import TopicModel
from central.insight.topic_training import MIN_CASES, TooFewCasesError, fit_topics, train_topic_model
from tests.unit.central.factories import create_case

STORIES = {
    "utilities": ("ไฟฟ้าดับทุกคืน", "น้ำประปาไม่ไหล", "ถนนเป็นหลุมบ่อ"),
    "land": ("บุกรุกที่ดินสาธารณะ", "แนวเขตที่ดินไม่ตรงโฉนด", "ปิดทางเข้าที่ดิน"),
    "environment": ("โรงงานปล่อยน้ำเสีย", "กลิ่นเหม็นจากฟาร์มหมู", "ควันจากการเผาขยะ"),
}
NAME, RARE = "ประเสริฐ", "ไดโนเสาร์"


def _rows(count: int) -> tuple[list[str], list[str]]:
    chance = random.Random(5)
    topics = [chance.choice(list(STORIES)) for _ in range(count)]
    texts = [f"{chance.choice(STORIES[topic])} {chance.choice(STORIES[topic])} {NAME} 0812345678" for topic in topics]
    texts[0] += f" {RARE}"
    return texts, topics


def test_a_model_is_better_than_always_naming_the_most_frequent_topic() -> None:
    texts, topics = _rows(400)
    model = fit_topics(texts, topics)
    assert model.accuracy > 0.95 > 0.45 > model.baseline
    assert (model.case_count, model.tested_count) == (400, 80)


def test_topics_that_no_text_tells_apart_are_not_suggested(khonkaen: Centre) -> None:
    texts, topics = _rows(400)
    random.Random(6).shuffle(topics)
    model = fit_topics(texts, topics)
    assert model.accuracy < 0.5, "the accuracy is that of cases that were held out"


def test_the_model_has_no_name_no_number_and_no_rare_word() -> None:
    texts, topics = _rows(400)
    assert NAME in fit_topics(texts, topics).words, "every case has it"
    model = fit_topics(texts, topics, {NAME})
    content = json.dumps(model.words, ensure_ascii=False)
    assert NAME not in content
    assert "0812" not in content
    assert RARE not in content
    for word in model.words:
        assert sum(word in text for text in texts) >= MIN_CASES


def test_too_few_cases_are_refused() -> None:
    texts, topics = _rows(60)
    with pytest.raises(TooFewCasesError, match="60 closed cases"):
        fit_topics(texts, topics)
    with pytest.raises(TooFewCasesError, match="no word"):
        fit_topics(["12345 hello"] * 400, ["land", "help"] * 200)


def test_the_command_learns_from_closed_cases_and_leaves_their_people_out(khonkaen: Centre) -> None:
    texts, topics = _rows(260)
    with pytest.raises(TooFewCasesError):
        train_topic_model()
    own = "พิมพ์มาดา"  # three words for the segmenter
    texts = [f"{text} {own}" for text in texts]
    first = create_case(khonkaen, topic=topics[0], text=texts[0])
    Complainant.objects.create(case=first, source="typed", first_name=f"นางสาว{own}")
    fields = {name: getattr(first, name) for name in (each.attname for each in Case._meta.concrete_fields)}
    del fields["id"]
    copies = []
    for number, (text, topic) in enumerate(zip(texts, topics, strict=True)):
        keys = {"case_number": f"X{number}", "tracking_hash": str(number), "submission_id": uuid4()}
        copies.append(Case(**fields | keys | {"topic": topic, "text": text, "closed_at": first.received_at}))
    Case.objects.bulk_create(copies)
    Complainant.objects.bulk_create(Complainant(case=case, source="typed", first_name=own) for case in copies)
    Case.objects.filter(case_number="X3").update(closed_at=None)
    stored = train_topic_model()
    assert stored.content["case_count"] == 259
    content = TopicModel.objects.get().content
    assert not {"พิมพ์", "มาดา", own} & content["words"].keys()
    assert "ไฟฟ้า" in content["words"]
