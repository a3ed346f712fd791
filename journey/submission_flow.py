"""From "send" to the paper: seal and save once, show code and number, then ask the printer."""

from dataclasses import replace

from drivers.ports.receipt_printer import PrintVerdict
from journey import effects, events
from journey.complaint.checks import phone_lack
from journey.form_flow import may_leave
from journey.state import CardPhase, Journey, Overlay, PrintPhase, Screen, Visit
from journey.transitions import Result, answered, ask, awaited, begin, go, other_card_in, with_visit
from protocol.choices import IdentitySource, Naming

MAX_PRINTS = 3  # then staff help: a citizen who asked three times has another trouble than the paper


def confirm(journey: Journey, _: events.Confirm) -> Result:
    """Seal and save. Anonymous means that nobody learns the name, so it leaves the state before sealing."""
    visit = journey.visit
    if visit is None or journey.screen is not Screen.REVIEW or not may_leave(visit, Screen.REVIEW):
        return journey, ()
    if phone_lack(visit.draft) is not None:  # typed, and left by "back" before anything was said about it
        return go(replace(journey, visit=replace(visit, editing=True, phone_bad=True)), Screen.PHONE), ()
    if visit.draft.naming is Naming.ANONYMOUS:
        visit = _anonymous(visit)
    draft, language = visit.draft, journey.comfort.language
    return ask(
        journey,
        visit,
        "save",
        lambda ticket: effects.Save(ticket, draft, language),
        saving=True,
        save_fault=None,
    )


def _anonymous(visit: Visit) -> Visit:
    """From here on a visit without card, also when the saving fails: there is nobody left to compare a card with."""
    draft = replace(
        visit.draft,
        identity_source=IdentitySource.NONE,
        card=None,
        card_area="",
        typed_name="",
        phone="",
    )
    return answered(visit, "card id", draft=draft, card_phase=CardPhase.DECLINED)


def saved(journey: Journey, event: events.Saved) -> Result:
    """Final from here on: the codes go on the screen and into the note; the printer waits for the screen."""
    visit = awaited(journey, event.ticket, "save")
    if visit is None:
        return journey, ()
    waiting = visit.card_waiting or other_card_in(journey)
    done = answered(visit, "save", saving=False, minted=event.minted, card_waiting=waiting)
    note = effects.KeepReceiptNote(event.minted, journey.comfort.language)
    journey = received(go(replace(journey, visit=done), Screen.RECEIPT))
    if visit.card_waiting and visit.draft.card is not None:  # a card came while saving: whose is it?
        journey, asked = ask(journey, replace(done, card_waiting=False), "card id", effects.ReadCardId)
        return journey, (note, *asked)
    return journey, (note,)


def received(journey: Journey) -> Journey:
    """Follow what the centre has given its receipt for. It is remembered: the list holds the last ones only."""
    visit = journey.visit
    if visit is None or visit.minted is None or visit.minted.submission_id not in journey.around.received:
        return journey
    return with_visit(journey, received=True)


def save_failed(journey: Journey, event: events.SaveFailed) -> Result:
    """Nothing was committed: the review stays as it was and says so."""
    visit = awaited(journey, event.ticket, "save")
    if visit is None:
        return journey, ()
    failed = answered(visit, "save", saving=False, save_fault=event.fault, card_waiting=False)
    journey = replace(journey, visit=failed, last_touch=journey.now)
    if visit.card_waiting and visit.draft.card is not None:  # a card came while saving: whose is it?
        return ask(journey, failed, "card id", effects.ReadCardId)
    return journey, ()


def painted(journey: Journey, event: events.Painted) -> Result:
    """Code, number and QR are on the glass: now the printer is asked, unless it is known to be unable."""
    visit = journey.visit
    if visit is None or event.screen is not Screen.RECEIPT or journey.screen is not Screen.RECEIPT:
        return journey, ()
    if visit.minted is None or visit.print_phase is not PrintPhase.NOT_ASKED:
        return journey, ()
    if not journey.around.printer.can_print:
        return with_visit(journey, print_phase=PrintPhase.DONE, print_verdict=PrintVerdict.NOT_PRINTED), ()
    return _print(journey, visit)


def print_again(journey: Journey, _: events.PrintAgain) -> Result:
    """Only asked for, never automatic."""
    visit = journey.visit
    if visit is None or journey.screen is not Screen.RECEIPT or visit.minted is None:
        return journey, ()
    if visit.print_phase is not PrintPhase.DONE or visit.prints_asked >= MAX_PRINTS:
        return journey, ()
    return _print(journey, visit)


def _print(journey: Journey, visit: Visit) -> Result:
    minted = visit.minted
    assert minted is not None  # noqa: S101 - both callers looked
    return ask(
        journey,
        visit,
        "print",
        lambda ticket: effects.PrintReceipt(
            ticket,
            minted,
            journey.comfort.language,
            pages=minted.pages,
            copy=visit.prints_asked + 1,
            date_known=journey.around.clock_trusted,
            is_copy=visit.papers_out > 0,
        ),
        print_phase=PrintPhase.PRINTING,
        print_verdict=None,
        paper_confirmed=None,
        prints_asked=visit.prints_asked + 1,
    )


def printed(journey: Journey, event: events.ReceiptPrinted) -> Result:
    journey = replace(journey, around=replace(journey.around, printer=event.status))
    visit = awaited(journey, event.ticket, "print")
    if visit is None:
        return journey, ()
    out = visit.papers_out + (event.verdict is not PrintVerdict.NOT_PRINTED)
    done = answered(visit, "print", print_phase=PrintPhase.DONE, print_verdict=event.verdict, papers_out=out)
    journey = replace(journey, visit=done, last_touch=journey.now)
    if journey.overlay is Overlay.NO_PAPER and event.verdict is not PrintVerdict.NOT_PRINTED:
        journey = replace(journey, overlay=None)  # it came meanwhile: the page says so, or asks
    return journey, ()


def paper_came_out(journey: Journey, event: events.PaperCameOut) -> Result:
    """The answer where the printer could not say."""
    visit = journey.visit
    if visit is None or visit.print_verdict is not PrintVerdict.PROBABLY_PRINTED or visit.paper_confirmed is not None:
        return journey, ()
    verdict = visit.print_verdict if event.yes else PrintVerdict.NOT_PRINTED
    out = visit.papers_out if event.yes else max(0, visit.papers_out - 1)
    return with_visit(journey, paper_confirmed=event.yes, print_verdict=verdict, papers_out=out), ()


def restored(journey: Journey, event: events.Restored) -> Result:
    """After a restart within two minutes: the receipt is shown again. Whether its paper came out is asked."""
    if journey.visit is not None:
        return journey, ()
    journey = begin(journey, Screen.RECEIPT)
    journey = replace(journey, comfort=replace(journey.comfort, language=event.language))
    return (
        with_visit(
            journey,
            minted=event.minted,
            print_phase=PrintPhase.DONE,
            print_verdict=PrintVerdict.PROBABLY_PRINTED,
            prints_asked=1,
            papers_out=1,
        ),
        (),
    )
