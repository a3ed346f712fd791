"""An officer at the desk, over plain HTTP: logs in, approves a kiosk by its compare code, moves and assigns cases."""

import re
from dataclasses import dataclass, field

import requests

_TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
_NUMBER = re.compile(r'<tr data-number="([^"]+)"')
_STATUS = re.compile(r'id="status"[^>]*data-status="([a-z_]+)"')


@dataclass
class DeskOfficer:
    """`url` is the service's address, such as http://127.0.0.1:8080. Methods raise when it does not comply."""

    url: str
    session: requests.Session = field(default_factory=requests.Session, repr=False)

    def log_in(self, name: str, password: str) -> None:
        self._post("/desk/login", "/desk/login", username=name, password=password)

    def approve(self, compare_code: str, centre: str) -> None:
        """Take in the waiting kiosk that shows this code."""
        page = self._get("/desk/enrolments")
        found = re.search(rf'data-enrolment="([^"]+)" data-compare="{compare_code}"', page)
        if found is None:
            raise LookupError("No waiting kiosk shows this code")
        self._post(f"/desk/enrolments/{found[1]}/approve", "/desk/enrolments", centre=centre)

    def revoke(self, enrolment_id: str) -> None:
        """Let this enrolment's key open nothing from now on."""
        self._post(f"/desk/enrolments/{enrolment_id}/revoke", "/desk/enrolments")

    def case_numbers(self) -> list[str]:
        """The cases on the first page of the queue, newest first."""
        return _NUMBER.findall(self._get("/desk/"))

    def status(self, case_number: str) -> str:
        """The status code the desk shows for a case."""
        found = _STATUS.search(self._get(f"/desk/cases/{case_number}"))
        if found is None:
            raise LookupError("The case page shows no status")
        return found[1]

    def move(self, case_number: str, to: str, *, outcome: str = "", note: str = "") -> None:
        """Move a case to a status code; closing needs an outcome."""
        page = f"/desk/cases/{case_number}"
        self._post(f"{page}/move", page, to=to, seen=self.status(case_number), outcome=outcome, note=note)

    def assign(self, case_number: str, *, agency: str = "", officer: str = "", due: str = "") -> None:
        """Name who has the case; `due` is an ISO date."""
        page = f"/desk/cases/{case_number}"
        self._post(f"{page}/assign", page, agency=agency, officer=officer, due=due)

    def _get(self, path: str) -> str:
        answer = self.session.get(f"{self.url}{path}", timeout=30)
        answer.raise_for_status()
        return answer.text

    def _post(self, path: str, form_page: str, **fields: str) -> None:
        """Send a form of the page it stands on, with that page's CSRF token."""
        token = _TOKEN.search(self._get(form_page))
        if token is None:
            raise LookupError(f"{form_page} shows no form: is the officer logged in?")
        answer = self.session.post(f"{self.url}{path}", {"csrfmiddlewaretoken": token[1], **fields}, timeout=30)
        answer.raise_for_status()
