"""The listening: posts without authors from feeds, webhooks and files; rising topics; a post that becomes a case."""

import hashlib
import hmac
import io
import json
import threading
import time
from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from random import Random
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from central.cases import clock
from central.cases.errors import NotAllowedError
from central.cases.models import Case
from central.centres.models import Centre, Officer
from central.insight.rising import probability_of_rise
from central.insight.topic_model import Suggestion
from central.listening import commands, fetching, storing
from central.listening.commands import SourceDetails
from central.listening.feed_format import read_feed
from central.listening.fetching import FeedError, check_address, fetch, is_public
from central.listening.models import ListeningSource, SocialPost, TopicWarning
from central.listening.post_text import area_named, clean_post
from central.listening.storing import (
    ReceivedPost,
    classify_waiting,
    delete_old_posts,
    store_posts,
    store_unclassified,
)
from central.listening.watching import fetch_feed, rising_cells, warn_of_rising_topics
from central.people.roles import Role
from tests.unit.central.factories import create_officer_with
from tests.unit.central.page_text import page_text

RSS = """<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel><title>ข่าว</title>
<item><guid>a1</guid><title>น้ำประปาไม่ไหล</title><author>somchai@example.org (สมชาย ตัวอย่าง)</author>
<description>&lt;p&gt;อำเภอน้ำพอง &lt;b&gt;สามวันแล้ว&lt;/b&gt; โทร 081-234-5678 @somchai.page https://example.org/u/somchai&lt;/p&gt;</description>
<pubDate>Fri, 27 Nov 2026 20:30:00 GMT</pubDate></item></channel></rss>"""
ATOM = """<feed xmlns="http://www.w3.org/2005/Atom"><title>x</title><entry><id>t1</id><title>ไฟดับ</title>
<author><name>สมชาย</name></author><summary>ตำบลในเมือง</summary><updated>2026-11-28T01:00:00Z</updated></entry></feed>"""
JSON_FEED = json.dumps(
    {
        "version": "https://jsonfeed.org/version/1.1",
        "items": [
            {
                "id": "j1",
                "content_text": "ถนนเป็นหลุม",
                "authors": [{"name": "สมชาย"}],
                "date_published": "2026-11-28T08:00:00+07:00",
            }
        ],
    }
)
BOMB = (
    '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "' + "ก" * 1000 + '"><!ENTITY b "&a;&a;&a;">]><rss><channel/></rss>'
)


@pytest.fixture
def administrator(khonkaen: Centre) -> Officer:
    return create_officer_with(khonkaen, Role.ADMINISTRATOR)


@pytest.fixture
def source(khonkaen: Centre, administrator: Officer) -> ListeningSource:
    return commands.save_source(administrator, khonkaen, SourceDetails("file", "กลุ่มขอนแก่น"))


def desk(officer: Officer) -> Client:
    client = Client()
    client.force_login(officer)
    return client


class FeedServer:
    """A server on loopback. `answers` by path: status, headers, body."""

    def __init__(self) -> None:
        self.answers: dict[str, tuple[int, dict[str, str], bytes]] = {}
        self.paths: list[str] = []
        self.delay_s = 0.0
        server = self

        class Answer(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                server.paths.append(self.path)
                status, headers, body = server.answers.get(self.path, (404, {}, b""))
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.end_headers()
                try:
                    for at in range(0, len(body), 65_536):
                        self.wfile.write(body[at : at + 65_536])
                        time.sleep(server.delay_s)
                except OSError:
                    pass

            def log_message(self, *_: object) -> None:
                pass

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
        self.url = f"http://127.0.0.1:{self.http.server_port}"


@pytest.fixture
def server(settings: Any) -> Iterator[FeedServer]:
    settings.FEED_HOSTS = {"127.0.0.1"}
    server = FeedServer()
    thread = threading.Thread(target=server.http.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    yield server
    server.http.shutdown()
    server.http.server_close()


def test_a_feed_is_fetched_by_the_worker_once_for_each_entry(
    khonkaen: Centre, administrator: Officer, server: FeedServer
) -> None:
    server.answers["/old"] = (301, {"Location": "/feed"}, b"")
    server.answers["/feed"] = (200, {}, RSS.encode())
    feed = commands.save_source(administrator, khonkaen, SourceDetails("feed", "ข่าว", f"{server.url}/old"))
    for _ in range(2):
        fetch_feed.func(feed.pk)
    post = SocialPost.objects.get()
    assert post.published_on == date(2026, 11, 28), "half past three in Thailand"
    assert post.text == "น้ำประปาไม่ไหล\nอำเภอน้ำพอง สามวันแล้ว โทร [เบอร์โทรศัพท์] [ชื่อผู้ใช้] [ลิงก์]"
    assert post.area == "4007"
    stored = str(list(SocialPost.objects.values()))
    assert not [
        each for each in ("สมชาย", "somchai", "081", "example.org", "a1") if f"'{each}" in stored or each in post.text
    ]


@pytest.mark.parametrize("content", [RSS, ATOM, JSON_FEED], ids=["rss", "atom", "json"])
def test_every_kind_of_feed_is_read_without_its_author(content: str) -> None:
    (post,) = read_feed(content.encode())
    assert "สมชาย" not in post.text
    assert post.day in (date(2026, 11, 28),)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<html><p>x</p></html>",
        b"{",
        b"[1]",
        b'{"items": 3}',
        BOMB.encode(),
        BOMB.encode("utf-16"),
        b"[" * 100_000,
    ],
    ids=["empty", "page", "cut", "list", "no-items", "bomb", "bomb-16", "deep"],
)
def test_what_is_no_feed_is_refused(content: bytes) -> None:
    started = time.process_time()
    with pytest.raises(FeedError):
        read_feed(content)
    assert time.process_time() - started < 2


def test_too_much_too_long_and_too_far_is_not_fetched(server: FeedServer, monkeypatch: pytest.MonkeyPatch) -> None:
    server.answers["/large"] = (200, {}, b"x" * (fetching.MAX_FEED_BYTES + 1))
    server.answers["/around"] = (302, {"Location": "/around"}, b"")
    server.answers["/error"] = (500, {}, b"")
    server.answers["/file"] = (302, {"Location": "file:///etc/passwd"}, b"")
    for path, code in (("large", "too_large"), ("around", "redirects"), ("error", "refused"), ("file", "address")):
        with pytest.raises(FeedError) as refusal:
            fetch(f"{server.url}/{path}")
        assert refusal.value.code == code
    monkeypatch.setattr(fetching, "_DEADLINE_S", 0.2)
    server.answers["/slow"], server.delay_s = (200, {}, b"x" * 1_000_000), 0.1
    with pytest.raises(FeedError) as refusal:
        fetch(f"{server.url}/slow")
    assert refusal.value.code in ("too_slow", "not_reached")


def test_the_own_network_is_not_reached(server: FeedServer, settings: Any) -> None:
    settings.FEED_HOSTS = set()
    server.answers["/feed"] = (200, {}, RSS.encode())
    for host in ("127.0.0.1", "localhost"):
        with pytest.raises(FeedError) as refusal:
            fetch(f"http://{host}:{server.http.server_port}/feed")
        assert refusal.value.code == "not_public"
    settings.FEED_HOSTS = {"localhost"}
    server.answers["/feed"] = (302, {"Location": f"{server.url}/inner"}, b"")
    with pytest.raises(FeedError) as refusal:
        fetch(f"http://localhost:{server.http.server_port}/feed")
    assert refusal.value.code == "not_public", "a redirect is checked as well"
    assert server.paths == ["/feed"], "nothing was sent to a refused address"


def test_a_foreign_feed_leads_to_no_host_of_the_own_network(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.FEED_HOSTS = {"intranet.example.go.th"}
    requested: list[tuple[str, bool]] = []

    def request(url: str, *, is_own: bool) -> str:
        requested.append((url, is_own))
        return "http://intranet.example.go.th/admin"

    monkeypatch.setattr(fetching, "_request", request)
    for first in ("https://feed.example.com/a", "https://intranet.example.go.th/feed"):
        with pytest.raises(FeedError):
            fetch(first)
    assert [is_own for _, is_own in requested] == [False] * 4 + [True] * 4


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("8.8.8.8", True), ("10.0.0.1", False), ("172.16.0.1", False), ("192.168.1.1", False),
        ("169.254.169.254", False), ("0.0.0.0", False), ("100.64.0.1", False), ("::1", False), ("fe80::1%eth0", False),
        ("fd00::1", False),
        ("::ffff:127.0.0.1", False), ("224.0.0.1", False), ("2606:4700:4700::1111", True),
        ("64:ff9b::7f00:1", False), ("::7f00:1", False), ("fec0::1", False),
    ],
)  # fmt: skip
def test_addresses_of_the_internet_are_told_from_others(address: str, expected: bool) -> None:
    assert is_public(address) is expected


@pytest.mark.parametrize(
    "url", ["", "ftp://example.org", "http://", "http://user:pw@example.org", "file:///etc/passwd", "http://[", "//x"]
)
def test_an_address_that_is_no_web_address_is_refused(url: str) -> None:
    with pytest.raises(FeedError):
        check_address(url)


def test_a_post_of_spaces_is_read_at_once() -> None:
    begins = time.process_time()
    assert clean_post("ก" + 15_000 * "\u3000" + "ข") == "ก ข"
    assert time.process_time() - begins < 0.5  # 9 s when each space is tried with each other


def test_names_and_numbers_in_a_post_are_masked() -> None:
    text = clean_post(
        "คุณ @somchai_1 ทะเบียน กข 1234 บัตร 9-1002-00300-49-3 mail a@b.co www.x.org/somchai <script>x</script>"
    )
    assert not [each for each in ("somchai", "1234", "9-1002", "a@b", "script") if each in text]
    assert clean_post("ขายที่ดิน @ ขอนแก่น") == "ขายที่ดิน @ ขอนแก่น"


@pytest.mark.parametrize(
    ("text", "area"),
    [
        ("ไฟดับที่ อ.น้ำพอง", "4007"),
        ("น้ำพองน้ำท่วม", "4007"),
        ("อำเภอเมือง ตำบลบ้านเป็ด", "400115"),
        ("อ.น้ำพอง และ อ.ชุมแพ", ""),
        ("ขอนแก่นวันนี้", ""),
        ("พลเมืองดี", ""),
    ],
)
def test_the_district_of_a_post_is_what_it_names(text: str, area: str) -> None:
    assert area_named(text, "40") == area


def test_a_post_of_the_country_needs_its_province() -> None:
    assert (area_named("จังหวัดขอนแก่น อำเภอน้ำพอง", ""), area_named("อำเภอน้ำพอง", "")) == ("4007", "")


def signed(body: bytes, secret: str) -> str:
    return "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def test_a_page_posts_to_its_webhook_and_signs(khonkaen: Centre, administrator: Officer) -> None:
    hook = commands.save_source(administrator, khonkaen, SourceDetails("webhook", "เพจ"))
    address, client = f"/api/v1/listening/{hook.token}", Client()
    value = {
        "from": {"name": "สมชาย", "id": "7"},
        "message": "ถนนเป็นหลุม",
        "post_id": "p1",
        "verb": "add",
        "created_time": 1795800000,
    }
    body = json.dumps({"object": "page", "entry": [{"changes": [{"field": "feed", "value": value}]}]}).encode()
    headers: dict[str, Any] = {"HTTP_X_HUB_SIGNATURE_256": signed(body, "")}
    post: dict[str, Any] = {"content_type": "application/json"}
    assert client.post(address, body, **post, **headers).status_code == 401, "without a secret nothing is accepted"
    secret = commands.new_secret(administrator, hook)
    assert client.post(address, body, **post).status_code == 401
    assert client.post(address, body + b" ", **post, HTTP_X_HUB_SIGNATURE_256=signed(body, secret)).status_code == 401
    for _ in range(2):
        assert client.post(address, body, **post, HTTP_X_HUB_SIGNATURE_256=signed(body, secret)).status_code == 200
    assert [each.text for each in SocialPost.objects.all()] == ["ถนนเป็นหลุม"]
    assert client.post(address, body, **post, HTTP_X_HUB_SIGNATURE_256="sha256=\xe9").status_code == 401
    odd_post = b'{"posts": [{"id": "\\ud800", "text": "\\ud800", "published": "9999-12-31T23:00:00Z"}]}'
    for odd in (b"x", b"[]", b'{"entry": 3}', b'{"posts": [3, {"id": 1, "text": null}]}', odd_post):
        assert client.post(address, odd, **post, HTTP_X_HUB_SIGNATURE_256=signed(odd, secret)).status_code in (200, 400)
    confirm = {"hub.mode": "subscribe", "hub.verify_token": str(hook.token), "hub.challenge": "123"}
    assert client.get(address, confirm).content == b"123"
    assert client.get(address, confirm | {"hub.verify_token": "x"}).status_code == 403
    commands.save_source(administrator, khonkaen, SourceDetails("webhook", "เพจ", is_active=False), hook)
    assert client.post(address, body, **post, HTTP_X_HUB_SIGNATURE_256=signed(body, secret)).status_code == 404


def test_a_file_is_stored_and_its_bad_rows_are_named(source: ListeningSource, administrator: Officer) -> None:
    client, page = desk(administrator), f"/desk/listening/sources/{source.pk}"

    def upload(text: str) -> Any:
        file = io.BytesIO(text.encode("utf-8-sig"))
        file.name = "posts.csv"
        return client.post(page, {"step": "upload", "file": file})

    for wrong in ("author\nสมชาย", ""):
        assert upload(wrong).status_code == 409
        assert not SocialPost.objects.exists()
    today = clock.today()
    thai_day = f"{today.day}/{today.month}/{today.year + 543}"
    rows = (
        f"ข้อความ,วันที่\nไฟดับ,{today.isoformat()}\nถนนพัง,{thai_day}\nน้ำไม่ไหล,\nเก่า,2020-01-01\nไม่มีวัน,เมื่อวาน\n,{thai_day}\n"
    )
    for new, known in ((3, 0), (0, 3)):
        stored = upload(rows)
        text = page_text(stored)
        assert (stored.status_code, f"เก็บข้อความใหม่ {new} " in text) == (200, True)
        assert ("มีอยู่แล้ว 3 " in text) == bool(known)
        assert "เก่ากว่า 90 วัน 1 " in text and "ไม่มีข้อความ 1 " in text
        assert "ไม่เก็บ 1 แถวที่อ่านวันที่ไม่ได้ (แถวที่ 6)" in text
    assert SocialPost.objects.filter(is_classified=False, published_on=today).count() == 3
    assert 'id="waiting"' in page_text(client.get(page))


def test_posts_of_a_file_get_their_topic_and_place_by_the_job(source: ListeningSource) -> None:
    texts = [f"ไฟถนนดับ ตำบลน้ำพอง อำเภอน้ำพอง ครั้งที่ {number}" for number in range(450)]
    posts = [ReceivedPost(str(number), text, None) for number, text in enumerate(texts)]
    assert store_unclassified(source, posts, timezone.now()).new == 450
    assert not SocialPost.objects.exclude(area="").exists()
    filed = SocialPost.objects.latest("pk")
    SocialPost.objects.filter(pk=filed.pk).update(state=SocialPost.State.DISMISSED)
    assert classify_waiting(timezone.now()) == 450
    assert SocialPost.objects.filter(area="400701", is_classified=True).count() == 450
    filed.refresh_from_db()
    assert filed.state == SocialPost.State.DISMISSED
    assert classify_waiting(timezone.now()) == 0


def add_posts(source: ListeningSource, days_ago: int, topic: str, area: str, count: int = 1) -> None:
    now = timezone.now()
    for _ in range(count):
        SocialPost.objects.create(
            source=source, content_hash=str(SocialPost.objects.count()), text="x", received_at=now, topic=topic,
            area=area, published_on=clock.today() - timedelta(days=days_ago),
        )  # fmt: skip


def test_a_rising_topic_raises_one_warning(source: ListeningSource) -> None:
    for week in range(1, 9):
        add_posts(source, 7 * week + 3, "utilities", "400701")
        add_posts(source, 7 * week + 3, "land", "4001", 6)
    add_posts(source, 3, "utilities", "400702", 9)
    add_posts(source, 3, "land", "4001", 7)
    add_posts(source, 3, "safety", "4003", 4)  # new, and few
    for _ in range(2):
        warn_of_rising_topics(timezone.now())
    warning = TopicWarning.objects.get()
    assert (warning.district, warning.topic, warning.count, warning.weekly_mean) == ("4007", "utilities", 9, 1.0)


def test_a_new_source_raises_no_warning(source: ListeningSource) -> None:
    add_posts(source, 20, "utilities", "4007")
    add_posts(source, 3, "utilities", "4007", 20)
    warn_of_rising_topics(timezone.now())
    assert not TopicWarning.objects.exists()


def poisson(mean: float, random: Random) -> int:
    count, product, limit = 0, random.random(), 2.718281828459045**-mean
    while product > limit:
        count, product = count + 1, product * random.random()
    return count


def test_generated_posts_without_a_rise_raise_few_warnings_and_a_rise_is_noticed() -> None:
    random, false_days, noticed, days = Random(5), 0, 0, 200
    cells = {
        (f"40{district:02}", topic): random.choice((0.2, 1.0, 4.0)) for district in range(1, 27) for topic in "abcde"
    }
    for _ in range(days):
        before = Counter({cell: poisson(8 * mean, random) for cell, mean in cells.items()})
        recent = Counter({cell: poisson(mean, random) for cell, mean in cells.items()})
        false_days += bool(rising_cells(+recent, +before, 8))
        rising = next(cell for cell, mean in cells.items() if mean == 4.0)
        recent[rising] = poisson(20.0, random)
        noticed += rising in rising_cells(+recent, +before, 8)
    assert false_days <= 0.05 * days, "at most one day in twenty"
    assert noticed >= 0.8 * days, "five times as many, on four days of five"


def test_the_probability_is_that_of_the_exact_test() -> None:
    # 1 - binom.cdf(4, 5, 1/9) and 1 - binom.cdf(8, 17, 1/9)
    assert probability_of_rise(5, 0, 8) == pytest.approx((1 / 9) ** 5)
    assert probability_of_rise(9, 8, 8) == pytest.approx(2.66e-05, rel=0.02)
    assert probability_of_rise(0, 9, 8) == 1.0


def test_posts_are_classified_by_the_topic_model(source: ListeningSource, monkeypatch: pytest.MonkeyPatch) -> None:
    suggestions = iter([Suggestion("land", 0.9, ()), Suggestion("debt", 0.4, ()), None])
    monkeypatch.setattr(storing, "suggest_for_text", lambda text: next(suggestions))
    store_posts(source, [ReceivedPost(str(number), f"ข้อความ {number}", None) for number in range(3)], timezone.now())
    assert sorted(SocialPost.objects.values_list("topic", flat=True)) == ["", "", "land"]


def test_a_post_becomes_a_case_by_hand_only(khonkaen: Centre, source: ListeningSource) -> None:
    store_posts(source, [ReceivedPost("1", "ไฟถนนดับ ตำบลน้ำพอง อำเภอน้ำพอง", None)], timezone.now())
    post = SocialPost.objects.get()
    assert not Case.objects.exists()
    client = desk(create_officer_with(khonkaen, Role.INTAKE))
    assert f"/desk/file?post={post.pk}" in page_text(client.get("/desk/listening"))
    page = page_text(client.get(f"/desk/file?post={post.pk}"))
    assert ('id="from-post"' in page, "ไฟถนนดับ" in page) == (True, True)
    fields = {
        "key": str(post.key), "post": post.pk, "notice_given": "nobody", "channel": "social_media",
        "naming": "anonymous",
        "topic": "utilities", "nature": "complaint", "about": "nobody", "for_whom": "self", "place": post.area,
        "text": post.text,
    }  # fmt: skip
    for _ in range(2):
        assert client.post("/desk/file", fields).status_code == 200
    case = Case.objects.get()
    post.refresh_from_db()
    assert (case.channel, case.area, post.state, post.case) == ("social_media", post.area, "filed", case)
    assert "ไฟถนนดับ" not in page_text(client.get("/desk/listening"))


def test_who_files_elsewhere_files_no_post_of_this_centre(
    khonkaen: Centre, phayao: Centre, source: ListeningSource
) -> None:
    store_posts(source, [ReceivedPost("1", "ไฟถนนดับ", None)], timezone.now())
    post, officer = SocialPost.objects.get(), create_officer_with(khonkaen, Role.AUDITOR)
    officer.memberships.create(centre=phayao, role=Role.INTAKE.value)
    client = desk(officer)
    assert 'id="from-post"' not in page_text(client.get(f"/desk/file?post={post.pk}"))
    fields = {
        "key": str(post.key), "post": post.pk, "notice_given": "nobody", "channel": "social_media",
        "naming": "anonymous", "topic": "utilities", "nature": "complaint", "about": "nobody", "for_whom": "self",
        "text": post.text,
    }  # fmt: skip
    client.post("/desk/file", fields)
    assert not Case.objects.exists(), "nothing is stored that the post could not be marked with"


def test_pages_and_steps_need_their_roles(khonkaen: Centre, phayao: Centre, source: ListeningSource) -> None:
    store_posts(source, [ReceivedPost("1", "ไฟถนนดับ", None)], timezone.now())
    warning = TopicWarning.objects.create(
        centre=khonkaen, district="4007", topic="land", last_day=clock.today(), count=9, weekly_mean=1, probability=0,
        raised_at=timezone.now(),
    )  # fmt: skip
    post, settle = SocialPost.objects.get(), f"/desk/listening/warnings/{warning.pk}/settle"
    dismiss, page = f"/desk/listening/posts/{post.pk}/dismiss", f"/desk/listening/sources/{source.pk}"
    auditor, other = desk(create_officer_with(khonkaen, Role.AUDITOR)), desk(create_officer_with(phayao, Role.DIRECTOR))
    assert [auditor.post(address).status_code for address in (dismiss, settle)] == [403, 403]
    assert [other.post(address).status_code for address in (dismiss, settle, page)] == [404, 404, 404]
    assert "ไฟถนนดับ" not in page_text(other.get("/desk/listening"))
    intake = desk(create_officer_with(khonkaen, Role.INTAKE))
    assert intake.get("/desk/listening/sources").status_code == 403
    assert [intake.get(page).status_code, intake.post(page, {"step": "delete"}).status_code] == [404, 404]
    assert desk(create_officer_with(khonkaen, Role.TECHNICIAN)).get("/desk/listening").status_code == 403
    assert "เพิ่มขึ้นผิดปกติ" in page_text(intake.get("/desk/listening"))
    assert [intake.post(address).status_code for address in (dismiss, settle)] == [302, 302]
    shown = page_text(intake.get("/desk/listening"))
    assert ("ไฟถนนดับ" in shown, "data-warning" in shown) == (False, False)
    officer = create_officer_with(khonkaen, Role.CASE_OFFICER)
    for change in (
        lambda: commands.save_source(officer, khonkaen, SourceDetails("file", "x")),
        lambda: commands.new_secret(officer, source),
        lambda: commands.upload_posts(officer, source, b"text\nx"),
        lambda: commands.delete_source(officer, source),
    ):
        with pytest.raises(NotAllowedError):
            change()


def test_an_administrator_adds_stops_and_deletes_a_source(khonkaen: Centre, administrator: Officer) -> None:
    client, fields = desk(administrator), {"centre": "khonkaen", "kind": "feed", "name": "ข่าว", "url": "ftp://x"}
    refused = client.post("/desk/listening/sources", fields)
    assert (refused.status_code, "ftp://x" in page_text(refused)) == (409, True)
    assert client.post("/desk/listening/sources", fields | {"url": "https://example.org/feed"}).status_code == 302
    assert client.post("/desk/listening/sources", fields | {"url": "https://example.org/2"}).status_code == 409, (
        "the name"
    )
    feed = ListeningSource.objects.get()
    page = f"/desk/listening/sources/{feed.pk}"
    assert client.post(page, {"step": "stop"}).status_code == 302
    feed.refresh_from_db()
    assert (feed.is_active, feed.url) == (False, "https://example.org/feed")
    assert client.post(page, {"step": "save", "name": "ข่าวใหม่", "url": "x"}).status_code == 409
    assert client.post(page, {"step": "delete"}).status_code == 302
    assert not ListeningSource.objects.exists()


def test_old_posts_are_deleted(source: ListeningSource) -> None:
    add_posts(source, 89, "land", "")
    add_posts(source, 91, "land", "")
    delete_old_posts(timezone.now())
    assert SocialPost.objects.count() == 1
