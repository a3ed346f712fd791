"""The officers' handbook at /desk/help: sections in both languages, to which every page of the desk links."""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from central.desk.page_support import page_language, render_page
from protocol.bilingual_text import BilingualText


@dataclass(frozen=True)
class HelpSection:
    """One section of the handbook: `templates/desk/help/<anchor>.html`, with '_' for '-'."""

    anchor: str
    title: BilingualText

    @property
    def template(self) -> str:
        return f"desk/help/{self.anchor.replace('-', '_')}.html"


SECTIONS = (
    HelpSection("sign-in", BilingualText("การเข้าสู่ระบบ", "Signing in")),
    HelpSection("menu", BilingualText("เมนูและภาษา", "Menu and language")),
    HelpSection("case-page", BilingualText("หน้าเรื่อง", "The page of a case")),
    HelpSection("decisions", BilingualText("การพิจารณา", "Decisions")),
    HelpSection("people", BilingualText("เจ้าหน้าที่และการขึ้นทะเบียน", "People and registration")),
    HelpSection("home", BilingualText("หน้าแรกและรายการเรื่อง", "Home and list of cases")),
    HelpSection("centres", BilingualText("ศูนย์", "Centres")),
    HelpSection("deadlines", BilingualText("กำหนดแล้วเสร็จและวันหยุด", "Deadlines and holidays")),
    HelpSection("agencies", BilingualText("หน่วยงาน", "Agencies")),
    HelpSection("agency-answers", BilingualText("การส่งถึงหน่วยงานและการตอบ", "Delivery to agencies and their answers")),
    HelpSection("routing", BilingualText("กฎการส่งเรื่อง", "Routing rules")),
    HelpSection("audit", BilingualText("การตรวจสอบ", "Audit")),
)


@require_safe
def handbook(request: HttpRequest) -> HttpResponse:
    """All sections on one page. It needs no login: its first section is for somebody who cannot sign in."""
    language = page_language(request)
    sections = [
        {"anchor": section.anchor, "title": section.title.in_language(language), "template": section.template}
        for section in SECTIONS
    ]
    return render_page(request, "desk/help.html", {"sections": sections})
