"""Articles for officers: drafts and published versions, reviews, the search, and what the page of a case suggests."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from central.cases import clock
from central.cases.errors import NotAllowedError
from central.centres.models import Centre, Officer
from central.knowledge import commands
from central.knowledge.commands import ArticleContent
from central.knowledge.finding import find_articles, suggest_articles
from central.knowledge.models import Article, ArticleVersion
from central.knowledge.reading import articles_for
from central.knowledge.standard_articles import STANDARD_ARTICLES, add_standard_articles
from central.people.roles import Role
from protocol.topics import Topic
from tests.unit.central.factories import create_case, create_officer_with
from tests.unit.central.page_text import page_text

FORM: dict[str, Any] = {
    "centre": "khonkaen",
    "title": "ไฟฟ้าดับ ติดต่อใคร",
    "text": "การไฟฟ้าส่วนภูมิภาครับแจ้งตลอดวัน",
    "contacts": "การไฟฟ้า 1129\n\n  เทศบาลตัวอย่าง 043 000 000",
    "topics": ["utilities"],
    "keywords": "ไฟดับ, หม้อแปลง",
    "reviewed_on": "2026-11-01",
}


def sign_in(centre: Centre, role: Role) -> Client:
    client = Client()
    client.force_login(create_officer_with(centre, role))
    return client


@pytest.fixture
def head(khonkaen: Centre) -> Officer:
    return create_officer_with(khonkaen, Role.DIRECTOR)


def published(officer: Officer, centre: Centre, title: str, text: str = "เนื้อหา", **fields: Any) -> Article:
    content = ArticleContent(title, text, **{"reviewed_on": clock.today(), **fields})
    article = commands.create_article(officer, centre, content)
    commands.publish(officer, article, 1)
    article.refresh_from_db()
    return article


def test_a_draft_is_written_by_one_officer_and_published_by_another(khonkaen: Centre) -> None:
    writer, head, reader = (sign_in(khonkaen, role) for role in (Role.CASE_OFFICER, Role.DIRECTOR, Role.INTAKE))
    assert writer.post("/desk/knowledge/new", FORM).status_code == 302
    article = Article.objects.get()
    page = f"/desk/knowledge/{article.pk}"
    assert article.newest is not None and article.newest.contacts == "การไฟฟ้า 1129\nเทศบาลตัวอย่าง 043 000 000"
    assert reader.get(page).status_code == 404, "a draft"
    assert FORM["title"] not in page_text(reader.get("/desk/knowledge"))
    refused = writer.post(page, {"step": "publish", "seen": 1})
    assert (refused.status_code, "ไม่มีสิทธิ์" in page_text(refused)) == (409, True)
    assert 'value="publish"' not in page_text(writer.get(page))
    assert head.post(page, {"step": "publish", "seen": 1}).status_code == 302
    shown = page_text(reader.get(page))
    assert ("เทศบาลตัวอย่าง 043 000 000" in shown, 'id="versions"' in shown) == (True, False)
    assert writer.post(f"{page}/edit", FORM | {"seen": "1", "text": "ข้อความใหม่"}).status_code == 302
    assert "ข้อความใหม่" not in page_text(reader.get(page)), "officers read what is published"
    assert "ข้อความใหม่" in page_text(writer.get(page))
    assert FORM["text"] in page_text(writer.get(f"{page}?version=1"))
    assert head.post(page, {"step": "delete", "seen": 2}).status_code == 409, "published"
    assert head.post(page, {"step": "withdraw"}).status_code == 302
    assert reader.get(page).status_code == 404
    assert head.post(page, {"step": "delete", "seen": 2}).status_code == 302
    assert not ArticleVersion.objects.exists()


def test_each_saving_is_a_version_with_who_made_it(head: Officer, khonkaen: Centre) -> None:
    article = published(head, khonkaen, "หนึ่ง")
    other = create_officer_with(khonkaen, Role.CASE_OFFICER)
    changed = ArticleContent("สอง", "เนื้อหา", clock.today())
    commands.change_article(other, article, 1, changed)
    commands.change_article(other, article, 2, changed)  # nothing is changed: no version
    versions = article.versions.order_by("number").values_list("number", "title", "saved_by")
    assert list(versions) == [(1, "หนึ่ง", head.pk), (2, "สอง", other.pk)]
    with pytest.raises(NotAllowedError, match="has changed"):
        commands.change_article(head, article, 1, ArticleContent("สาม", "เนื้อหา", clock.today()))
    with pytest.raises(NotAllowedError, match="has changed"):
        commands.publish(head, article, 1)


def test_articles_belong_to_a_centre_and_are_read_below_it(
    ministry: Centre, khonkaen: Centre, phayao: Centre, head: Officer
) -> None:
    national = published(create_officer_with(ministry, Role.ADMINISTRATOR), ministry, "ทั้งประเทศ")
    published(create_officer_with(phayao, Role.DIRECTOR), phayao, "ของพะเยา")
    page = page_text(sign_in(khonkaen, Role.INTAKE).get("/desk/knowledge"))
    assert ("ทั้งประเทศ" in page, "ของพะเยา" in page) == (True, False)
    with pytest.raises(NotAllowedError):
        commands.create_article(head, ministry, ArticleContent("x", "y", clock.today()))
    for step in (commands.withdraw, commands.delete_article):
        with pytest.raises(NotAllowedError):
            step(head, national)
    for role, status in ((Role.TECHNICIAN, 403), (Role.ADMINISTRATOR, 200), (Role.AUDITOR, 200)):
        assert sign_in(khonkaen, role).get("/desk/knowledge").status_code == status
    assert sign_in(khonkaen, Role.INTAKE).get("/desk/knowledge/new").status_code == 403
    for client in (sign_in(khonkaen, Role.DIRECTOR), sign_in(khonkaen, Role.INTAKE)):
        assert client.get(f"/desk/knowledge/{national.pk}/edit").status_code == 404
        assert client.post(f"/desk/knowledge/{national.pk}/edit", FORM | {"seen": "1"}).status_code == 404


@pytest.mark.parametrize(
    "change",
    [
        {"title": " "},
        {"text": ""},
        {"topics": ["no-topic"]},
        {"text": "ก" * 10_001},
        {"reviewed_on": ""},
        {"reviewed_on": "2999-01-01"},
        {"valid_until": "31-31-2569"},
        {"centre": "phayao"},
    ],
)
def test_a_wrong_article_is_refused_and_what_was_typed_stays(
    khonkaen: Centre, phayao: Centre, change: dict[str, Any]
) -> None:
    refused = sign_in(khonkaen, Role.CASE_OFFICER).post("/desk/knowledge/new", FORM | change)
    assert (refused.status_code, 'id="error"' in page_text(refused)) == (409, True)
    assert "หม้อแปลง" in page_text(refused)
    assert not Article.objects.exists()


def test_outdated_articles_are_marked_and_listed_for_review(khonkaen: Centre, head: Officer) -> None:
    today = clock.today()
    old = published(head, khonkaen, "ทบทวนนานแล้ว", reviewed_on=today - timedelta(days=366))
    expired = published(head, khonkaen, "หมดอายุแล้ว", valid_until=today - timedelta(days=1))
    current = published(head, khonkaen, "ยังใหม่", valid_until=today, reviewed_on=today - timedelta(days=365))
    client = sign_in(khonkaen, Role.DIRECTOR)
    listed = page_text(client.get("/desk/knowledge?review=1"))
    titles = [article.newest.title for article in (old, expired, current) if article.newest]
    assert [title in listed for title in titles] == [True, True, False]
    assert "ควรทบทวน" in page_text(client.get(f"/desk/knowledge/{old.pk}"))
    assert "พ้นวันที่ใช้ได้" in page_text(client.get(f"/desk/knowledge/{expired.pk}"))
    assert 'id="to-review"' not in page_text(sign_in(khonkaen, Role.INTAKE).get("/desk/knowledge"))
    assert client.post(f"/desk/knowledge/{old.pk}", {"step": "review", "seen": 1}).status_code == 302
    refused = client.post(f"/desk/knowledge/{expired.pk}", {"step": "review", "seen": 1})
    assert (refused.status_code, "แก้ไขวันที่" in page_text(refused)) == (409, True)
    old.refresh_from_db()
    assert old.published is not None and (old.published.number, old.published.reviewed_on) == (2, today)
    assert not articles_for(khonkaen, today).filter(article=expired).exists()


@pytest.fixture
def first_set(khonkaen: Centre, head: Officer) -> list[ArticleVersion]:
    add_standard_articles(khonkaen, head)
    return list(articles_for(khonkaen, date(2026, 11, 30)))


@pytest.mark.parametrize(
    ("question", "title"),
    [
        ("ไฟถนนดับ", "ไฟฟ้า ประปา ถนน"),
        ("ทวงหนี้", "หนี้นอกระบบ"),
        ("1129", "ไฟฟ้า ประปา ถนน"),
        ("๑๓๐๔", "บุกรุกที่สาธารณประโยชน์"),
        ("ดอกเบี้ยย", "หนี้นอกระบบ"),
        ("ค่าแรง นายจ้าง", "ลูกจ้างไม่ได้ค่าจ้าง"),
    ],
)
def test_articles_are_found_by_words(first_set: list[ArticleVersion], question: str, title: str) -> None:
    best = find_articles(first_set, question)
    assert best and best[0].title.startswith(title), [version.title for version in best]


def test_nothing_is_found_for_words_that_no_article_has(first_set: list[ArticleVersion]) -> None:
    assert [find_articles(first_set, text) for text in ("", "และ", "จักรวาล")] == [[], [], []]


@pytest.mark.parametrize(
    ("topic", "text", "title"),
    [
        ("debt", "นายทุนข่มขู่และคิดดอกเบี้ยวันละร้อย", "หนี้นอกระบบ"),
        ("unsure", "โรงงานปล่อยกลิ่นเหม็นและควันทุกคืน", "เหตุรำคาญ"),
        ("other", "นายจ้างค้างค่าจ้างสองเดือนแล้วเลิกจ้าง", "ลูกจ้างไม่ได้ค่าจ้าง"),
        ("utilities", "", "ไฟฟ้า ประปา ถนน"),
    ],
)
def test_articles_are_suggested_by_topic_and_words(
    first_set: list[ArticleVersion], topic: str, text: str, title: str
) -> None:
    suggestions = suggest_articles(first_set, topic, text)
    assert suggestions[0].version.title.startswith(title)
    assert len(suggestions) <= 3
    assert suggestions[0].has_topic == (topic in suggestions[0].version.topics)
    assert not text or suggestions[0].words
    assert suggest_articles(first_set, "unsure", "เรื่องทั่วไป ขอบคุณ") == []


def test_the_page_of_a_case_shows_the_articles_with_their_reason(khonkaen: Centre, head: Officer) -> None:
    client = sign_in(khonkaen, Role.INTAKE)
    case = create_case(khonkaen, topic="debt", text="นายทุนข่มขู่และคิดดอกเบี้ยวันละร้อย")
    address = f"/desk/cases/{case.case_number}"
    assert 'id="suggested-articles"' not in page_text(client.get(address))
    with CaptureQueriesContext(connection) as without:
        client.get(address)
    add_standard_articles(khonkaen, head)
    with CaptureQueriesContext(connection) as with_articles:
        page = page_text(client.get(address))
    section = page.partition('id="suggested-articles"')[2].partition("</section>")[0]
    assert "หนี้นอกระบบและการทวงหนี้" in section and "1359" in section
    assert "ประเภทเรื่องเดียวกัน · มีคำว่า" in section and "“ดอกเบี้ย”" in section
    assert len(with_articles) == len(without), "the number of queries does not grow with the articles"


def test_the_search_is_posted_and_in_no_address(khonkaen: Centre, first_set: list[ArticleVersion]) -> None:
    client = sign_in(khonkaen, Role.INTAKE)
    with CaptureQueriesContext(connection) as captured:
        page = page_text(client.post("/desk/knowledge", {"words": "ทวงหนี้"}))
    memberships = [query for query in captured if 'FROM "centres_membership"' in query["sql"]]
    assert len(memberships) < len(first_set), "the permission of each article is read from memory"
    assert ("หนี้นอกระบบและการทวงหนี้" in page, "บุกรุกที่สาธารณประโยชน์" in page) == (True, False)
    shown = page_text(client.get("/desk/knowledge?topic=land"))
    assert ("หนี้นอกระบบและการทวงหนี้" in shown, "บุกรุกที่สาธารณประโยชน์" in shown) == (False, True)


def test_the_first_set_is_offered_to_a_centre_without_articles_once(khonkaen: Centre, phayao: Centre) -> None:
    client = sign_in(khonkaen, Role.ADMINISTRATOR)
    assert 'id="first-articles"' in page_text(client.get("/desk/knowledge"))
    assert client.post("/desk/knowledge/first", {"centre": "phayao"}).status_code == 404
    assert sign_in(khonkaen, Role.CASE_OFFICER).post("/desk/knowledge/first", {"centre": "khonkaen"}).status_code == 404
    for _ in range(2):
        assert client.post("/desk/knowledge/first", {"centre": "khonkaen"}).status_code == 302
    assert Article.objects.count() == len(STANDARD_ARTICLES)
    assert 'id="first-articles"' not in page_text(client.get("/desk/knowledge"))
    topics = {topic for content in STANDARD_ARTICLES for topic in content.topics}
    assert topics == {topic.value for topic in Topic} - {Topic.UNSURE.value}, "an article for each topic"
    assert 8 <= len(STANDARD_ARTICLES) <= 12 and all(c.reviewed_on <= timezone.localdate() for c in STANDARD_ARTICLES)
