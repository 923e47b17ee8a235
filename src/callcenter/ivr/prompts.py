"""
Every sentence that the hotline says, by name. Its words are in the folder `words`.

Why we say no is in `words/refusals.yaml`: there a sentence is named after its refusal.
"""

from enum import StrEnum

from callcenter.domain.refusals import Refusal


class Prompt(StrEnum):
    # the call
    GREETING = "greeting"
    GREETING_BRANCH = "greeting-branch"
    GOODBYE = "goodbye"
    ONE_MOMENT = "one-moment"
    MAINTENANCE = "maintenance"
    FAULT = "fault"
    LINE_TEST = "line-test"
    # keys
    WRONG_KEY = "wrong-key"
    NOTHING_HEARD = "nothing-heard"
    NO_DEFAULT = "no-default"
    MESSAGE_NUMBER = "message-number"
    MORE = "more"
    # menus
    MENU_TRADE = "menu-trade"
    MENU_ACCOUNT = "menu-account"
    MENU_QUOTES = "menu-quotes"
    MENU_LANGUAGE = "menu-language"
    MENU_BUY = "menu-buy"
    MENU_SELL = "menu-sell"
    MENU_MONEY = "menu-money"
    MENU_POSITIONS = "menu-positions"
    MENU_ORDERS = "menu-orders"
    MENU_AGAIN = "menu-again"
    MENU_BACK = "menu-back"
    # login
    ASK_ACCOUNT = "ask-account"
    ASK_PASSWORD = "ask-password"  # noqa: S105 - a prompt's name
    LOCKED_OUT = "locked-out"
    # orders
    ASK_BUY_CODE = "ask-buy-code"
    ASK_SELL_CODE = "ask-sell-code"
    CHOOSE_MARKET = "choose-market"
    MARKET_SH = "market-sh"
    MARKET_SZ = "market-sz"
    MARKET_BJ = "market-bj"
    HOLDING_TO_SELL = "holding-to-sell"
    NO_MORE_HOLDINGS = "no-more-holdings"
    NAME_AND_PRICE = "name-and-price"
    NAME_WITHOUT_PRICE = "name-without-price"
    ASK_PRICE = "ask-price"
    ASK_PRICE_WITHOUT_LAST = "ask-price-without-last"
    MOST_YOU_CAN_BUY = "most-you-can-buy"
    MOST_YOU_CAN_SELL = "most-you-can-sell"
    ASK_QUANTITY = "ask-quantity"
    READ_BACK_BUY = "read-back-buy"
    READ_BACK_SELL = "read-back-sell"
    CONFIRM = "confirm"
    CONFIRM_AGAIN = "confirm-again"
    ORDER_TWIN = "order-twin"
    RESERVATION_OFFER = "reservation-offer"
    READ_BACK_RESERVATION = "read-back-reservation"
    ORDER_ACCEPTED = "order-accepted"
    ORDER_RESERVED = "order-reserved"
    ORDER_REJECTED = "order-rejected"
    ORDER_UNKNOWN = "order-unknown"
    ORDER_WITHDRAWN = "order-withdrawn"
    ORDER_DROPPED = "order-dropped"
    # cancelling
    MENU_CANCEL = "menu-cancel"
    CANCEL_COUNT = "cancel-count"
    CANCEL_CHOICES = "cancel-choices"
    ASK_ORDER_NUMBER = "ask-order-number"
    CANCEL_NO_MORE = "cancel-no-more"
    CANCEL_ALL_READ_BACK = "cancel-all-read-back"
    CONFIRM_OR_GIVE_UP = "confirm-or-give-up"
    CANCEL_GIVEN_UP = "cancel-given-up"
    CANCEL_DONE = "cancel-done"
    CANCEL_PARTLY_DONE = "cancel-partly-done"
    CANCEL_TOO_LATE = "cancel-too-late"
    CANCEL_UNKNOWN = "cancel-unknown"
    CANCEL_ENDED = "cancel-ended"
    CANCEL_ALL_DONE = "cancel-all-done"
    CANCEL_ALL_UNKNOWN = "cancel-all-unknown"
    CANCEL_ALL_FAILED = "cancel-all-failed"
    # reservations
    MENU_RESERVATIONS = "menu-reservations"
    NO_RESERVATIONS = "no-reservations"
    RESERVATION_COUNT = "reservation-count"
    RESERVED_FOR = "reserved-for"
    RESERVATION_CHOICES = "reservation-choices"
    READ_BACK_CANCEL = "read-back-cancel"
    NO_MORE_RESERVATIONS = "no-more-reservations"
    # account
    MONEY = "money"
    POSITION = "position"
    NO_POSITIONS = "no-positions"
    ORDER_TODAY_BUY = "order-today-buy"
    ORDER_TODAY_SELL = "order-today-sell"
    NO_ORDERS_TODAY = "no-orders-today"
    STATE_PENDING = "state-pending"
    STATE_ACCEPTED = "state-accepted"
    STATE_REJECTED = "state-rejected"
    STATE_UNKNOWN = "state-unknown"
    STATE_RESERVED = "state-reserved"
    STATE_CANCELLING = "state-cancelling"
    STATE_PARTIALLY_FILLED = "state-partially-filled"
    STATE_FILLED = "state-filled"
    STATE_CANCELLED = "state-cancelled"
    STATE_PARTIALLY_CANCELLED = "state-partially-cancelled"
    STATE_FILLS_OUTSTANDING = "state-fills-outstanding"
    STATE_EXPIRED = "state-expired"
    STATE_WITHDRAWN = "state-withdrawn"
    # quotes
    ASK_QUOTE_CODE = "ask-quote-code"
    QUOTE_AS_OF = "quote-as-of"
    QUOTE_AS_OF_DAY = "quote-as-of-day"
    QUOTE = "quote"
    QUOTE_UP = "quote-up"
    QUOTE_DOWN = "quote-down"
    QUOTE_FLAT = "quote-flat"
    QUOTE_BOOK = "quote-book"
    QUOTE_NO_BIDS = "quote-no-bids"
    QUOTE_NO_ASKS = "quote-no-asks"
    QUOTE_RANGE = "quote-range"
    QUOTE_MENU = "quote-menu"
    INDEX = "index"
    INDEX_UP = "index-up"
    INDEX_DOWN = "index-down"
    INDEX_RANGE = "index-range"
    INDEX_MENU = "index-menu"


def refusal_words(refusal: Refusal) -> str:
    """Name the sentence that tells a caller why not."""
    return f"refusal-{_slug(refusal)}"


def rejected_words(refusal: Refusal) -> str:
    """Name the twin without figures of a sentence that has some."""
    return f"rejected-{_slug(refusal)}"


def _slug(refusal: Refusal) -> str:
    return refusal.name.lower().replace("_", "-")
