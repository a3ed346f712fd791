"""What each result of a set-up task says, by key: one sentence, and what to do when it is a failure."""

from journey.faults import FAULTS, Fault
from journey.language import _, translate
from journey.setup.setup_state import TaskOutcome
from protocol.staff_codes import STAFF_CODES

FAULT_PREFIX = "fault:"
SENTENCES = {
    "stick.used": _("The stick has the settings of this kiosk: {detail}"),
    "stick.missing": _("No stick with settings was read. Plug it in, wait five seconds, then try again ({detail})"),
    "stick.unreadable": _("The file on the stick is damaged. Copy it again at the centre"),
    "stick.signature": _("The file on the stick was changed after the centre signed it. Copy it again at the centre"),
    "stick.foreign": _(
        "The stick has no settings for this machine, serial number {detail}. Tell the centre the number"
    ),
    "stick.replay": _("A newer stick was used at this kiosk, or this one was used to the end. Ask for a new one"),
    "stick.expired": _("The stick has expired, or the clock is wrong. Ask the centre for a new one"),
    "stick.other_centre": _("The stick is from another centre than the one that this kiosk is enrolled at"),
    "stick.wrong_answer": _("The stick has a wrong value ({detail}). Ask the centre for a new one"),
    "setup.other_centre": _("The stick was not signed by the centre that approved this kiosk. Call the centre"),
    "network.connected": _("Connected. The address of this kiosk is {detail}"),
    "network.no_address": _("This kiosk has no address. Check cable and network, or choose another kind of connection"),
    "network.no_device": _("This kiosk has no adapter for that. Plug it in, or choose another kind of connection"),
    "network.wrong_login": _("The network refused the name or the password. Go back and enter both again"),
    "network.timeout": _("The network did not answer. Check cable and network, then try again"),
    "network.failed": _("The network could not be set up ({detail}). Go back and check the entries"),
    "network.no_manager": _(
        "NetworkManager is not installed or does not run. Keep the present connection, or install it"
    ),
    "network.foreign": _(
        "The connection is set in /etc/network/interfaces. Keep the present connection, or remove it there"
    ),
    "wifi.listed": _("Choose the network"),
    "wifi.none": _("No Wi-Fi network is near, or there is no adapter. Go back and choose another connection"),
    "clock.synchronised": _("A time server sets the clock. It is {detail}"),
    "clock.set": _("The clock is set. It is {detail}"),
    "clock.unanswered": _("No time server answers. Check its name, or go back and set the clock by hand"),
    "clock.failed": _("The clock could not be set ({detail}). Try again, or skip this step"),
    "centre.answered": _("The centre answers. Its certificate comes from {detail}"),
    "centre.unknown_authority": _(
        "The centre answers, but its certificate is from an authority that this kiosk does not know: {detail}"
    ),
    "centre.incomplete_chain": _(
        "This kiosk does not know the authority of the centre’s certificate, and the centre does not send that "
        "authority’s certificate. Tell the centre that its server must send it"
    ),
    "centre.wrong_name": _("The certificate is for another address. Go back and check the address, or tell the centre"),
    "centre.wrong_date": _(
        "The certificate is not valid on {detail}. If that is not today, go back and set the clock. Otherwise tell the "
        "centre"
    ),
    "centre.wrong_certificate": _("The certificate cannot be accepted ({detail}). Tell the centre"),
    "centre.unreachable": _("Nobody answers there. Check the address and the network"),
    "centre.no_service": _(
        "Something answers there, but it is not a centre. Check the address, and whether the network asks to sign in "
        "first"
    ),
    "centre.busy": _("The centre cannot answer at the moment. Wait a minute, then try again"),
    "centre.incompatible": _("The centre needs a newer version of this kiosk. Install the update, then try again"),
    "centre.proxy_login": _("The proxy asks for a name and a password. Ask for an exception for this kiosk"),
    "centre.not_trusted": _("The certificate was not accepted. Ask the centre for its fingerprint, then try again"),
    "settings.saved": _("Saved"),
    "settings.saved_with_unknown": _("Saved. kiosk.toml also has options without effect, perhaps mistyped: {detail}"),
    "settings.refused": _("Not saved: {detail}"),
    "device.works": _("It works"),
    "device.judge_paper": _("Did the test slip come out?"),
    "device.judge_sound": _("A sound was played. Did you hear it?"),
    "device.refused": _("Check cable, power and paper, then try again. Or skip this step and repair it later"),
    "device.listed": _("Choose the device"),
    "device.none": _("No such device is connected by cable. Plug it in and try again, or choose one of these"),
    "touch.accurate": _("Every touch was felt within {detail} mm. Nothing had to be changed"),
    "touch.calibrated": _("The screen was {detail} mm off and is corrected. The screen goes dark for a moment"),
    "touch.unusable": _("The touches do not fit the targets. Touch each target at its centre, then try again"),
    "touch.unanswered": _("Not every target was touched. Try again, or skip this step"),
    "pin.saved": _("The PIN is saved"),
    "pin.differs": _("The two PINs differ. Go back and enter both again"),
    "pin.locked": _("Too many incorrect PINs. Wait a moment"),
    "pin.wrong": _("Incorrect PIN"),
    "key.shown": _("Write it down, compare it once more, and give it to the centre. Do not leave it at the kiosk"),
    "key.none": _(
        "This kiosk has no recovery key: the disk image did not encrypt its disk, or it was installed another way"
    ),
    "key.unreadable": _("The recovery key cannot be read ({detail}). Tell whoever maintains the kiosk"),
    "enrol.waiting": _("Waiting for the officer at the centre"),
    "enrol.starting": _("Asking the centre for the code …"),
    "enrol.approved": _("The centre has approved this kiosk: {detail}"),
    "enrol.failed": _("The enrolment failed. Try again, or call the centre. {detail}"),
    "setup.opened": _("The set-up is open"),
    "setup.no_pin": _("No PIN is set. Go back and choose one"),
    "setup.finished": _("The set-up is finished"),
    "setup.not_enrolled": _("This kiosk is not enrolled yet. Go back and enrol it"),
    "service.silent": _("The set-up service does not answer. Restart the machine, then try again"),
    "service.closed": _("The set-up is closed. Open it on the technician’s screen"),
    "service.refused": _("The set-up service does not accept this entry. Go back and check it"),
}


def outcome_text(outcome: TaskOutcome, language: str) -> str:
    """The sentence of a result. A fault of a device has the name that citizens read, and the technician's cure."""
    if outcome.sentence.startswith(FAULT_PREFIX):
        code = outcome.sentence.removeprefix(FAULT_PREFIX)
        title = translate(FAULTS[Fault(code)].title, language)
        cure = STAFF_CODES[code].cure.in_language(language).replace("`", "")
        return f"{title} ({code}) {cure}" if language == "th" else f"{title} ({code}). {cure}"
    return translate(SENTENCES.get(outcome.sentence, SENTENCES["service.refused"]), language, detail=outcome.detail)
