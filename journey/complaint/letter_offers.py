"""Which offers of a letter have a use in this visit: those for a field that is still empty. Pure."""

from journey.complaint.draft import Draft, LetterOffer, LetterPage
from ocr.recognise import OfferKind
from protocol.choices import NameDisclosure

# Dates, the letter's number and its recipient have no field on the kiosk: nothing is shown for them. The subject
# becomes the text beside the letter, which officers see in their lists; without it a letter has no words there.
FIELD_OF_OFFER = {OfferKind.PHONE: "phone", OfferKind.SUBJECT: "text"}
# A letter may also have an office's phone number in its head. More than two would be a list to search.
MAX_OFFERS = {"phone": 2, "text": 1}


def useful_offers(draft: Draft) -> dict[LetterOffer, LetterPage]:
    """The offers for empty fields in the order of the pages, each with its page. None for a phone number that would not
    be sent, and none whose text the citizen has corrected."""
    empty_fields = {"text"} if not draft.text.strip() else set()
    if not draft.phone.strip() and draft.name_disclosure is not NameDisclosure.ANONYMOUS:
        empty_fields.add("phone")
    offers: dict[LetterOffer, LetterPage] = {}
    for page in draft.pages:
        for offer in page.offers:
            same_field = [other.value for other in offers if other.field_name == offer.field_name]
            is_useful = offer.field_name in empty_fields and offer.text in page.current_text
            if is_useful and offer.value not in same_field and len(same_field) < MAX_OFFERS[offer.field_name]:
                offers[offer] = page
    return offers
