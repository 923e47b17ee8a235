"""What the hotline says along the dialogues of these tests, and what a caller keys there."""

from decimal import Decimal
from typing import Final

from callcenter.app import load_menu
from callcenter.domain.refusals import Refusal
from callcenter.gateways.paper.demo import LISTINGS, TRADE_PASSWORD
from callcenter.ivr.catalogue import say
from callcenter.ivr.instead import instead
from callcenter.ivr.prompts import Prompt
from tests.e2e.voice import Announcement
from tests.make import NOON

_MENUS: Final = load_menu().menus
Turn = tuple[Announcement, str]

GREETING: Final = [say(Prompt.GREETING)]
GOODBYE: Final = [say(Prompt.GOODBYE)]
ONE_MOMENT: Final = [say(Prompt.ONE_MOMENT)]
MAIN_MENU: Final = _MENUS["main"].words(top=True)
TRADE_MENU: Final = _MENUS["trade"].words()
ACCOUNT_MENU: Final = _MENUS["account"].words()
TRANSFER_MENU: Final = _MENUS["transfer"].words()
SERVICES_MENU: Final = _MENUS["services"].words()
NEWS_MENU: Final = _MENUS["news"].words()
ASK_BANK_PASSWORD: Final = [say(Prompt.ASK_BANK_PASSWORD)]
ASK_OLD_FUND_PASSWORD: Final = [say(Prompt.ASK_OLD_FUND_PASSWORD)]
ASK_NEW_PASSWORD: Final = [say(Prompt.ASK_NEW_PASSWORD)]
ASK_NEW_PASSWORD_AGAIN: Final = [say(Prompt.ASK_NEW_PASSWORD_AGAIN)]
READ_BACK_FUND_PASSWORD: Final = [say(Prompt.READ_BACK_FUND_PASSWORD), say(Prompt.CONFIRM)]
FUND_PASSWORD_CHANGED: Final = [say(Prompt.FUND_PASSWORD_CHANGED)]
ASK_ACCOUNT: Final = [say(Prompt.ASK_ACCOUNT)]
ASK_PASSWORD: Final = [say(Prompt.ASK_PASSWORD)]
ASK_BUY_CODE: Final = [say(Prompt.ASK_BUY_CODE)]
ASK_SELL_CODE: Final = [say(Prompt.ASK_SELL_CODE)]
ASK_QUOTE_CODE: Final = [say(Prompt.ASK_QUOTE_CODE)]
CHOOSE_MARKET: Final = [
    say(Prompt.CHOOSE_MARKET),
    say(Prompt.MARKET_SH, key="1"),
    say(Prompt.MARKET_SZ, key="2"),
]
NOTHING_HEARD: Final = [say(Prompt.NOTHING_HEARD)]
ORDER_DROPPED: Final = [say(Prompt.ORDER_DROPPED)]

_BY_ID: Final = {listing.security.id: listing for listing in LISTINGS}


def ask_price(security: str = "SH600000") -> Announcement:
    listing = _BY_ID[security]
    name = say(Prompt.NAME_AND_PRICE, name=listing.security.name, last=listing.last)
    return [name, say(Prompt.ASK_PRICE)]


def ask_quantity(most: int) -> Announcement:
    return [say(Prompt.MOST_YOU_CAN_BUY, most=most), say(Prompt.ASK_QUANTITY)]


def read_back(
    security: str = "SH600000", price: str = "10.05", quantity: int = 100
) -> Announcement:
    listed = _BY_ID[security].security
    order = say(
        Prompt.READ_BACK_BUY,
        name=listed.name,
        code=listed.code,
        price=Decimal(price),
        quantity=quantity,
        amount=Decimal(price) * quantity,
    )
    return [order, say(Prompt.CONFIRM)]


def twin(number: str) -> Announcement:
    """How a caller hears of the same order that was placed just now."""
    return [say(Prompt.ORDER_TWIN, number=number), say(Prompt.CONFIRM_AGAIN)]


def accepted(number: str) -> Announcement:
    return [say(Prompt.ORDER_ACCEPTED, number=number)]


def refusal(reason: Refusal, **facts: object) -> Announcement:
    """Return how a refusal is spoken: in words, with what is allowed, and its message number."""
    name = reason.name.lower().replace("_", "-")
    number = say(Prompt.MESSAGE_NUMBER, number=str(reason.value))
    return [say(f"refusal-{name}", **facts), *instead(facts), number]


def log_in(account: str, menu_key: str = "1", password: str = TRADE_PASSWORD) -> list[Turn]:
    return [
        (MAIN_MENU, menu_key),
        (ASK_ACCOUNT, f"{account}#"),
        (ASK_PASSWORD, f"{password}#"),
    ]


def buy_a_hundred(most: int) -> list[Turn]:
    """The way from the trade menu to the read-back of 100 SH600000 at 10.05."""
    return [
        (TRADE_MENU, "1"),
        (ASK_BUY_CODE, "600000#"),
        (ask_price(), "10*05#"),
        (ask_quantity(most), "100#"),
    ]


def money(usable: str, withdrawable: str, frozen: str, total: str) -> Announcement:
    return [
        say(
            Prompt.MONEY,
            usable=Decimal(usable),
            withdrawable=Decimal(withdrawable),
            frozen=Decimal(frozen),
            total=Decimal(total),
        )
    ]


def position(security: str, *, total: int, sellable: int) -> Announcement:
    name = _BY_ID[security].security.name
    return [say(Prompt.POSITION, name=name, total=total, sellable=sellable)]


def order_today(number: str) -> Announcement:
    """How a buy of 100 SH600000 at 10.05 is read in the list of orders."""
    order = say(
        Prompt.ORDER_TODAY_BUY,
        number=number,
        name=_BY_ID["SH600000"].security.name,
        quantity=100,
        price=Decimal("10.05"),
    )
    return [order, say(Prompt.STATE_ACCEPTED)]


def quote(security: str) -> Announcement:
    quoted = _BY_ID[security].quote(NOON)
    moved = Prompt.QUOTE_UP if quoted.change > 0 else Prompt.QUOTE_DOWN
    return [
        say(Prompt.QUOTE, name=quoted.security.name, last=quoted.last),
        say(moved, change=abs(quoted.change), percent=abs(quoted.change_percent)),
        say(
            Prompt.QUOTE_BOOK,
            high=quoted.high,
            low=quoted.low,
            bid=quoted.bid,
            ask=quoted.ask,
            volume=quoted.volume,
        ),
        say(Prompt.QUOTE_MENU),
    ]


def ask_amount_in(most: str) -> Announcement:
    return [say(Prompt.MOST_YOU_CAN_MOVE_IN, most=Decimal(most)), say(Prompt.ASK_AMOUNT)]


def read_back_in(bank: str, amount: str) -> Announcement:
    told = say(Prompt.READ_BACK_TRANSFER_IN, bank=bank, amount=Decimal(amount))
    return [told, say(Prompt.CONFIRM)]


def transfer_done(number: str, amount: str) -> Announcement:
    return [say(Prompt.TRANSFER_DONE, number=number, amount=Decimal(amount))]
