"""The pages of notices on a phone and a desk: no finding of axe-core, no torn word, nothing wider than the screen."""

import json
from datetime import time
from typing import Any

import pytest
from django.test import Client
from selenium import webdriver
from selenium.webdriver.support.ui import WebDriverWait

from central.cases.commands import Actor, take
from central.cases.models import Case
from central.centres.models import Centre
from central.notices.delivery import deliver_due
from central.notices.models import NoticeConsent, NoticeRoute, NoticeRules
from central.people.roles import Role
from simulators.notice_gateways.server import Behaviour
from tests.unit.central.chromium import browser, set_viewport
from tests.unit.central.citizen_page import Citizen
from tests.unit.central.factories import create_case, create_officer_with
from tests.unit.central.notices.conftest import Gateways, agree_to_sms
from tests.unit.central.test_accessibility import findings, use_session
from tests.unit.central.test_word_wrap import check_page

__all__ = ["browser"]
_POST = """const form = document.createElement("form");
form.method = "post"; form.action = "/t/notices";
for (const [name, value] of [["code", arguments[0]], ["language", arguments[1]]]) {
  const field = document.createElement("input"); field.name = name; field.value = value; form.append(field);
}
document.body.append(form); form.submit();"""
_PUSH_SERVICE = """const subscription = JSON.parse(arguments[0]);
Notification.requestPermission = async () => "granted";
PushManager.prototype.subscribe = async options => {
  if (options.applicationServerKey.length !== 65) throw new Error("key");
  return subscription;
};"""


@pytest.mark.parametrize(("width", "language"), [(320, "th"), (1280, "en")])
def test_the_pages_of_notices_have_no_finding(
    browser: webdriver.Chrome,
    live_server: Any,
    case: Case,
    khonkaen: Centre,
    intake: Actor,
    sms_route: NoticeRoute,
    line_route: NoticeRoute,
    gateways: Gateways,
    width: int,
    language: str,
) -> None:
    agree_to_sms(create_case(khonkaen), is_announced=True)
    deliver_due()
    gateways.server.behaviour = lambda request: Behaviour.REFUSE
    agree_to_sms(case)
    take(case, intake, seen_revision=None)
    deliver_due()
    officer, client = create_officer_with(khonkaen, Role.DIRECTOR, Role.ADMINISTRATOR), Client()
    client.force_login(officer)
    client.cookies["desk_language"] = language
    set_viewport(browser, width)
    browser.get(f"{live_server.url}/desk/login")
    use_session(browser, client)
    pages = {
        "notices": "/desk/notices",
        "routes": "/desk/notices/routes/khonkaen",
        "route": "/desk/notices/routes/khonkaen/sms",
        "line": "/desk/notices/routes/khonkaen/line",
        "case-notices": f"/desk/cases/{case.case_number}",
    }
    problems = {}
    for name, path in pages.items():
        browser.get(live_server.url + path)
        check_page(browser, f"desk-{name}-{language}", width)
        problems[path] = findings(browser)
    assert {path: shown for path, shown in problems.items() if shown} == {}


@pytest.mark.parametrize(("width", "language"), [(320, "th"), (1280, "en")])
def test_the_choice_on_the_tracking_page_has_no_finding(
    browser: webdriver.Chrome,
    live_server: Any,
    khonkaen: Centre,
    sms_route: NoticeRoute,
    line_route: NoticeRoute,
    settings: Any,
    width: int,
    language: str,
) -> None:
    settings.MAIL_IS_CONFIGURED = True
    NoticeRoute.objects.filter(pk=line_route.pk).update(sender="@123abcde")
    NoticeRoute.objects.create(centre=khonkaen, channel="email")
    citizen = Citizen(khonkaen)
    agree_to_sms(citizen.case)
    set_viewport(browser, width)
    browser.get(f"{live_server.url}/t?lang={language}")
    browser.execute_script(_POST, citizen.code, language)
    WebDriverWait(browser, 15).until(lambda page: page.find_elements("id", "action-form"))
    check_page(browser, f"track-notices-{language}", width)
    assert findings(browser) == []


def test_a_browser_subscribes_by_one_button(
    browser: webdriver.Chrome, live_server: Any, khonkaen: Centre, gateways: Gateways, settings: Any
) -> None:
    """Only the push service itself is replaced: Chromium would ask one on the internet."""
    settings.PUSH_SERVICES = (gateways.server.url.removeprefix("http://"),)
    NoticeRoute.objects.create(centre=khonkaen, channel="web_push", sender="it@khonkaen.go.th")
    citizen = Citizen(khonkaen)
    address = live_server.url.replace("127.0.0.1", "localhost")  # a secure context
    browser.get(f"{address}/t?lang=en")
    browser.execute_script(_POST, citizen.code, "en")
    WebDriverWait(browser, 15).until(lambda page: page.find_elements("id", "action-form"))
    browser.execute_script(_PUSH_SERVICE, gateways.push.subscription(gateways.server.url))
    assert findings(browser) == []
    browser.find_element("id", "push-button").click()
    WebDriverWait(browser, 15).until(lambda page: page.find_elements("id", "done"))
    assert NoticeConsent.objects.get().channel == "web_push"


_REGISTER = """const done = arguments[0];
navigator.serviceWorker.register("/t/push-worker.js", {scope: "/t"}).then(worker => {
  const began = worker.active || worker.installing || worker.waiting;
  if (began.state === "activated") return done("activated");
  began.addEventListener("statechange", () => { if (began.state === "activated") done("activated"); });
}, error => done(String(error)));"""
_SHOWN = """const done = arguments[0];
navigator.serviceWorker.getRegistration("/t").then(worker => worker.getNotifications()).then(
  shown => done(shown.map(each => [each.title, each.body, each.tag])), error => done(String(error)));"""


def test_the_worker_shows_a_message_that_chromium_delivers(
    browser: webdriver.Chrome, live_server: Any, khonkaen: Centre, gateways: Gateways, intake: Actor, settings: Any
) -> None:
    """The message of the push service is given to the browser as its own client would after decrypting it: Chromium
    takes messages from Google's service only."""
    settings.PUSH_SERVICES = (gateways.server.url.removeprefix("http://"),)
    NoticeRoute.objects.create(centre=khonkaen, channel="web_push", sender="it@khonkaen.go.th")
    NoticeRules.objects.create(centre=khonkaen, quiet_from=time(0), quiet_until=time(0))
    citizen = Citizen(khonkaen)
    assert citizen.send("notices", push=gateways.push.subscription(gateways.server.url)).status_code == 200
    take(citizen.case, intake, seen_revision=None)
    deliver_due()
    (message,) = gateways.push.shown.values()
    origin = live_server.url.replace("127.0.0.1", "localhost")
    browser.get(f"{origin}/t?lang=en")
    browser.execute_cdp_cmd("Browser.grantPermissions", {"origin": origin, "permissions": ["notifications"]})
    assert browser.execute_async_script(_REGISTER) == "activated"
    browser.execute_cdp_cmd("ServiceWorker.enable", {})
    for registration in range(8):  # the ids of a profile count from 0; unknown ones are ignored
        delivery = {"origin": origin, "registrationId": str(registration), "data": json.dumps(message)}
        browser.execute_cdp_cmd("ServiceWorker.deliverPushMessage", delivery)
    shown = WebDriverWait(browser, 15).until(lambda page: page.execute_async_script(_SHOWN))
    assert shown == [[message["title"], message["body"], message["tag"]]]
    assert citizen.case.case_number in message["body"]
    assert citizen.code not in json.dumps(message)
