"""One connection to the card in one reader, with the Thai applet selected."""

from collections.abc import Callable
from typing import Any, Final, TypeVar

from drivers.card_reader.apdu import CardChannel, StatusWordError
from drivers.card_reader.card_map import SELECT_APPLET
from drivers.card_reader.photo import BadPhotoError
from drivers.card_reader.winscard import CARD_REMOVED_CODES, FAULT_BY_ERROR_CODE, CardConnection, PcscError
from drivers.ports.card_reader import CardFault, CardReadError

Result = TypeVar("Result")

# Cards whose ATR begins with this need P2=1 in GET RESPONSE. Trying it first saves one exchange; CardChannel also
# corrects a wrong P2.
ATR_PREFIX_P2_1: Final = b"\x3b\x67"


def may_be_thai_id(context: Any, reader: str) -> bool:
    """Whether the card in `reader` has the Thai applet, or could not be queried."""
    return has_thai_id_applet(context, reader) is not False


def has_thai_id_applet(context: Any, reader: str) -> bool | None:
    """Whether the card in `reader` has the Thai applet; None where it could not be queried. Reads nothing."""
    try:
        card = CardConnection(context, reader)
    except PcscError:
        return None
    try:
        card.begin_transaction()
        CardChannel(card.transmit).send_ignoring_data(SELECT_APPLET)
    except StatusWordError as error:
        return False if error.status_word else None
    except PcscError:
        return None
    finally:
        card.close()
    return True


def run_with_card(context: Any, reader: str, operation: Callable[[CardChannel], Result]) -> Result:
    """Connect to the card in `reader`, select the applet and run `operation`. Raises CardReadError."""
    try:
        card = CardConnection(context, reader)
    except PcscError as error:
        raise CardReadError(FAULT_BY_ERROR_CODE.get(error.code, CardFault.UNREADABLE)) from error
    try:
        card.begin_transaction()
        channel = CardChannel(card.transmit, response_p2=int(card.atr().startswith(ATR_PREFIX_P2_1)))
        try:
            channel.send_ignoring_data(SELECT_APPLET)
        except StatusWordError as error:
            # No status word at all is a bad contact, not a refusal.
            fault = CardFault.NOT_THAI_ID if error.status_word else CardFault.UNREADABLE
            raise CardReadError(fault) from error
        return operation(channel)
    except PcscError as error:
        raise CardReadError(
            CardFault.PULLED_OUT if error.code in CARD_REMOVED_CODES else CardFault.UNREADABLE
        ) from error
    except StatusWordError as error:
        raise CardReadError(CardFault.UNREADABLE) from error
    except BadPhotoError as error:
        raise CardReadError(CardFault.BAD_CONTENT) from error
    finally:
        card.close()
