"""Which security is meant: the market is asked where a code is not enough, and never otherwise."""

from collections import Counter

import pytest

from callcenter.domain.securities import Board, SecurityCode
from callcenter.gateways.paper import demo
from callcenter.ivr.prompts import Prompt
from tests.unit.ivr.hotline_of import LOGIN, Hotline

LISTED = [listing.security for listing in demo.LISTINGS]
CODES = sorted({security.code for security in LISTED})
ON_MARKETS = Counter(security.code for security in LISTED)
TO_BUY = Counter(security.code for security in LISTED if security.board is not Board.INDEX)


@pytest.mark.parametrize("code", CODES)
async def test_a_quote_asks_for_the_market_only_where_the_code_is_not_enough(
    code: SecurityCode,
) -> None:
    call = await Hotline().dial("3", f"{code}#")

    assert (Prompt.CHOOSE_MARKET in call.prompts) == (ON_MARKETS[code] > 1)


@pytest.mark.parametrize("code", CODES)
async def test_an_order_asks_for_the_market_only_among_what_can_be_traded(
    code: SecurityCode,
) -> None:
    call = await Hotline().dial("1", *LOGIN, "1", f"{code}#")

    assert (Prompt.CHOOSE_MARKET in call.prompts) == (TO_BUY[code] > 1)


@pytest.mark.parametrize("code", [code for code in CODES if code.startswith("0")])
async def test_leading_zeros_may_be_left_out(code: SecurityCode) -> None:
    whole = await Hotline().dial("1", *LOGIN, "1", f"{code}#")
    short = await Hotline().dial("1", *LOGIN, "1", f"{code.lstrip('0')}#")

    assert short.phone.said[-1] == whole.phone.said[-1]


async def test_a_code_with_zeros_too_many_is_none() -> None:
    call = await Hotline().dial("1", *LOGIN, "1", "0600000#")

    assert call.heard(Prompt.MESSAGE_NUMBER, number=3001)
