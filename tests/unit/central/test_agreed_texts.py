"""What citizens agree to: a text that changes without a new version would falsify what cases and consents refer to."""

import hashlib
from collections.abc import Mapping
from pathlib import Path

import pytest

from central.line_account import consent_texts as line
from central.notices import web_consents
from central.public import kiosk_texts, web_texts
from protocol.bilingual_text import BilingualText
from protocol.consent_texts import SMS_CONSENTS

_KIOSK = kiosk_texts
AGREED: Mapping[tuple[str, str], tuple[BilingualText, ...]] = {
    ("privacy notice", web_texts.NOTICE_VERSION): (
        *(_KIOSK.USE, _KIOSK.USE_TEXT, _KIOSK.READERS, _KIOSK.READERS_TEXT, _KIOSK.STORAGE, web_texts.STORAGE_TEXT),
        *(_KIOSK.RIGHTS, web_texts.RIGHTS_TEXT),
    ),
    ("privacy notice", line.PRIVACY_NOTICE_VERSION): (line.PRIVACY_NOTICE,),
    ("consent", line.NOTICES_VERSION): (line.NOTICES_CONSENT,),
    ("consent", web_consents.SMS_TEXT_VERSION): (web_consents.SMS_TEXT,),
    ("consent", web_consents.EMAIL_TEXT_VERSION): (web_consents.EMAIL_TEXT,),
    ("consent", web_consents.PUSH_TEXT_VERSION): (web_consents.PUSH_TEXT,),
    **{("consent", version): (text,) for version, text in SMS_CONSENTS.items()},
}
# Never change a line. A new wording gets a new version and a line of its own.
DIGESTS: Mapping[tuple[str, str], str] = {
    ("privacy notice", "web-1"): "7561fa27af0342e5",
    ("privacy notice", "line-1"): "c36a3e3f511e8343",
    ("consent", "line-1"): "46f426a7f96b6be9",
    ("consent", "web-sms-1"): "01b15f2f59eeaf72",
    ("consent", "web-email-1"): "81c081e832be79a7",
    ("consent", "web-push-1"): "98083d9d072f71e1",
    ("consent", "sms-1"): "f71b146479d9de5f",
}


def digest(texts: tuple[BilingualText, ...]) -> str:
    joined = "\n".join(part for text in texts for part in (text.th, text.en))
    return hashlib.sha256(joined.encode()).hexdigest()[:16]


@pytest.mark.parametrize("version", AGREED, ids=" ".join)
def test_a_text_keeps_its_wording_and_is_listed(version: tuple[str, str]) -> None:
    assert digest(AGREED[version]) == DIGESTS[version], "a new wording needs a new version"
    page = Path(__file__).parents[3] / "docs/centre.md"
    assert f"`{version[1]}`" in page.read_text(encoding="utf-8")
