"""Operates the desk of the central service as an officer's browser does: sign-in, forms, tokens."""

import re
from html import unescape

import requests

REQUEST_TIMEOUT_S = 15.0
_CSRF_TOKEN_PATTERN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
_PENDING_ENROLMENT_PATTERN = re.compile(r'data-enrolment="([^"]+)"')
_CASE_NUMBER_PATTERN = re.compile(r'<tr data-number="([^"]+)"')
_CASE_STATUS_PATTERN = re.compile(r'id="status"[^>]*data-status="([a-z_]+)"')
_SEEN_PATTERN = re.compile(r'name="seen" value="([0-9]+)"')
_LETTER_TEXT_PATTERN = re.compile(r'</h3><p class="statement">(.*?)</p>', re.DOTALL)
_FILING_KEY_PATTERN = re.compile(r'name="key" value="([^"]+)"')
_FILED_NUMBER_PATTERN = re.compile(r'id="filed-number">([^<]+)<')
_WORDS_PATTERN = re.compile(r'<span class="words">(.*?)</span>', re.DOTALL)


def _join_words(html: str) -> str:
    return _WORDS_PATTERN.sub(lambda words: words[1].replace("<wbr>", ""), html)


class DeskError(Exception):
    """The desk refused; the text is its message."""


class DeskClient:
    """Signed in from the start. `centre` is the slug of the officer's centre. Methods raise DeskError."""

    def __init__(self, url: str, name: str, password: str, centre: str) -> None:
        self.name, self.password = name, password
        self._url = url.rstrip("/")
        self._centre = centre
        self._session = requests.Session()
        self._post("/desk/login", "/desk/login", username=name, password=password)

    def approve_enrolment(self, compare_code: str) -> None:
        """Approve the waiting kiosk with this code: the code is tried for each waiting kiosk, newest first."""
        refusal = DeskError("No kiosk is waiting.")
        for enrolment in _PENDING_ENROLMENT_PATTERN.findall(self._get("/desk/enrolments")):
            fields = {"centre": self._centre, "code": compare_code}
            try:
                self._post("/desk/enrolments", f"/desk/enrolments/{enrolment}/approve", **fields)
                return
            except DeskError as error:
                refusal = error
        raise refusal

    def revoke_enrolment(self, enrolment_id: str) -> None:
        """Revoke the enrolment."""
        self._post("/desk/enrolments", f"/desk/enrolments/{enrolment_id}/revoke")

    def case_numbers(self) -> list[str]:
        """The newest 200 cases, newest first."""
        return _CASE_NUMBER_PATTERN.findall(self._get("/desk/cases?status=all&size=200"))

    def case_page(self, case_number: str) -> str:
        """The page of one case as HTML, without the marks for line breaks in Thai text."""
        return _join_words(self._get(f"/desk/cases/{case_number}"))

    def letter_texts(self, case_number: str) -> list[str]:
        """The recognised text of each page of a case's letter that has one."""
        return [unescape(text) for text in _LETTER_TEXT_PATTERN.findall(self.case_page(case_number))]

    def case_status(self, case_number: str) -> str:
        """The status code the desk shows for a case."""
        match = _CASE_STATUS_PATTERN.search(self.case_page(case_number))
        if match is None:
            raise DeskError(f"The page of {case_number} shows no status.")
        return match[1]

    def save_step(self, case_number: str, step: str, **fields: str) -> None:
        """Make a step of a case (`central.desk.step_form`): its code, and the fields it needs. Dates are ISO dates."""
        page = f"/desk/cases/{case_number}"
        seen = _SEEN_PATTERN.search(self.case_page(case_number))
        if seen is None:
            raise DeskError(f"The page of {case_number} offers no step.")
        self._post(page, f"{page}/step", step=step, seen=seen[1], **fields)

    def enter_case(self, **fields: str) -> str:
        """Enter a case for somebody (`central.desk.filing_form`); returns its number. The privacy notice is given, and
        what is not in `fields` has the usual choice."""
        key = _FILING_KEY_PATTERN.search(self._get("/desk/file"))
        if key is None:
            raise DeskError("This officer may not enter cases.")
        usual = {"channel": "counter", "naming": "named", "nature": "complaint", "about": "nobody", "for_whom": "self"}
        page = self._post("/desk/file", "/desk/file", **usual, notice_given="read_out", key=key[1], **fields)
        number = _FILED_NUMBER_PATTERN.search(page)
        if number is None:
            raise DeskError("The desk shows no number of the new case.")
        return number[1]

    def _get(self, path: str) -> str:
        response = self._session.get(self._url + path, timeout=REQUEST_TIMEOUT_S)
        if response.status_code != requests.codes.ok:
            raise DeskError(f"The desk responded {response.status_code} to {path}.")
        return response.text

    def _post(self, form_page: str, path: str, **fields: str) -> str:
        """The page of the answer."""
        token = _CSRF_TOKEN_PATTERN.search(self._get(form_page))
        if token is None:
            raise DeskError(f"There is no form on {form_page}.")
        response = self._session.post(
            self._url + path,
            data={"csrfmiddlewaretoken": token.group(1), **fields},
            headers={"Referer": self._url + form_page},
            timeout=REQUEST_TIMEOUT_S,
        )
        if response.status_code != requests.codes.ok:
            alert = re.search(r'role="alert"[^>]*>(?:<p>)?([^<]+)<', _join_words(response.text))
            raise DeskError(alert.group(1) if alert else f"The desk responded {response.status_code} to {path}.")
        return response.text
