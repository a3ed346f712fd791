"""An officer at the desk of the central service, working its pages as a browser does: login, forms, tokens."""

import re

import requests

TIMEOUT_S = 15.0
_TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
_WAITING = re.compile(r'data-enrolment="([^"]+)"')
_NUMBER = re.compile(r'<tr data-number="([^"]+)"')
_STATUS = re.compile(r'id="status"[^>]*data-status="([a-z_]+)"')


class DeskError(Exception):
    """The desk refused; the text is what it said."""


class Officer:
    """Logged in from the start. `centre` is the slug of the officer's centre. Methods raise DeskError."""

    def __init__(self, url: str, name: str, password: str, centre: str) -> None:
        self.name, self.password = name, password
        self._url = url.rstrip("/")
        self._centre = centre
        self._browser = requests.Session()
        self._post("/desk/login", "/desk/login", username=name, password=password)

    def approve(self, compare_code: str) -> None:
        """Take in the waiting kiosk whose code was read out: it is typed for each that waits, the newest first."""
        refused = DeskError("No kiosk is waiting.")
        for enrolment in _WAITING.findall(self._get("/desk/enrolments")):
            typed = {"centre": self._centre, "code": compare_code}
            try:
                return self._post("/desk/enrolments", f"/desk/enrolments/{enrolment}/approve", **typed)
            except DeskError as error:
                refused = error
        raise refused

    def revoke(self, enrolment_id: str) -> None:
        """Let this enrolment's key open nothing from now on."""
        self._post("/desk/enrolments", f"/desk/enrolments/{enrolment_id}/revoke")

    def case_numbers(self) -> list[str]:
        """The cases on the first page of the queue, newest first."""
        return _NUMBER.findall(self._get("/desk/"))

    def case(self, case_number: str) -> str:
        """The page of one case, as HTML."""
        return self._get(f"/desk/cases/{case_number}")

    def status(self, case_number: str) -> str:
        """The status code the desk shows for a case."""
        found = _STATUS.search(self.case(case_number))
        if found is None:
            raise DeskError(f"The page of {case_number} shows no status.")
        return found[1]

    def move(self, case_number: str, to: str, *, note: str = "", outcome: str = "") -> None:
        """Move a case to a status code; closing needs an outcome."""
        page = f"/desk/cases/{case_number}"
        self._post(page, f"{page}/move", to=to, seen=self.status(case_number), note=note, outcome=outcome)

    def assign(self, case_number: str, *, agency: str = "", officer: str = "", due: str = "") -> None:
        """Name who has the case; `due` is an ISO date."""
        page = f"/desk/cases/{case_number}"
        self._post(page, f"{page}/assign", agency=agency, officer=officer, due=due)

    def _get(self, path: str) -> str:
        answer = self._browser.get(self._url + path, timeout=TIMEOUT_S)
        if answer.status_code != requests.codes.ok:
            raise DeskError(f"The desk answered {answer.status_code} to {path}.")
        return answer.text

    def _post(self, form_page: str, path: str, **fields: str) -> None:
        token = _TOKEN.search(self._get(form_page))
        if token is None:
            raise DeskError(f"There is no form on {form_page}.")
        answer = self._browser.post(
            self._url + path,
            data={"csrfmiddlewaretoken": token.group(1), **fields},
            headers={"Referer": self._url + form_page},
            timeout=TIMEOUT_S,
        )
        if answer.status_code != requests.codes.ok:
            said = re.search(r'role="alert"[^>]*>([^<]+)<', answer.text)
            raise DeskError(said.group(1) if said else f"The desk answered {answer.status_code} to {path}.")
