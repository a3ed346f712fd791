"""The events of the journey: user actions, external events, and results of effects.

An event is a frozen dataclass; deriving from one of the three kinds makes it one. Its handler names it in the
annotation of its parameter (see `transitions.event_handler`), so that an event is named only here and at its handler.
"""

from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Any, ClassVar, dataclass_transform

from drivers.ports.card_reader import CardFault, CardReaderStatus, CitizenCard
from drivers.ports.letter_scanner import ScannerStatus
from drivers.ports.receipt_printer import PrinterStatus, PrintVerdict
from journey.complaint.draft import LetterOffer, LetterPage, RecognisedLine, field_rules
from journey.device_tests import DeviceTest, DeviceUnderTest
from journey.faults import Fault
from journey.screens import Screen
from journey.setup.setup_state import TaskOutcome
from journey.state import Environment, KioskProfile, SavedSubmission
from protocol.staff_call import StaffCallResponse
from protocol.topics import Topic

if TYPE_CHECKING:  # its model imports pydantic, which the first frame does not wait for
    from protocol.messages import TrackingResponse


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
class Event:
    """Base of all events: makes every subclass a frozen dataclass."""

    __dataclass_fields__: ClassVar[dict[str, Any]]

    def __init_subclass__(cls) -> None:
        dataclass(frozen=True)(cls)


class UserAction(Event):
    """An action of somebody at the kiosk. Counts as presence: idle time starts again."""

    allowed_over_overlay: ClassVar[bool] = False  # handled while an overlay covers the screen


class ExternalEvent(Event):
    """A change not made by the citizen: time, devices, the kiosk's state."""


class EffectResult(Event):
    """The result of an effect. It carries the RequestId of its effect."""


@dataclass(frozen=True)
class RequestId:
    """Which effect a result belongs to. `step` drops a result that the visit does not wait for."""

    visit_id: int
    sequence: int


# --- user actions: notice, card and form -------------------------------------------------------------------------


class ScreenTouched(UserAction):
    """Any touch of the screen, also while typing. It has no other effect."""


class BeginVisit(UserAction):
    """The button of the attract screen."""


class AcceptNotice(UserAction):
    """The privacy notice was accepted."""

    at_epoch_s: float  # seconds since the epoch


class ContinueWithoutCard(UserAction):
    """Identify without the ID card."""


class ReadCardAgain(UserAction):
    """Read the card in the slot once more."""


class ChooseTopic(UserAction):
    """A topic tile: chooses, and moves on unless the topic takes a note."""

    topic: Topic


class ChooseArea(UserAction):
    """A DOPA code: province (2 digits), district (4) or tambon (6)."""

    area: str
    subareas_unknown: bool = False  # the citizen does not know the levels below


class WriteText(UserAction):
    """Set a text field of the draft. Raises ValueError for a field that takes no text."""

    field_name: str
    text: str = field(repr=False)

    def __post_init__(self) -> None:
        if not field_rules(self.field_name).max_chars:
            raise ValueError(f"{self.field_name} is not a text field of the draft")


class Choose(UserAction):
    """Set a field of the draft to one of its choices. Raises ValueError for a value that is none of them."""

    field_name: str
    value: object

    def __post_init__(self) -> None:
        if type(self.value) is not field_rules(self.field_name).choice_type:
            raise ValueError(f"{self.value} is not a choice of {self.field_name}")


class AcceptOffer(UserAction):
    """Put what the letter offers into its empty field."""

    offer: LetterOffer


class ReplaceHiddenStory(UserAction):
    """Discard a hidden story (its card is out) and start again."""


class Next(UserAction):
    """The filled button of identify, topic, place, story, scan, contact, phone and details."""


class Back(UserAction):
    """The back button."""


class EditSection(UserAction):
    """From review: open the screen of one section. The citizen's name is CONTACT, not IDENTIFY."""

    screen: Screen


# --- user actions: letter ----------------------------------------------------------------------------------------


class SwitchToScan(UserAction):
    """Scan a letter instead of typing."""


class SwitchToTyping(UserAction):
    """Type instead of scanning a letter."""


class ScanPage(UserAction):
    """Scan the page on the scanner and add it to the letter."""


class CancelScan(UserAction):
    """Stop the running scan."""


class RemovePage(UserAction):
    """Remove a page from the letter."""

    page_id: str


class RescanPage(UserAction):
    """Replace a page by a new scan: the sheet was face up, so its empty side was scanned."""

    page_id: str


class KeepBlankPage(UserAction):
    """Keep a page on which nothing was detected."""

    page_id: str


class RotatePage(UserAction):
    """Rotate a page by 90° clockwise; its text is recognised again."""

    page_id: str


class WritePageText(UserAction):
    """Correct the recognised text of a page."""

    page_id: str
    text: str = field(repr=False)


# --- user actions: sending and receipt ---------------------------------------------------------------------------


class SubmitComplaint(UserAction):
    """The send button: seals and saves the complaint."""


class ReportReceiptPrinted(UserAction):
    """The reply to "did the receipt come out?"."""

    printed: bool


class ReprintReceipt(UserAction):
    """Print the receipt again."""


class Finish(UserAction):
    """The done button: from receipt to farewell; from farewell, tracking result, about and technician to attract.
    On the receipt it confirms that the citizen has code and number."""


class ConfirmCodeNoted(UserAction):
    """Overlay NO_RECEIPT: the code was photographed or written down."""

    allowed_over_overlay = True


# --- user actions: overlays and end of the visit -----------------------------------------------------------------


class StartOver(UserAction):
    """End the visit; asks first if something would be lost."""

    allowed_over_overlay = True


class ConfirmStartOver(UserAction):
    """Overlay START_OVER: yes."""

    allowed_over_overlay = True


class DismissOverlay(UserAction):
    """Close the overlay and continue. OTHER_CARD closes only once the first card is back or the other one out."""

    allowed_over_overlay = True


class RequestStaff(UserAction):
    """Call a member of staff."""

    allowed_over_overlay = True


class CancelStaffCall(UserAction):
    """Staff are no longer needed."""

    allowed_over_overlay = True


# --- user actions: tracking, about, technician -------------------------------------------------------------------


class OpenTracking(UserAction):
    """Track a case."""


class SubmitTrackingCode(UserAction):
    """Look up the typed tracking code."""

    text: str = field(repr=False)


class ScanReceiptCode(UserAction):
    """Read the tracking code from a receipt on the scanner."""


class OpenRating(UserAction):
    """Rate the work on the case that is shown."""


class ChooseStars(UserAction):
    """One to five stars for one who worked on the case."""

    key: str
    stars: int


class SubmitRating(UserAction):
    """Send the stars to the centre."""


class OpenAbout(UserAction):
    """Show what this kiosk is and who runs it."""


class ShowFault(UserAction):
    """A fault banner on attract was touched: show the fault."""

    fault: Fault


class OpenTechnician(UserAction):
    """The hidden gesture of the technician."""


class EnterPin(UserAction):
    """The technician's PIN was typed."""

    pin: str = field(repr=False)


class RunDeviceTest(UserAction):
    """The technician starts the test of a device."""

    target: DeviceUnderTest


class RecordDeviceTest(UserAction):
    """The technician's judgement of a test: the slip was printed, the sound heard, the touch registered."""

    target: DeviceUnderTest
    passed: bool
    at_epoch_s: float  # seconds since the epoch


class SetMaxVolume(UserAction):
    """The loudest volume in this hall, per cent. A sample is played at once."""

    percent: int


class Restart(UserAction):
    """The technician restarts the interface, or the whole machine."""

    reboot: bool


# --- user actions: accessibility ---------------------------------------------------------------------------------


class OpenAccessibility(UserAction):
    """Show the accessibility options."""


class SetLanguage(UserAction):
    """'th' or 'en'; another value changes nothing."""

    language: str
    allowed_over_overlay = True


class NextTextSize(UserAction):
    """The next text size, the first after the last."""

    allowed_over_overlay = True


class NextContrast(UserAction):
    """The next palette."""

    allowed_over_overlay = True


class ToggleLowReach(UserAction):
    """Everything that can be touched moves to the lower half, or back."""

    allowed_over_overlay = True


class ToggleLeftHanded(UserAction):
    """Buttons move to the left, or back."""

    allowed_over_overlay = True


class SetThaiKeyOrder(UserAction):
    """The key that switches between the two Thai keyboard layouts."""

    alphabetical: bool


class ToggleLongPressKeys(UserAction):
    """Holding a key types its shifted character."""

    allowed_over_overlay = True


class ToggleReadAloud(UserAction):
    """Screens are read aloud, or no longer."""

    allowed_over_overlay = True


class NextVolume(UserAction):
    """The next volume."""

    allowed_over_overlay = True


# --- user actions: set-up ----------------------------------------------------------------------------------------


class OpenSetup(UserAction):
    """The technician opens the set-up again."""


class AnswerSetup(UserAction):
    """The answer of the page changed."""

    page: str
    answer: str = field(repr=False)


class ChooseSetupOption(UserAction):
    """An option was chosen, and the set-up goes on."""

    page: str
    answer: str


class NextSetupPage(UserAction):
    """Go on."""


class PreviousSetupPage(UserAction):
    """Go back to the last page that asks something."""


class SkipSetupPage(UserAction):
    """Leave a step out that may be done later."""


class TrySetupTask(UserAction):
    """Run the task of the page, once more if it failed."""


class JudgeSetupTask(UserAction):
    """The technician says whether it worked."""

    passed: bool


# --- external events ---------------------------------------------------------------------------------------------


class Tick(ExternalEvent):
    """Time passed."""

    now: float  # seconds, monotonic


class ScreenShown(ExternalEvent):
    """This screen has been drawn and is visible. The receipt is printed only after its screen was shown."""

    screen: Screen


class CardReaderChanged(ExternalEvent):
    """The reader or its slot has another status."""

    status: CardReaderStatus


class PrinterChanged(ExternalEvent):
    """The receipt printer has another status."""

    status: PrinterStatus


class ScannerChanged(ExternalEvent):
    """The scanner has another status."""

    status: ScannerStatus


class EnvironmentChanged(ExternalEvent):
    """Fields of the Environment with new values, by name; the others stay. Raises TypeError for an unknown field."""

    changes: tuple[tuple[str, object], ...]

    def __init__(self, **changes: object) -> None:
        if unknown := changes.keys() - _ENVIRONMENT_FIELDS:
            raise TypeError(f"no field of the environment: {', '.join(sorted(unknown))}")
        object.__setattr__(self, "changes", tuple(sorted(changes.items())))


_ENVIRONMENT_FIELDS = {item.name for item in fields(Environment)}


class StaffCallResponded(ExternalEvent):
    """The centre's response to the staff call of that number."""

    number: int
    response: StaffCallResponse


class KioskProfileChanged(ExternalEvent):
    """The kiosk was enrolled, or enrolled again: names and public address of its centre."""

    kiosk: KioskProfile


class ReceiptRestored(ExternalEvent):
    """The interface was restarted within two minutes in the same boot and found a receipt note."""

    saved: SavedSubmission
    language: str = "th"


class DeviceTestsLoaded(ExternalEvent):
    """Device tests and volume from before this start."""

    device_tests: tuple[DeviceTest, ...]
    max_volume_percent: int


class DeviceTestFinished(ExternalEvent):
    """The result of a device test. It belongs to no visit."""

    device_test: DeviceTest


class SetupTaskEnded(ExternalEvent):
    """The result of a task of the set-up, or news of one that still runs."""

    task_number: int
    outcome: TaskOutcome


class PinChecked(ExternalEvent):
    """The result of the CheckPin effect with that id. It belongs to no visit."""

    check_id: int
    correct: bool


# --- effect results ----------------------------------------------------------------------------------------------


class CardRead(EffectResult):
    """The citizen's data from the card."""

    request_id: RequestId
    card: CitizenCard = field(repr=False)
    area: str = ""  # DOPA code of the card's address, '' when unknown


class CardReadFailed(EffectResult):
    """The card, or its citizen id, could not be read."""

    request_id: RequestId
    fault: CardFault


class CitizenIdRead(EffectResult):
    """The citizen id of the card in the slot, to tell this citizen's card from another one."""

    request_id: RequestId
    citizen_id: str = field(repr=False)


class ScanProgress(EffectResult):
    """How much of the page has been scanned, 0 to 1."""

    request_id: RequestId
    fraction: float


class PageScanned(EffectResult):
    """A page is in the page store, ready to be shown. Recognition is a separate effect."""

    request_id: RequestId
    page: LetterPage
    more_pages_follow: bool = False  # from a feeder: the scan continues until ScanEnded or ScanFailed


class ScanEnded(EffectResult):
    """The feeder is empty, or the letter has its maximum of pages."""

    request_id: RequestId


class PageRotated(EffectResult):
    """A page was rotated; `page` has its new size."""

    request_id: RequestId
    page: LetterPage


class ScanFailed(EffectResult):
    """The scan ended with a fault of the scanner."""

    request_id: RequestId
    status: ScannerStatus


class ReadingProgress(EffectResult):
    """The lines of a page that are recognised so far; `fraction` of its lines."""

    request_id: RequestId
    page_id: str
    lines: tuple[RecognisedLine, ...]
    fraction: float


class PageRecognised(EffectResult):
    """The recognised text of a page."""

    request_id: RequestId
    page_id: str
    lines: tuple[RecognisedLine, ...]
    is_readable: bool
    confidence: float
    quarter_turns: int = 0  # clockwise quarter turns that made the stored picture upright
    offers: tuple[LetterOffer, ...] = ()
    is_complete: bool = True  # False: the reading was ended before the last line


class RecognitionFailed(EffectResult):
    """A page could not be read, or not be rotated."""

    request_id: RequestId
    page_id: str


class SaveSucceeded(EffectResult):
    """The complaint is saved durably."""

    request_id: RequestId
    saved: SavedSubmission


class SaveFailed(EffectResult):
    """Nothing was saved."""

    request_id: RequestId
    fault: Fault


class PrintFinished(EffectResult):
    """A print job ended, with any verdict."""

    request_id: RequestId
    verdict: PrintVerdict
    status: PrinterStatus


class ReceiptCodeRead(EffectResult):
    """The tracking code of the receipt on the scanner."""

    request_id: RequestId
    code: str = field(repr=False)


class ReceiptCodeReadFailed(EffectResult):
    """No tracking code was found on the scanned sheet, or the scanner failed with `status`."""

    request_id: RequestId
    status: ScannerStatus | None = None


class LookUpSucceeded(EffectResult):
    """The centre's response to a tracking code."""

    request_id: RequestId
    response: "TrackingResponse" = field(repr=False)


class LookUpFailed(EffectResult):
    """The centre did not respond."""

    request_id: RequestId


class RatingSent(EffectResult):
    """The centre has the rating. Its response is the case as it is now."""

    request_id: RequestId
    response: "TrackingResponse" = field(repr=False)


class RatingFailed(EffectResult):
    """The centre did not respond, or refused the rating."""

    request_id: RequestId
