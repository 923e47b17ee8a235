"""Every sentence that the code can say has words, and every value that it says fits them."""

import re
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

import pytest

from callcenter.domain.calls import Language
from callcenter.domain.errors import Refused
from callcenter.domain.orders import Side
from callcenter.domain.refusals import Refusal
from callcenter.domain.securities import Board, Quote, Security
from callcenter.ivr.catalogue import say
from callcenter.ivr.prompts import Prompt
from callcenter.ivr.reasons import refusal_words, rejected_words
from callcenter.ivr.spoken.specs import SPECS
from callcenter.trading.applications.rules import ApplicationRules, Subscriber
from callcenter.trading.offers import Offer
from tests import make, rules
from tests.fakes import desk
from tests.fakes.phone import FakePhone
from tests.unit.ivr.hotline_of import shipped_catalogue, shipped_words, talk_on, words

ENTRIES = shipped_words()
SAMPLES: dict[str, object] = {
    "money": Decimal("1234567.89"),
    "price": Decimal("10.05"),
    "count": 12_300,
    "number": 2,
    "percent": Decimal("-3.30"),
    "change": Decimal("0.50"),
    "digits": "60000001",
    "code": "600000",
    "name": "浦发银行",
    "text": "words",
    "date": make.NOON.date(),
    "time": make.NOON.time(),
    "key": "1",
}
MAIN, STAR, FUND = (make.security(board=b) for b in (Board.SH_MAIN, Board.STAR, Board.FUND))
NOBODY = make.customer(permissions=frozenset())
SUBSCRIPTIONS = ApplicationRules(rules.book().tables)
RICH = Subscriber(market_value=Decimal("10000000.00"), earlier=0, misses=())
TODAY = make.NOON.date()


def slots_of(prompt: str) -> dict[str, str]:
    """Return the slots of a sentence, each with how it is spoken."""
    return dict(re.findall(r"\{(\w+):(\w+)\}", ENTRIES[prompt]["zh"]))


def figures_of(refusal: Refusal) -> dict[str, str]:
    return slots_of(refusal_words(refusal))


def quote_of(security: Security) -> Quote:
    return make.quote(security, previous_close=Decimal("4.123"))


def offer(usable: str) -> Offer:
    return Offer(
        side=Side.BUY,
        security=MAIN,
        quote=make.quote(),
        usable=Decimal(usable),
        sellable=0,
        rules=rules.book(),
        at=make.NOON,
    )


def test_every_prompt_and_every_refusal_has_words_and_no_words_are_orphans() -> None:
    refusals = {refusal_words(refusal) for refusal in Refusal}
    without_figures = {rejected_words(refusal) for refusal in Refusal if figures_of(refusal)}

    assert set(ENTRIES) == {*Prompt} | refusals | without_figures
    assert shipped_catalogue().prompts == set(ENTRIES)


@pytest.mark.parametrize("language", list(Language))
@pytest.mark.parametrize("prompt", ENTRIES)
def test_every_prompt_can_be_said_in_both_languages(prompt: str, language: Language) -> None:
    values = {name: SAMPLES[spec] for name, spec in slots_of(prompt).items()}

    spoken = shipped_catalogue().utterance([say(prompt, **values)], language)

    assert all(phrase.strip() for phrase in spoken.phrases)
    assert spoken.words
    assert not set("{}") & set(spoken.words)


def test_every_way_to_say_a_value_is_tried_here() -> None:
    assert set(SAMPLES) == set(SPECS)


@pytest.mark.parametrize("language", list(Language))
@pytest.mark.parametrize("refusal", list(Refusal))
async def test_every_refusal_can_be_told_by_who_knows_no_figures(
    refusal: Refusal, language: Language
) -> None:
    phone = FakePhone()
    talk = talk_on(phone)
    talk.language = language

    await talk.refuse(Refused(refusal))

    assert phone.said[0].endswith(words(Prompt.MESSAGE_NUMBER, language, number=refusal.value))


CAUSES: dict[Refusal, list[Callable[[], object]]] = {
    Refusal.WRONG_TICK: [
        lambda: rules.check_price(MAIN, make.quote(), Decimal("10.005")),
        lambda: rules.check_price(FUND, quote_of(FUND), Decimal("4.1234")),
    ],
    Refusal.PRICE_OUTSIDE_LIMITS: [
        lambda: rules.check_price(MAIN, make.quote(), Decimal(12)),
        lambda: rules.check_price(FUND, quote_of(FUND), Decimal(9)),
    ],
    Refusal.NOT_A_PRICE: [lambda: rules.check_price(MAIN, make.quote(), Decimal(0))],
    Refusal.WRONG_LOT: [
        lambda: rules.check_quantity(MAIN, Side.BUY, 150, 0),
        lambda: rules.check_quantity(MAIN, Side.SELL, 150, 200),
    ],
    Refusal.QUANTITY_TOO_SMALL: [
        lambda: rules.check_quantity(MAIN, Side.BUY, 0, 0),
        lambda: rules.check_quantity(STAR, Side.BUY, 199, 0),
        lambda: rules.check_quantity(STAR, Side.SELL, 100, 300),
    ],
    Refusal.QUANTITY_TOO_LARGE: [lambda: rules.check_quantity(MAIN, Side.BUY, 2_000_000, 0)],
    Refusal.WRONG_ODD_LOT: [
        lambda: rules.check_quantity(MAIN, Side.SELL, 150, 299),
        lambda: rules.check_quantity(STAR, Side.SELL, 100, 150),
    ],
    Refusal.NOT_ENOUGH_MONEY: [
        lambda: offer("5000").check_quantity(Decimal("10.05"), 500),
        lambda: offer("0").check_quantity(Decimal("10.05"), 100),
    ],
    Refusal.NOT_ENOUGH_SHARES: [lambda: rules.check_quantity(MAIN, Side.SELL, 300, 299)],
    Refusal.NOTHING_TO_SELL: [lambda: rules.check_quantity(MAIN, Side.SELL, 100, 0)],
    Refusal.UNKNOWN_SECURITY: [lambda: rules.check_tradable(make.security(board=Board.INDEX))],
    Refusal.SUSPENDED: [lambda: rules.check_tradable(replace(MAIN, suspended=True))],
    Refusal.NO_STAR_PERMISSION: [lambda: rules.check_permission(NOBODY, STAR)],
    Refusal.NO_CHINEXT_PERMISSION: [
        lambda: rules.check_permission(NOBODY, make.security(board=Board.CHINEXT))
    ],
    Refusal.NO_BSE_PERMISSION: [
        lambda: rules.check_permission(NOBODY, make.security(board=Board.BSE))
    ],
    Refusal.OVER_QUOTA: [lambda: SUBSCRIPTIONS.check_issue(desk.ISSUE, RICH, 10_000, TODAY)],
    Refusal.WRONG_SUBSCRIPTION_UNIT: [
        lambda: SUBSCRIPTIONS.check_issue(desk.ISSUE, RICH, 501, TODAY)
    ],
    Refusal.OVER_RIGHTS: [lambda: SUBSCRIPTIONS.check_rights(desk.RIGHTS, 91, TODAY)],
    Refusal.FUND_AMOUNT_TOO_SMALL: [
        lambda: SUBSCRIPTIONS.check_subscribe(desk.FUND, Decimal("9.99"), TODAY)
    ],
    Refusal.FUND_AMOUNT_TOO_LARGE: [
        lambda: SUBSCRIPTIONS.check_subscribe(desk.FUND, Decimal("100000.01"), TODAY)
    ],
    Refusal.NOT_ENOUGH_FUND_SHARES: [
        lambda: SUBSCRIPTIONS.check_redeem(desk.FUND, Decimal("800.01"), Decimal("800.00"), TODAY)
    ],
}


@pytest.mark.parametrize("language", list(Language))
@pytest.mark.parametrize(
    ("refusal", "cause"),
    [(refusal, cause) for refusal, causes in CAUSES.items() for cause in causes],
    ids=[f"{refusal.name}-{n}" for refusal, causes in CAUSES.items() for n, _ in enumerate(causes)],
)
async def test_what_our_rules_refuse_can_be_said_with_its_figures(
    refusal: Refusal, cause: Callable[[], object], language: Language
) -> None:
    phone = FakePhone()
    talk = talk_on(phone)
    talk.language = language

    with pytest.raises(Refused) as refused:
        cause()
    await talk.refuse(refused.value)

    number = words(Prompt.MESSAGE_NUMBER, language, number=refusal.value)
    assert refused.value.reason is refusal
    assert phone.said[0].endswith(number)


def test_every_refusal_with_figures_is_tried_here() -> None:
    with_figures = {refusal for refusal in Refusal if figures_of(refusal)}

    assert with_figures <= set(CAUSES)
