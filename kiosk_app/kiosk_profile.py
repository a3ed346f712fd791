"""The kiosk's profile and the initial state of the journey, before any device has been queried.

Imported before the first frame: outbox and enrolment are not loaded here.
"""

import os
import time
from typing import TYPE_CHECKING

from journey.state import AccessibilityOptions, Environment, Journey, KioskProfile
from journey.transitions import update_resting_screen
from kiosk_app.settings import Settings
from kiosk_app.setup_progress import pending_setup

if TYPE_CHECKING:
    from kiosk_app.outbox import Enrolment


def kiosk_profile(settings: Settings, enrolment: "Enrolment | None") -> KioskProfile:
    """The profile of this kiosk; without an enrolment its centre's names come from the settings."""
    default = KioskProfile()
    kiosk = settings.kiosk
    enrolled_name_th, enrolled_name_en = (
        (enrolment.centre_name_th, enrolment.centre_name_en) if enrolment is not None else ("", "")
    )
    return KioskProfile(
        kiosk_id=enrolment.kiosk_id if enrolment is not None else "",
        centre_name_th=enrolled_name_th or kiosk.centre_name_th or default.centre_name_th,
        centre_name_en=enrolled_name_en or kiosk.centre_name_en or default.centre_name_en,
        area=kiosk.area,
        public_url=enrolment.public_url if enrolment is not None else "",
        notice_version=kiosk.notice_version,
        technician_pin_hash=kiosk.technician_pin_hash,
        idle_seconds=kiosk.idle_seconds,
        default_language=kiosk.language,
        chip_side=settings.card_reader.chip_side,
        panel_width_mm=settings.screen.width_mm,
        rotation=settings.screen.rotation,
    )


def initial_journey(settings: Settings) -> Journey:
    """The state of the first frame: attract, the set-up of a kiosk that is not set up, or the fault of one that is not
    enrolled or is revoked. Files of the state directory decide it, so the first frame never shows the wrong one."""
    state, now = settings.paths.state, time.monotonic()
    return update_resting_screen(
        Journey(
            kiosk=kiosk_profile(settings, None),
            accessibility=AccessibilityOptions(language=settings.kiosk.language),
            environment=Environment(
                enrolled=os.access(state / "enrolment.json", os.R_OK),
                # The revocation may belong to an earlier enrolment; the first health check corrects this within
                # seconds.
                revoked=os.access(state / "delivery" / "revoked.json", os.R_OK),
            ),
            setup=pending_setup(state),
            now=now,
            last_touch_at=now,
        )
    )
