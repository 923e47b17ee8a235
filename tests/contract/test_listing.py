"""What every `Listing` promises: the fake, and the paper counter's."""

from collections.abc import AsyncIterator, Sequence
from decimal import Decimal
from typing import Final

import pytest

from callcenter.domain.securities import Security
from callcenter.gateways.paper.listing import PaperListing
from callcenter.gateways.paper.listing_file import Listed
from callcenter.trading.ports import Listing
from tests import make
from tests.fakes.listing import FakeListing


def listed(code: str, name: str, *initials: str, market: str = "SH") -> tuple[Security, list[str]]:
    return make.security(code=code, name=name, market=market), list(initials)


LISTED: Final = [
    listed("600000", "浦发银行", "PFYH"),
    listed("600004", "白云机场", "BYJC"),
    listed("603950", "长源东谷", "CYDG", "ZYDG"),
    listed("000001", "平安银行", "PAYH", market="SZ"),
    listed("000002", "平安", "PA", market="SZ"),
    listed("510300", "沪深300ETF", "HS300ETF"),
    listed("920001", "平安银器", "PAYQ", market="BJ"),
]


@pytest.fixture(params=["fake", "paper"])
def where(request: pytest.FixtureRequest) -> str | None:
    return None if request.param == "fake" else request.getfixturevalue("dsn")


@pytest.fixture
async def listing(where: str | None) -> AsyncIterator[Listing]:
    if where is None:
        yield FakeListing(LISTED)
        return
    paper = PaperListing(where)
    await paper.start()
    await paper.take_over(
        [
            Listed(security=security, previous_close=Decimal(1), initials=tuple(initials))
            for security, initials in LISTED
        ]
    )
    yield paper
    await paper.stop()


def names(found: Sequence[Security]) -> list[str]:
    return [security.name for security in found]


@pytest.mark.parametrize(
    ("keys", "found"),
    [
        pytest.param("7394", ["浦发银行"], id="a-whole-name"),
        pytest.param("739", ["浦发银行"], id="its-beginning"),
        pytest.param("2952", ["白云机场"], id="another"),
        pytest.param("2934", ["长源东谷"], id="one-reading"),
        pytest.param("9934", ["长源东谷"], id="the-other-reading"),
        pytest.param("72", ["平安", "平安银行", "平安银器"], id="the-whole-before-the-longer"),
        pytest.param("47300383", ["沪深300ETF"], id="digits-are-themselves"),
        pytest.param("394", [], id="not-from-the-middle"),
        pytest.param("73945", [], id="beyond-its-end"),
        pytest.param("7", [], id="one-key"),
        pytest.param("", [], id="nothing"),
        pytest.param("7%", [], id="no-digit"),
        pytest.param("７３", [], id="wide-digits"),
    ],
)
async def test_a_name_is_found_by_its_keys(keys: str, found: list[str], listing: Listing) -> None:
    assert names(await listing.search(keys)) == found


async def test_no_more_than_asked_for_are_found(listing: Listing) -> None:
    assert names(await listing.search("72", most=2)) == ["平安", "平安银行"]


async def test_what_is_found_is_the_security_itself(listing: Listing) -> None:
    assert await listing.search("7394") == [make.security()]
