"""What callers do: each dialogue follows the menu that ships, and reads as a script."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from decimal import Decimal
from typing import Final

from callcenter.load.person import Person, Placed

Dialogue = Callable[[Person], Awaitable[None]]

_CODE: Final = "600000"
_USUAL: Final = tuple(Decimal(fen) / 100 for fen in range(1000, 1006))
_TOO_LOW: Final = tuple(Decimal(fen) / 100 for fen in range(940, 946))  # to be filled
_LOTS: Final = range(100, 1000, 100)


async def query(person: Person) -> None:
    """Log in, hear the money, hang up."""
    await log_in(person, "2")
    await person.answer("account menu", "1")
    await person.hear_out()


async def buy(person: Person) -> None:
    """Log in, buy, hear the order number."""
    await log_in(person, "1")
    await dictate(person, _USUAL)
    await person.hear_out()


async def buy_and_cancel(person: Person) -> None:
    """Buy too cheaply to be filled, then cancel that order."""
    await log_in(person, "1")
    await dictate(person, _TOO_LOW)
    await person.listen(4.0, 6.0)
    await person.key("trade menu", "3")
    await person.answer("open order", "1")
    await person.hear_out()


async def transfer(person: Person) -> None:
    """Move money from the bank."""
    await log_in(person, "4")
    await person.answer("transfer menu", "1")
    await person.answer("amount", f"{person.random.randrange(100, 1000)}#")
    await person.answer("bank password", f"{person.caller.bank_password}#")
    await person.hear_out()
    await person.key("confirmation of transfer", "1")
    await person.hear_out()


async def news(person: Person) -> None:
    """Listen to the market news for a while, skipping once; nobody logs in for that."""
    await person.answer("main menu", "5")
    await person.answer("news menu", "1")
    await person.listen(8.0, 15.0)
    await person.key("playback", "#")
    await person.listen(5.0, 10.0)


async def hang_up(person: Person) -> None:
    """Buy, and be gone at any moment: while it speaks, between two keys, after key 1."""
    way = person.random.choice((_after_key_1, _between_keys, _while_it_speaks))
    await way(person)


async def wrong_keys(person: Person) -> None:
    """A login that is none, a code that is none, a key that is none, and silence."""
    await person.answer("main menu", "1")
    await person.answer("wrong account", f"9{person.random.randrange(10**7):07}#")
    await person.answer("wrong password", f"{person.random.randrange(10**6):06}#")
    await person.answer("account", f"{person.caller.account}#")
    await person.answer("password", f"{person.caller.password}#")
    await person.answer("wrong key", "9")
    await person.answer("trade menu", "1")
    await person.answer("wrong code", "123456#")
    await person.say_nothing()
    await person.answer("code", "*")
    await person.listen()


async def greeting(person: Person) -> None:
    """Hear the greeting for a moment and hang up: as many call set-ups as can be."""
    await person.listen(1.0, 2.0)


async def log_in(person: Person, main_menu: str) -> None:
    """Choose from the main menu what needs a login, and log in."""
    await person.answer("main menu", main_menu)
    await person.answer("account", f"{person.caller.account}#")
    await person.answer("password", f"{person.caller.password}#")


async def dictate(person: Person, prices: Sequence[Decimal]) -> None:
    """
    Give an order from the trade menu on, and confirm it once it has been read back.

    It is another one than that of the caller's calls before: within a minute (the redial guard)
    who orders the same twice is asked whether it is meant.
    """
    price = prices[person.nth_call % len(prices)]
    quantity = _LOTS[person.nth_call // len(prices) % len(_LOTS)]
    await person.answer("trade menu", "1")
    await person.answer("code", f"{_CODE}#")
    await person.answer("price", f"{price}#".replace(".", "*"))
    await person.answer("quantity", f"{quantity}#")
    await person.hear_out()
    await person.stay(0.2, 1.0)
    await person.confirm(
        Placed(account=person.caller.account, code=_CODE, price=price, quantity=quantity)
    )


async def _after_key_1(person: Person) -> None:
    await log_in(person, "1")
    person.stays = False
    await dictate(person, _USUAL)
    await person.stay(0.0, 0.5)


async def _between_keys(person: Person) -> None:
    await person.answer("main menu", "1")
    await person.listen()
    cut = person.random.randrange(1, len(person.caller.account))
    await person.key("half an account", person.caller.account[:cut])


async def _while_it_speaks(person: Person) -> None:
    await log_in(person, "1")
    await person.answer("trade menu", "1")
    await person.listen(0.0, 3.0)


SCENARIOS: Final[Mapping[str, Dialogue]] = {
    "query": query,
    "buy": buy,
    "buy-and-cancel": buy_and_cancel,
    "transfer": transfer,
    "news": news,
    "hang-up": hang_up,
    "wrong-keys": wrong_keys,
    "greeting": greeting,
}
LEAVES_OFF: Final = frozenset({"hang-up"})  # whose next call would be asked about this one
