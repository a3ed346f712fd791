"""The pages of the set-up in their order, in one table: what each asks, when it is shown, which task it starts."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

from journey.language import _
from journey.setup import checks
from journey.setup.setup_state import Answers, SetupTask


class SetupStep(Enum):
    """The big steps."""

    WELCOME = _("Welcome")
    NETWORK = _("Network")
    CLOCK = _("Clock")
    CENTRE = _("Centre")
    HALL = _("Hall")
    SCREEN = _("Screen")
    DEVICES = _("Devices")
    PIN = _("Technician’s PIN")
    ENROLMENT = _("Enrolment")
    END = _("Finished")


class PageKind(Enum):
    """What a page has besides its title and hint."""

    TEXT_ONLY = "text_only"
    CHOICE = "choice"
    TEXT = "text"
    TRIAL = "trial"
    RULER = "ruler"
    TOUCH = "touch"
    ROTATION = "rotation"


def _always(_answers: Answers) -> bool:
    return True


@dataclass(frozen=True)
class SetupPage:
    """One page. `options` are value and message id; `options_task` lists more of them on this machine."""

    name: str
    step: SetupStep
    kind: PageKind
    title: str
    hint: str = ""
    options: tuple[tuple[str, str], ...] = ()
    options_task: SetupTask | None = None
    layout: str = "latin"  # of the keyboard
    check: Callable[[str], str] = checks.accept_all
    default: str = ""
    is_secret: bool = False  # not kept in the progress file
    task: SetupTask | None = None
    starts_by_itself: bool = True  # the task runs when the page opens; otherwise a button starts it
    start_label: str = _("Try")  # of that button
    can_skip: bool = False
    is_shown: Callable[[Answers], bool] = _always


def _network_is(*kinds: str) -> Callable[[Answers], bool]:
    return lambda answers: answers.get("network.kind") in kinds


def _uses_login(answers: Answers) -> bool:
    return answers.get("network.kind") in ("dhcp", "fixed") and answers.get("network.login") == "peap"


def _is_named(page: str, *values: str) -> Callable[[Answers], bool]:
    return lambda answers: answers.get(page) in values


def _has(page: str) -> Callable[[Answers], bool]:
    return lambda answers: answers.get(page, "none") not in ("none", "")


REOPENED = "setup.reopened"  # an answer of no page: a technician opened a finished set-up again
ROTATION = "screen.rotation"  # the page; its answer is in degrees, as the setting `screen.rotation`
PIN_HASH = "pin.hash"  # an answer of no page: a stick has brought the PIN's hash


def _lacks(page: str) -> Callable[[Answers], bool]:
    return lambda answers: not answers.get(page)


_YES_NO = (("yes", _("Yes, there is one")), ("none", _("No, there is none")))
_KIND, _STEP = PageKind, SetupStep

PAGES: tuple[SetupPage, ...] = (
    SetupPage(
        "welcome",
        _STEP.WELCOME,
        _KIND.TEXT_ONLY,
        _("Set up this kiosk"),
        _("This takes about ten minutes. The power may fail at any time: the set-up continues where it was."),
    ),
    SetupPage(
        "open.pin",
        _STEP.WELCOME,
        _KIND.TEXT,
        _("Technician’s PIN once more"),
        _("The part of the kiosk that changes the machine checks it itself"),
        layout="digits",
        check=checks.check_pin,
        is_secret=True,
        is_shown=_has(REOPENED),
    ),
    SetupPage(
        "open.try", _STEP.WELCOME, _KIND.TRIAL, _("Opening the set-up"), task=SetupTask.OPEN, is_shown=_has(REOPENED)
    ),
    SetupPage(
        "open.key",
        _STEP.WELCOME,
        _KIND.TRIAL,
        _("Recovery key of the disk"),
        _("With a new main board, or on another machine, the disk opens with this key only. Nobody else may see it"),
        task=SetupTask.RECOVERY_KEY,
        starts_by_itself=False,
        start_label=_("Show the key"),
        can_skip=True,
        is_shown=_has(REOPENED),
    ),
    SetupPage(
        ROTATION,
        _STEP.WELCOME,
        _KIND.ROTATION,
        _("Is the picture upright?"),
        _("If it lies on its side or is upside down, turn it until it is upright"),
        check=checks.check_rotation,
    ),
    SetupPage(
        "stick.try",
        _STEP.WELCOME,
        _KIND.TRIAL,
        _("Is there a stick with settings?"),
        _("Plug it in, wait five seconds, then press the button. Without a stick, skip this"),
        task=SetupTask.STICK,
        starts_by_itself=False,
        can_skip=True,
    ),
    SetupPage(
        "network.kind",
        _STEP.NETWORK,
        _KIND.CHOICE,
        _("How is this kiosk connected?"),
        options=(
            ("keep", _("Keep the present connection")),
            ("dhcp", _("Cable, address given by the network")),
            ("fixed", _("Cable, fixed address")),
            ("wifi", _("Wi-Fi")),
            ("mobile", _("Mobile network (4G)")),
        ),
    ),
    SetupPage(
        "network.address",
        _STEP.NETWORK,
        _KIND.TEXT,
        _("Which address has this kiosk?"),
        _("With the length of the network, such as 10.20.0.15/24"),
        check=checks.check_interface_address,
        is_shown=_network_is("fixed"),
    ),
    SetupPage(
        "network.gateway",
        _STEP.NETWORK,
        _KIND.TEXT,
        _("Which address has the gateway?"),
        check=checks.check_address,
        is_shown=_network_is("fixed"),
    ),
    SetupPage(
        "network.dns",
        _STEP.NETWORK,
        _KIND.TEXT,
        _("Addresses of the name servers"),
        check=checks.check_addresses,
        is_shown=_network_is("fixed"),
    ),
    SetupPage(
        "network.login",
        _STEP.NETWORK,
        _KIND.CHOICE,
        _("Does the network ask for a login (802.1X)?"),
        options=(("none", _("No login")), ("peap", _("User name and password (PEAP)"))),
        is_shown=_network_is("dhcp", "fixed"),
    ),
    SetupPage(
        "network.identity",
        _STEP.NETWORK,
        _KIND.TEXT,
        _("User name for the network"),
        check=checks.check_present,
        is_shown=_uses_login,
    ),
    SetupPage(
        "network.password",
        _STEP.NETWORK,
        _KIND.TEXT,
        _("Password for the network"),
        check=checks.check_present,
        is_secret=True,
        is_shown=_uses_login,
    ),
    SetupPage(
        "network.ssid",
        _STEP.NETWORK,
        _KIND.CHOICE,
        _("Which Wi-Fi network?"),
        options_task=SetupTask.LIST_WIFI,
        is_shown=_network_is("wifi"),
    ),
    SetupPage(
        "network.wifi_password",
        _STEP.NETWORK,
        _KIND.TEXT,
        _("Password for the Wi-Fi network"),
        _("Leave it empty for a network without a password"),
        check=checks.check_wifi_password,
        is_secret=True,
        is_shown=_network_is("wifi"),
    ),
    SetupPage(
        "network.apn",
        _STEP.NETWORK,
        _KIND.TEXT,
        _("APN of the SIM card"),
        default="internet",
        check=checks.check_present,
        is_shown=_network_is("mobile"),
    ),
    SetupPage(
        "network.proxy",
        _STEP.NETWORK,
        _KIND.TEXT,
        _("Does the network need a proxy?"),
        _("Name and port, such as proxy.example.go.th:3128. Leave it empty for no proxy"),
        check=checks.check_host_and_port,
    ),
    SetupPage("network.try", _STEP.NETWORK, _KIND.TRIAL, _("Connecting to the network"), task=SetupTask.NETWORK),
    SetupPage(
        "clock.kind",
        _STEP.CLOCK,
        _KIND.CHOICE,
        _("Who sets the clock?"),
        options=(
            ("usual", _("The usual time servers")),
            ("server", _("A time server of this network")),
            ("hand", _("I set it by hand")),
        ),
    ),
    SetupPage(
        "clock.server",
        _STEP.CLOCK,
        _KIND.TEXT,
        _("Which time server?"),
        check=checks.check_host,
        is_shown=_is_named("clock.kind", "server"),
    ),
    SetupPage(
        "clock.time",
        _STEP.CLOCK,
        _KIND.TEXT,
        _("What time is it in Thailand?"),
        _("Year, month, day, hour and minute, such as 2026-11-30 14:05"),
        check=checks.check_clock,
        is_shown=_is_named("clock.kind", "hand"),
    ),
    SetupPage("clock.try", _STEP.CLOCK, _KIND.TRIAL, _("Setting the clock"), task=SetupTask.CLOCK, can_skip=True),
    SetupPage(
        "centre.url",
        _STEP.CENTRE,
        _KIND.TEXT,
        _("Which address has the centre?"),
        default="https://",
        check=checks.check_centre_url,
    ),
    SetupPage("centre.try", _STEP.CENTRE, _KIND.TRIAL, _("Asking the centre"), task=SetupTask.CENTRE),
    SetupPage(
        "centre.trust",
        _STEP.CENTRE,
        _KIND.CHOICE,
        _("Is this the fingerprint that the centre gave you?"),
        options=(("yes", _("Yes, it is the same")), ("no", _("No, or I do not have one"))),
        is_shown=_has("centre.fingerprint"),
    ),
    SetupPage(
        "centre.trusted",
        _STEP.CENTRE,
        _KIND.TRIAL,
        _("Asking the centre"),
        task=SetupTask.TRUST,
        is_shown=_has("centre.fingerprint"),
    ),
    SetupPage(
        "hall.kiosk_id",
        _STEP.HALL,
        _KIND.TEXT,
        _("Which number has this kiosk?"),
        _("Three letters of the province and two digits, such as KKN07. No other kiosk may have it"),
        check=checks.check_kiosk_id,
    ),
    SetupPage(
        "hall.name_th",
        _STEP.HALL,
        _KIND.TEXT,
        _("Name of the hall, in Thai"),
        layout="th",
        check=checks.check_present,
    ),
    SetupPage(
        "hall.name_en",
        _STEP.HALL,
        _KIND.TEXT,
        _("Name of the hall, in English"),
        layout="en",
        check=checks.check_present,
    ),
    SetupPage(
        "hall.area",
        _STEP.HALL,
        _KIND.TEXT,
        _("Code of the hall’s area"),
        _("The two digits of the province, four of the district or six of the tambon. Or nothing"),
        layout="digits",
        check=checks.check_area,
    ),
    SetupPage(
        "hall.phone",
        _STEP.HALL,
        _KIND.TEXT,
        _("Telephone number of the hall’s desk"),
        _("The fault page shows it. Or nothing"),
        layout="numbers",
        check=checks.check_phone,
    ),
    SetupPage("hall.save", _STEP.HALL, _KIND.TRIAL, _("Saving"), task=SetupTask.SAVE),
    SetupPage(
        "screen.width",
        _STEP.SCREEN,
        _KIND.RULER,
        _("How wide is the picture?"),
        _("Place a ruler on the line, and change the width until the line is 100 mm long"),
    ),
    SetupPage("screen.save", _STEP.SCREEN, _KIND.TRIAL, _("Saving"), task=SetupTask.SAVE),
    SetupPage(
        "screen.touch",
        _STEP.SCREEN,
        _KIND.TOUCH,
        _("Does the screen feel where you touch?"),
        _("Press the button, then touch the centre of each target"),
        task=SetupTask.CALIBRATE,
        starts_by_itself=False,
        can_skip=True,
    ),
    SetupPage(
        "reader.present",
        _STEP.DEVICES,
        _KIND.CHOICE,
        _("Is there a card reader?"),
        _("Without one every visit is without a card"),
        options=_YES_NO,
    ),
    SetupPage(
        "reader.try",
        _STEP.DEVICES,
        _KIND.TRIAL,
        _("Try the card reader"),
        _("Insert an ID card, then press the button. Nothing of the card is kept"),
        task=SetupTask.CARD_READER,
        starts_by_itself=False,
        can_skip=True,
        is_shown=_has("reader.present"),
    ),
    SetupPage(
        "scanner.device",
        _STEP.DEVICES,
        _KIND.CHOICE,
        _("Which scanner?"),
        _("Without one complaints are typed"),
        options=(("none", _("No scanner")),),
        options_task=SetupTask.LIST_SCANNERS,
    ),
    SetupPage(
        "scanner.try",
        _STEP.DEVICES,
        _KIND.TRIAL,
        _("Try the scanner"),
        _("Place a page on the scanner, then press the button. The page is not kept"),
        task=SetupTask.SCANNER,
        starts_by_itself=False,
        can_skip=True,
        is_shown=_has("scanner.device"),
    ),
    SetupPage(
        "printer.connection",
        _STEP.DEVICES,
        _KIND.CHOICE,
        _("Which receipt printer?"),
        _("Without one the code is shown on the screen only"),
        options=(("none", _("No printer")), ("network", _("A printer in the network"))),
        options_task=SetupTask.LIST_PRINTERS,
    ),
    SetupPage(
        "printer.address",
        _STEP.DEVICES,
        _KIND.TEXT,
        _("Which address has the printer?"),
        _("Such as 10.20.0.9. A port other than 9100 comes after a colon"),
        check=checks.check_printer_address,
        is_shown=_is_named("printer.connection", "network"),
    ),
    SetupPage(
        "printer.width",
        _STEP.DEVICES,
        _KIND.CHOICE,
        _("How wide is the paper?"),
        options=(
            ("576", _("80 mm (576 dots)")),
            ("512", _("80 mm (512 dots)")),
            ("384", _("58 mm (384 dots)")),
        ),
        is_shown=_has("printer.connection"),
    ),
    SetupPage(
        "printer.try",
        _STEP.DEVICES,
        _KIND.TRIAL,
        _("Try the printer"),
        _("Press the button. A test slip comes out"),
        task=SetupTask.PRINTER,
        starts_by_itself=False,
        can_skip=True,
        is_shown=_has("printer.connection"),
    ),
    SetupPage("sound.present", _STEP.DEVICES, _KIND.CHOICE, _("Is there a loudspeaker here?"), options=_YES_NO),
    SetupPage(
        "sound.try",
        _STEP.DEVICES,
        _KIND.TRIAL,
        _("Try the loudspeaker"),
        _("Press the button and listen"),
        task=SetupTask.SOUND,
        starts_by_itself=False,
        can_skip=True,
        is_shown=_has("sound.present"),
    ),
    SetupPage("devices.save", _STEP.DEVICES, _KIND.TRIAL, _("Saving"), task=SetupTask.SAVE),
    SetupPage(
        "pin.new",
        _STEP.PIN,
        _KIND.TEXT,
        _("Choose the technician’s PIN"),
        _("6 to 12 digits. It opens the technician’s screen and this set-up"),
        layout="digits",
        check=checks.check_pin,
        is_secret=True,
        is_shown=_lacks(PIN_HASH),
    ),
    SetupPage(
        "pin.again",
        _STEP.PIN,
        _KIND.TEXT,
        _("Enter the PIN once more"),
        layout="digits",
        is_secret=True,
        is_shown=_lacks(PIN_HASH),
    ),
    SetupPage("pin.save", _STEP.PIN, _KIND.TRIAL, _("Saving"), task=SetupTask.PIN, is_shown=_lacks(PIN_HASH)),
    SetupPage(
        "enrol.try",
        _STEP.ENROLMENT,
        _KIND.TRIAL,
        _("Enrolment at the centre"),
        _("An officer of the centre types this code at the desk. Read it out to them"),
        task=SetupTask.ENROL,
    ),
    SetupPage(
        "key.show",
        _STEP.ENROLMENT,
        _KIND.TRIAL,
        _("Recovery key of the disk"),
        _("With a new main board, or on another machine, the disk opens with this key only. Nobody else may see it"),
        task=SetupTask.RECOVERY_KEY,
        is_shown=_lacks(REOPENED),
    ),
    SetupPage(
        "end", _STEP.END, _KIND.TEXT_ONLY, _("This kiosk is set up"), _("It restarts now and is ready for visits")
    ),
)
PAGES_BY_NAME = {page.name: page for page in PAGES}
STEPS = tuple(step for step in SetupStep if step not in (SetupStep.WELCOME, SetupStep.END))
