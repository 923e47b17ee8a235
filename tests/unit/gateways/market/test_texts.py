"""What the two public formats say, and what is not believed of them."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callcenter.domain.calls import Language
from callcenter.domain.clock import BEIJING
from callcenter.domain.securities import Level, Quote
from callcenter.gateways.market.figures import Garbled
from callcenter.gateways.market.sina import Sina
from callcenter.gateways.market.tencent import Tencent
from callcenter.gateways.market.texts import TextFormat, symbol
from callcenter.ivr.spoken.specs import SPECS
from tests import make
from tests.fakes import quote_texts

NOW = make.NOON
AT = datetime(2026, 11, 20, 10, 25, 3, tzinfo=BEIJING)


def sina(changes: dict[int, str] | None = None) -> Quote:
    answer = quote_texts.sina_answer({"sh600000": quote_texts.sina(changes)})
    return read(Sina(), answer)


def tencent(changes: dict[int, str] | None = None) -> Quote:
    answer = quote_texts.tencent_answer({"sh600000": quote_texts.tencent(changes)})
    return read(Tencent(), answer)


def read(form: TextFormat, answer: str) -> Quote:
    return form.quote(make.security(), form.records(answer)["sh600000"], NOW)


def levels(*of: tuple[str, int]) -> tuple[Level, ...]:
    return tuple(Level(price=Decimal(price), volume=volume) for price, volume in of)


EXPECTED = make.quote(
    at=AT,
    open=Decimal("10.01"),
    amount=Decimal("124072345.6"),
    bids=levels(
        ("10.04", 31_200), ("10.03", 45_600), ("10.02", 7_800), ("10.01", 100), ("10.00", 92_300)
    ),
    asks=levels(
        ("10.05", 28_400), ("10.06", 1_500), ("10.07", 63_000), ("10.08", 400), ("10.09", 5_500)
    ),
)


def test_sina_tells_shares_with_volumes_before_prices() -> None:
    assert sina() == EXPECTED


def test_tencent_tells_lots_with_prices_before_volumes_and_the_limits() -> None:
    assert tencent() == replace(
        EXPECTED,
        amount=Decimal(124_070_000),  # it knows ten thousands only
        limits=(Decimal("9.00"), Decimal("11.00")),
    )


def test_both_sources_read_the_same_market_alike() -> None:
    by_sina, by_tencent = sina(), tencent()

    assert by_sina == replace(by_tencent, limits=None, amount=by_sina.amount)


@pytest.mark.parametrize("extra", [0, 1, 3])
def test_tencent_has_50_to_53_fields(extra: int) -> None:
    text = quote_texts.tencent() + "~" * extra

    assert len(text.split("~")) == 50 + extra
    answer = quote_texts.tencent_answer({"sh600000": text})
    assert read(Tencent(), answer).last == Decimal("10.05")


@pytest.mark.parametrize(
    ("limits", "told"),
    [
        pytest.param(("11.00", "9.00"), (Decimal("9.00"), Decimal("11.00")), id="told"),
        pytest.param(("0.00", "0.00"), None, id="zero"),
        pytest.param(("-1", "-1"), None, id="none"),
        pytest.param(("", ""), None, id="empty"),
    ],
)
def test_a_security_without_limits_has_none(
    limits: tuple[str, str], told: tuple[Decimal, Decimal] | None
) -> None:
    assert tencent({47: limits[0], 48: limits[1]}).limits == told


# open, last, high, low, volume
SINA_FIELDS = {"open": 1, "last": 3, "high": 4, "low": 5, "volume": 8}
TENCENT_FIELDS = {"open": 5, "last": 3, "high": 33, "low": 34, "volume": 6}
BOTH = [
    pytest.param(sina, SINA_FIELDS, id="sina"),
    pytest.param(tencent, TENCENT_FIELDS, id="tencent"),
]
Read = Callable[[dict[int, str]], Quote]


@pytest.mark.parametrize(("read", "fields"), BOTH)
@pytest.mark.parametrize("last", ["0.00", "10.00"])
def test_before_the_first_trade_a_quote_stands_at_the_previous_close(
    read: Read, fields: dict[str, int], last: str
) -> None:
    nothing = dict.fromkeys(fields, "0.00") | {"last": last, "volume": "0"}

    quote = read({at: nothing[name] for name, at in fields.items()})

    assert (quote.last, quote.high, quote.low) == (Decimal(10),) * 3
    assert quote.open is None
    assert (quote.volume, quote.change) == (0, Decimal(0))


def emptied(side: Sequence[int]) -> dict[int, str]:
    return dict.fromkeys(side, "0.00")


def test_at_the_upper_limit_nobody_offers() -> None:
    by_sina = sina(emptied(range(21, 30, 2)) | dict.fromkeys(range(20, 30, 2), "0"))
    by_tencent = tencent(emptied(range(19, 28, 2)) | dict.fromkeys(range(20, 29, 2), "0"))

    for quote in (by_sina, by_tencent):
        assert (quote.ask, quote.asks) == (None, ())
        assert quote.bid == Decimal("10.04")


def test_in_a_call_auction_bid_and_ask_are_equal_and_what_is_left_has_no_price() -> None:
    auction = {11: "10.02", 13: "0.000", 15: "0.000", 17: "0.000", 19: "0.000"}
    auction |= {21: "10.02", 23: "0.000", 25: "0.000", 27: "0.000", 29: "0.000"}

    quote = sina(auction)

    assert (quote.bid, quote.ask) == (Decimal("10.02"), Decimal("10.02"))
    assert len(quote.bids) == len(quote.asks) == 1


@pytest.mark.parametrize(("read", "fields"), BOTH)
@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"last": "abc"}, id="letters"),
        pytest.param({"last": ""}, id="nothing"),
        pytest.param({"last": "-10.05"}, id="negative"),
        pytest.param({"last": "NaN"}, id="not-a-number"),
        pytest.param({"last": "1e3"}, id="an-exponent"),
        pytest.param({"last": "１０.05"}, id="wide-digits"),
        pytest.param({"last": "10.051234"}, id="too-fine"),
        pytest.param({"last": "999999999999"}, id="too-much"),
        pytest.param({"last": "10.21"}, id="above-the-high"),
        pytest.param({"last": "9.94"}, id="below-the-low"),
        pytest.param({"last": "0.00"}, id="traded-without-a-last-price"),
        pytest.param({"high": "9.90"}, id="high-below-low"),
        pytest.param({"high": "0.00"}, id="a-low-and-no-high"),
        pytest.param({"open": "10.30"}, id="opened-above-the-high"),
        pytest.param({"volume": "12.5"}, id="half-a-share"),
        pytest.param({"volume": "-100"}, id="negative-volume"),
        pytest.param({"high": "0.00", "low": "0.00"}, id="a-last-price-and-no-range"),
        pytest.param(
            {"high": "0.00", "low": "0.00", "open": "0.00", "last": "0.00"}, id="volume-at-no-price"
        ),
    ],
)
def test_a_quote_that_cannot_be_so_is_none(
    read: Read, fields: dict[str, int], changes: dict[str, str]
) -> None:
    with pytest.raises(Garbled):
        read({fields[name]: value for name, value in changes.items()})


@pytest.mark.parametrize(
    ("read", "changes"),
    [
        pytest.param(sina, {2: "0.000"}, id="sina-no-previous-close"),
        pytest.param(tencent, {4: "0.00"}, id="tencent-no-previous-close"),
        pytest.param(sina, {30: "2026-13-20"}, id="sina-no-month"),
        pytest.param(sina, {30: "1970-01-01"}, id="sina-before-the-exchange"),
        pytest.param(sina, {30: "2026-11-21"}, id="sina-tomorrow"),
        pytest.param(tencent, {30: "20261121102503"}, id="tencent-tomorrow"),
        pytest.param(tencent, {30: "2026112010250"}, id="tencent-cut-time"),
        pytest.param(tencent, {2: "600001"}, id="tencent-another-code"),
        pytest.param(sina, {11: "10.06"}, id="sina-bid-above-ask"),
        pytest.param(sina, {13: "10.20"}, id="sina-bids-out-of-order"),
        pytest.param(tencent, {21: "10.01"}, id="tencent-asks-out-of-order"),
        pytest.param(tencent, {47: "9.00", 48: "11.00"}, id="tencent-limits-crossed"),
        pytest.param(sina, {2: "0.001"}, id="sina-ten-thousand-times-the-close"),
        pytest.param(tencent, {4: "99999.00"}, id="tencent-a-ten-thousandth-of-the-close"),
        pytest.param(sina, {8: "1" * 13}, id="sina-more-shares-than-there-are"),
    ],
)
def test_what_contradicts_itself_is_none(read: Read, changes: dict[int, str]) -> None:
    with pytest.raises(Garbled):
        read(changes)


@pytest.mark.parametrize("form", [Sina(), Tencent()], ids=lambda form: form.name)
def test_too_few_fields_are_no_quote(form: TextFormat) -> None:
    with pytest.raises(Garbled):
        form.quote(make.security(), ["浦发银行", "10.01"], NOW)


@pytest.mark.parametrize("form", [Sina(), Tencent()], ids=lambda form: form.name)
@pytest.mark.parametrize("text", ["", "<html>busy</html>", "v_sh600000=1", "Forbidden"])
def test_what_has_no_record_is_not_in_the_format(form: TextFormat, text: str) -> None:
    with pytest.raises(Garbled):
        form.records(text)


def test_a_record_that_was_cut_off_is_not_read() -> None:
    whole = quote_texts.sina_answer({"sh600000": quote_texts.sina()})

    cut = whole + whole.replace("600000", "600004")[:-20]

    assert list(Sina().records(cut)) == ["sh600000"]


def test_an_unknown_code_has_no_record() -> None:
    assert Sina().records('var hq_str_sh600001="";\n') == {}
    assert Tencent().records('v_pv_none_match="1";\n') == {}


@pytest.mark.parametrize("form", [Sina(), Tencent()], ids=lambda form: form.name)
def test_a_market_is_part_of_the_name(form: TextFormat) -> None:
    names = [symbol(make.security(market=m, code="920799")) for m in ("SH", "SZ", "BJ")]

    assert names == ["sh920799", "sz920799", "bj920799"]
    assert form.path(["sh600000", "sz000001"]).endswith("=sh600000,sz000001")


def test_what_is_no_code_is_not_asked_for() -> None:
    assert symbol(make.security(code="60000/")) is None


def test_a_clock_that_differs_by_minutes_is_no_reason_to_doubt() -> None:
    form = Tencent()
    fields = form.records(quote_texts.tencent_answer({"sh600000": quote_texts.tencent()}))

    quote = form.quote(make.security(), fields["sh600000"], AT - timedelta(minutes=4))

    assert quote.at == AT


@pytest.mark.parametrize(
    ("form", "separator", "text"),
    [
        pytest.param(Sina(), ",", quote_texts.SINA, id="sina"),
        pytest.param(Tencent(), "~", quote_texts.TENCENT, id="tencent"),
    ],
)
@given(
    at=st.integers(0, 49),
    value=st.one_of(
        st.text(max_size=12), st.decimals(allow_nan=True).map(str), st.integers().map(str)
    ),
)
def test_a_broken_field_gives_a_sane_quote_or_none(
    form: TextFormat, separator: str, text: str, at: int, value: str
) -> None:
    fields = text.split(separator)
    fields[at % len(fields)] = value

    try:
        quote = form.quote(make.security(), fields, NOW)
    except Garbled:
        return

    assert 0 < quote.low <= quote.last <= quote.high
    assert quote.previous_close > 0
    assert quote.volume >= 0
    assert quote.at.tzinfo is BEIJING
    for spec, said in (
        ("price", quote.last),
        ("percent", quote.change_percent),
        ("count", quote.volume),
        ("time", quote.at),
    ):
        assert SPECS[spec].phrases(said, Language.ZH)
