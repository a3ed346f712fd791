"""The scenes of the story. Each scene is one person at the desk, on a phone or at a kiosk."""

import re
import time
from collections.abc import Callable
from pathlib import Path

from PIL import Image, ImageDraw

from protocol.choices import Nature
from protocol.topics import Topic
from simulators.case_story.browser import Effort, PersonBrowser
from simulators.case_story.citizen_phone import CitizenPhone
from simulators.case_story.installation import AGENCY_ADDRESS, PASSWORD, StoryInstallation
from simulators.case_story.monthly_meeting import MonthlyMeeting, MonthlyMeetingError, estimated_seconds
from simulators.case_story.web_filing import WebFiling, WebFilingError
from simulators.http_transport import HttpResponse, HttpTransport
from simulators.kiosk import SimulatedKiosk
from thai import places

_COMPLAINT = "วัยรุ่นแข่งรถเสียงดังที่ถนนหน้าโรงเรียนทุกคืนวันศุกร์ ชาวบ้านนอนไม่ได้และเกรงว่าจะเกิดอันตราย ขอให้ตำรวจช่วยออกตรวจในเวลากลางคืน"
_SECOND_COMPLAINT = "ไฟส่องสว่างหน้าวัดดับมาสองสัปดาห์ กลางคืนมืดมาก ขอให้ช่วยซ่อม"
_CALLER, _CALLER_PHONE = "สมศรี มีทรัพย์", "0812345678"
_CALL = "ท่อประปาแตกหน้าตลาดมาสามวัน น้ำไหลท่วมถนน ขอให้มาซ่อม"
_QUESTION = "ขอทราบช่วงเวลาที่มีการแข่งรถ และช่วงถนนที่เกิดเหตุ"
_DETAILS = "ประมาณสี่ทุ่มถึงตีหนึ่ง ช่วงหน้าโรงเรียนถึงสามแยก"
_REFUSAL = '[role="alert"]'
_QUEUE = "/desk/cases?queue=new"
_LINK = re.compile(r"http\S+/a/\S+")
_MAIL_TIMEOUT_S = 180.0  # a task of the only worker, which may be reading a letter on a busy machine


class StoryError(Exception):
    """A page did not show what the story expects."""


class CaseStory:
    """Plays the scenes in their order; `say` gets one line for each."""

    def __init__(
        self, installation: StoryInstallation, browser: PersonBrowser, pictures: Path, say: Callable[[str], None]
    ) -> None:
        self._installation, self._browser, self._pictures, self._say = installation, browser, pictures, say
        self.efforts: dict[str, Effort] = {}
        self._number = ""
        self._code = ""
        self._opened_links: list[str] = []

    def play(self) -> None:
        """The whole story."""
        kiosk = self._installation.enrol_kiosk()
        self._number, self._code = _file(kiosk, Nature.HELP, Topic.SAFETY, _COMPLAINT)
        self._say(f"a citizen files case {self._number} at the kiosk")
        self._intake_takes_and_asks()
        self._citizen_reads("ขอรายละเอียดเพิ่มเติมจากท่าน", "question")
        self._citizen_answers_with_a_photo()
        self._owner_proposes()
        self._director_and_head_send_up()
        self._governor_approves_on_a_phone()
        self._agency_accepts_and_reports()
        self._supervisor_reads_the_copy()
        self._owner_closes_as_resolved()
        self._citizen_reads("ยุติเรื่องแล้ว", "closed")
        self._citizen_rates_and_asks_to_reopen()
        self._director_reopens()
        self._agency_explains()
        self._owner_closes_as_explained()
        self._measure_an_order(kiosk)
        self._operator_enters_a_call()
        self._citizen_files_on_the_web()
        self._assistant_prepares_the_meeting()
        self._say(self._installation.verify_history().strip())

    def _assistant_prepares_the_meeting(self) -> None:
        self._sign_in("director")
        try:
            effort = MonthlyMeeting(self._browser).prepare()
        except MonthlyMeetingError as error:
            raise StoryError(str(error)) from error
        self.efforts["monthly meeting prepared"] = effort
        self._say(
            f"an assistant prepares the monthly meeting: {effort}, about {estimated_seconds(effort):.0f} s with reading"
        )

    def _citizen_files_on_the_web(self) -> None:
        photo = self._pictures / "road.jpg"
        _draw_photo(photo)
        try:
            number, code = WebFiling(self._browser, photo).play()
        except WebFilingError as error:
            raise StoryError(str(error)) from error
        finally:
            photo.unlink()
        self._browser.open(f"/t#{code}")
        if self._browser.text("#number") != number:
            raise StoryError(f"The tracking page does not show case {number}, filed on the web")
        self._sign_in("intake1")
        self._browser.open(f"{_QUEUE}&channel=web")
        if number not in self._browser.text():
            raise StoryError(f"Case {number}, filed on the web, is not in the queue of new cases")
        self._browser.picture("web-case-at-the-desk")
        self._say(f"a citizen files case {number} on the web, without network in the middle; it arrives once")

    # --- the desk ---

    def _intake_takes_and_asks(self) -> None:
        browser = self._sign_in("intake1")
        browser.open("/desk/")
        browser.picture("home-of-intake")
        browser.click('a[href*="queue=new"]')
        browser.picture("queue")
        browser.click(f'a[href*="{self._number}"]')
        browser.picture("new-case")
        self._save("take")
        self._save("reclassify", lambda: browser.select("about_kind", "police"))
        self._save("ask_details", lambda: browser.type("message", _QUESTION))
        self._expect_status("unclear")
        browser.picture("question-to-the-citizen")
        self._say("intake takes the case, notes that it is about the police, and asks the citizen")

    def _owner_proposes(self) -> None:
        browser = self._open_case("officer1")
        self._choose("propose_order")
        browser.picture("proposal-with-proposed-agency")
        if "ตำรวจภูธรภาค 4" not in str(browser.find('[name="agency"]').get_attribute("value")):
            raise StoryError("The police rule does not propose the bureau of the area")
        browser.type("order_text", "ขอให้จัดสายตรวจในเวลากลางคืน และรายงานผลพร้อมภาพถ่าย")
        browser.type("note", "เห็นควรสั่งการ เป็นเหตุเดือดร้อนของชาวบ้าน")
        self._press_save()
        self._expect_status("to_director")
        self._say("the case officer proposes an order; the rules chose the police bureau and a copy for supervision")

    def _director_and_head_send_up(self) -> None:
        for name, status in (("director", "to_chief"), ("chief", "to_governor")):
            browser = self._open_case(name)
            self._save("send_up", lambda: browser.type("note", "เห็นพ้องด้วย"))  # noqa: B023
            self._expect_status(status)
        self._say("director and head of the provincial office send the proposal up")

    def _governor_approves_on_a_phone(self) -> None:
        browser = self._sign_in("governor", phone=True)
        browser.open("/desk/decisions")
        while self._number not in browser.text(".decision"):
            browser.click(".skip a")
        browser.picture("governor-on-a-phone")
        browser.start_counting()
        browser.click('.decision button[value="approve"]')
        self.efforts["governor approves on a phone"] = browser.measured()
        browser.picture("governor-has-decided")
        browser.set_size(phone=False)
        self._open_case("officer1")
        self._expect_status("ordered")
        self._say("the governor approves on a phone, with one tap")

    # --- the agency ---

    def _agency_accepts_and_reports(self) -> None:
        browser, link = self._browser, self._agency_link()
        browser.driver.delete_all_cookies()
        browser.set_size(phone=True)
        browser.open(link)
        browser.picture("agency-opens-the-link")
        browser.type("handler", "พันตำรวจโท ทดลอง ตัวอย่างดี")
        browser.click('form[action*="accept"] button')
        photo = self._pictures / "patrol.jpg"
        _draw_photo(photo)
        self._report("ได้จัดสายตรวจทุกคืนวันศุกร์ พบกลุ่มรถแข่งและตักเตือนแล้ว", "ตำรวจออกตรวจทุกคืนวันศุกร์แล้ว", photo)
        photo.unlink()
        browser.picture("agency-has-reported")
        self._say("the agency accepts and reports with a photo, by its personal link")

    def _report(self, text: str, message: str, photo: Path | None = None) -> None:
        browser = self._browser
        browser.click('input[name="done"][value="yes"]')
        browser.type("text", text)
        browser.type("message", message)
        if photo is not None:
            browser.attach("files", photo)
        browser.click('form[action*="report"] button.main')
        if browser.has(_REFUSAL):
            raise StoryError("The report was refused: " + browser.text(_REFUSAL))

    def _agency_link(self) -> str:
        """The personal link in the next mail to the agency about this case."""
        deadline = time.monotonic() + _MAIL_TIMEOUT_S
        while time.monotonic() < deadline:
            texts = [text for text in self._installation.mail.texts_to(AGENCY_ADDRESS) if self._number in text]
            links = [match[0] for match in map(_LINK.search, texts) if match and match[0] not in self._opened_links]
            if links:
                self._opened_links.append(links[0])
                return links[0]
            time.sleep(0.2)
        raise StoryError(f"No mail with a new link arrived at {AGENCY_ADDRESS}")

    def _supervisor_reads_the_copy(self) -> None:
        browser = self._sign_in("inspector")
        browser.open("/desk/agency/supervision")
        browser.picture("supervisor")
        if self._number not in browser.text():
            raise StoryError("The inspector-general does not see the copy")
        self._say("the inspector-general sees the copy and its age")

    # --- the end, twice ---

    def _owner_closes_as_resolved(self) -> None:
        browser = self._open_case("officer1")
        browser.picture("case-with-report")
        self._close("resolved", "ตำรวจได้จัดสายตรวจทุกคืนวันศุกร์แล้ว ขอบคุณที่แจ้งให้ทราบ")
        browser.picture("closed-resolved")
        self._say("the owner closes the case as resolved")

    def _director_reopens(self) -> None:
        self._open_case("director")
        self._save("reopen", lambda: self._browser.type("note", "ผู้ร้องแจ้งว่ายังมีการแข่งรถ"))
        self._expect_status("ordered")
        self._browser.picture("reopened")
        self._say("the director agrees and reopens the case, and the agency has it again")

    def _agency_explains(self) -> None:
        self._browser.driver.delete_all_cookies()
        self._browser.open(self._agency_link())
        self._report("ตรวจสอบแล้วเป็นการซ้อมรถในสนามของเอกชน ได้รับอนุญาตถูกต้อง", "")
        self._say("the agency explains by a new link")

    def _owner_closes_as_explained(self) -> None:
        self._browser.set_size(phone=False)
        self._open_case("officer1")
        self._close("explained", "เป็นการซ้อมรถในสนามเอกชนซึ่งได้รับอนุญาต ศูนย์ได้ชี้แจงให้ท่านทราบแล้ว")
        self._browser.picture("closed-explained")
        self._say("the owner closes the case as explained")

    def _close(self, outcome: str, sentence: str) -> None:
        def fill() -> None:
            self._browser.select("outcome", outcome)
            self._browser.type("message", sentence)

        self._save("close", fill)
        self._expect_status("closed")

    def _measure_an_order(self, kiosk: SimulatedKiosk[HttpResponse]) -> None:
        """From received to ordered with agency, handler and date: what an intake officer does forty times a day."""
        kiosk.transport = HttpTransport(self._installation.url)  # the server has closed the idle connection
        number, _ = _file(kiosk, Nature.COMPLAINT, Topic.UTILITIES, _SECOND_COMPLAINT)
        browser = self._sign_in("intake2")
        browser.open(_QUEUE)
        browser.click(f'a[href*="{number}"]')
        self._choose("order")
        self._press_save()
        self.efforts["received to ordered"] = browser.measured()
        if browser.find("#status").get_attribute("data-status") != "ordered":
            raise StoryError(f"Case {number} is not ordered: {browser.text()[:300]}")
        browser.picture("ordered-in-one-step")
        self._say(f"an intake officer orders a new case: {self.efforts['received to ordered']}")

    def _operator_enters_a_call(self) -> None:
        """A case by telephone: one form and the slip. A week later the citizen has lost the code and calls again."""
        browser = self._sign_in("operator")
        browser.open("/desk/")
        browser.start_counting()
        browser.open("/desk/file")
        browser.type_into_list("notice_given", "อ")  # read out
        browser.type("phone", _CALLER_PHONE)
        browser.type("name", _CALLER)
        browser.type_into_list("topic", "ส")
        browser.type("place", "บ้านเป็ด")
        browser.type("text", _CALL)
        browser.press_save_keys()
        number = browser.text("#filed-number")
        self.efforts["case by telephone"] = browser.measured()
        browser.picture("case-by-telephone-with-slip")
        browser.open("/desk/find")
        browser.click('input[name="way"][value="phone"]')
        browser.type("term", _CALLER_PHONE)
        browser.type("reason", "ผู้ร้องโทรมา ทำรหัสหาย")
        browser.click("#find-form .main")
        browser.picture("found-by-phone")
        browser.click(f'tr[data-case="{number}"] .button')
        browser.click('input[name="way"][value="phone_and_name"]')
        browser.type("phone", _CALLER_PHONE)
        browser.type("name", _CALLER)
        browser.type("reason", "ผู้ร้องโทรมา ทำรหัสหาย")
        browser.click("#new-code-form .main")
        browser.picture("new-code-slip")
        if number not in browser.text("#slip"):
            raise StoryError("The slip does not name the case")
        self._say(f"the operator enters a call ({self.efforts['case by telephone']}) and gives a new code later")

    # --- the citizen ---

    def _citizen_reads(self, headline: str, name: str) -> None:
        browser = self._browser
        browser.driver.delete_all_cookies()
        browser.set_size(phone=True)
        browser.driver.get("about:blank")
        browser.driver.get(f"{self._installation.url}/t#{self._code}")
        browser.find("#ladder")
        browser.picture(f"citizen-{name}")
        if headline not in browser.text("#sentence"):
            raise StoryError(f"The citizen reads «{browser.text('#sentence')}» instead of «{headline}»")
        browser.set_size(phone=False)
        self._say(f"the citizen reads: {headline}")

    def _citizen_answers_with_a_photo(self) -> None:
        phone, photo = self._phone(), self._pictures / "street.jpg"
        _draw_photo(photo)
        try:
            phone.answer(_DETAILS, photo)
        finally:
            photo.unlink()
        self._browser.set_size(phone=False)
        self._open_case("officer1")
        self._expect_status("checking")
        if _DETAILS not in self._browser.text("#messages .from-citizen"):
            raise StoryError("The page of the case does not show the answer")
        self._browser.picture("answer-at-the-desk")
        self._say("the citizen answers on the phone, with a photo; the desk shows it")

    def _citizen_rates_and_asks_to_reopen(self) -> None:
        phone = self._phone()
        phone.rate(2, "ยังมีการแข่งรถอยู่")
        phone.ask_to_reopen("คืนวันศุกร์ยังมีการแข่งรถ")
        self._browser.set_size(phone=False)
        self._say("the citizen rates the agency with two stars, and asks to reopen the case")

    def _phone(self) -> CitizenPhone:
        phone = CitizenPhone(self._browser, self._installation.url, self._code)
        phone.open()
        return phone

    # --- helpers ---

    def _sign_in(self, name: str, *, phone: bool = False) -> PersonBrowser:
        self._browser.sign_in(name, PASSWORD, phone=phone)
        return self._browser

    def _open_case(self, name: str) -> PersonBrowser:
        browser = self._sign_in(name)
        browser.open(f"/desk/cases/{self._number}")
        return browser

    def _choose(self, step: str) -> None:
        self._browser.click(f'label[for="step-{step}"]')

    def _save(self, step: str, fill: Callable[[], object] = lambda: None) -> None:
        self._choose(step)
        fill()
        self._press_save()

    def _press_save(self) -> None:
        self._browser.click('.step-save button[value="stay"]')
        if self._browser.has("#error"):
            raise StoryError(self._browser.text("#error"))

    def _expect_status(self, status: str) -> None:
        shown = self._browser.find("#status").get_attribute("data-status")
        if shown != status:
            raise StoryError(f"The case is {shown}, not {status}")


def _file(kiosk: SimulatedKiosk[HttpResponse], nature: Nature, topic: Topic, text: str) -> tuple[str, str]:
    """File a complaint in a district without a centre of its own; returns case number and tracking code."""
    district = max(places.districts("40"), key=lambda place: place.code)
    area = places.tambons(district.code)[0].code
    submission = kiosk.submission(nature=nature, topic=topic, text=text, area=area)
    kiosk.verify_receipt(kiosk.deliver(kiosk.delivery(submission)))
    return submission.case_number, submission.tracking_code


def _draw_photo(path: Path) -> None:
    """A picture as a phone takes it."""
    photo = Image.new("RGB", (1600, 1200), "#1b2a41")
    draw = ImageDraw.Draw(photo)
    draw.rectangle((0, 800, 1600, 1200), fill="#3a3a3a")
    draw.ellipse((1200, 120, 1320, 240), fill="#f4e9c1")
    draw.rectangle((300, 620, 900, 860), fill="#7a1f1f")
    photo.save(path, quality=85)
