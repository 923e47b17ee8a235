"""OES's codes, entry by entry, against tables that were written for this test."""

import pytest

from callcenter.domain.orders import OrderState
from callcenter.domain.refusals import Refusal
from callcenter.gateways.codes import oes

STATES = {
    1: OrderState.ACCEPTED,
    2: OrderState.ACCEPTED,
    3: OrderState.PARTIALLY_FILLED,
    6: OrderState.PARTIALLY_CANCELLED,
    7: OrderState.CANCELLED,
    8: OrderState.FILLED,
    11: OrderState.REJECTED,
    12: OrderState.REJECTED,
    13: OrderState.REJECTED,
    14: OrderState.REJECTED,
    18: OrderState.REJECTED,
}

# The other way round than the table of the product: what we say, and the numbers for it.
NUMBERS = {
    "LOGIN_FAILED": "1009 1014",
    "PASSWORD_UNCHANGED": "1029",
    "PASSWORD_TOO_SIMPLE": "1034",
    "ACCOUNT_STATE_ABNORMAL": "1011 1202 1209",
    "BUYING_RESTRICTED": "1245",
    "SELLING_RESTRICTED": "1246",
    "NO_SHARE_ACCOUNT": "1201",
    "NO_STAR_PERMISSION": "1275",
    "NO_CHINEXT_PERMISSION": "1250 1288",
    "NO_ST_PERMISSION": "1254",
    "NO_DELISTING_PERMISSION": "1255",
    "NO_CONVERTIBLE_PERMISSION": "1289",
    "NO_REIT_PERMISSION": "1290",
    "NO_MARKET_ORDER_PERMISSION": "1249",
    "NO_PERMISSION": """1017 1038 1215 1247 1248 1251 1252 1256 1257 1258 1259 1260 1261 1266 1267
                        1271 1272 1274 1284 1285 1286 1287""",
    "UNKNOWN_SECURITY": "1010",
    "SUSPENDED": "1232",
    "MARKET_CLOSED": "1007",
    "NO_ORDERS_NOW": "1214",
    "NOT_TRADABLE": "1270",
    "BUYING_NOT_ALLOWED": "1233 1269",
    "WRONG_TICK": "1222",
    "PRICE_OUTSIDE_LIMITS": "1221",
    "WRONG_LOT": "1219",
    "QUANTITY_TOO_LARGE": "1283",
    "QUANTITY_OUTSIDE_LIMITS": "1218",
    "ORDER_KIND_NOT_ALLOWED": "1208",
    "MARKET_ORDER_NOT_NOW": "1224",
    "MARKET_ORDER_NEEDS_LIMITS": "1223",
    "NOT_ENOUGH_MONEY": "1216",
    "NOT_ENOUGH_SHARES": "1217",
    "NOTHING_TO_SELL": "1211",
    "DUPLICATE_ORDER": "1213",
    "POSITION_LIMIT": "1228 1276",
    "PURCHASE_LIMIT": "1229",
    "DAY_LIMIT": "1234 1235 1282",
    "NO_SUCH_ORDER": "1210",
    "TOO_LATE_TO_CANCEL": "1225",
    "CANCEL_MISMATCH": "1226",
    "CANCEL_REPEATED": "1227",
    "OPPOSITE_ORDER_OPEN": "1280 1281",
    "TOO_FREQUENT": "1237 1238",
    "NOT_A_TRANSFER_AMOUNT": "1239",
    "TRANSFER_COUNT_LIMIT": "1242",
    "TRANSFER_IN_PROGRESS": "1243",
    "TRANSFER_UNDER_INVESTIGATION": "1103 1262",
    "DUPLICATE_SUBSCRIPTION": "1240",
    "OVER_QUOTA": "1241",
    "NOT_SUBSCRIPTION_DAY": "1263",
    "RISK_RATING_TOO_LOW": "1253",
    "FUND_SUBSCRIPTION_SUSPENDED": "1264",
    "FUND_REDEMPTION_SUSPENDED": "1265",
    "NOT_BY_TELEPHONE": "1022 1268",
    "EXCHANGE_REFUSED": "1024",
    "COUNTER_UNAVAILABLE": "1002 1033 1101 1102",
    "COUNTER_REFUSED": "1006 1013 1025 1027 1028 1036 1212 1230 1231 1278 1279",
    "COUNTER_FAULT": """1001 1003 1004 1005 1008 1012 1015 1018 1019 1020 1021 1023 1030 1031 1032
                        1035 1037 1203 1204 1205 1206 1207 1220 1236 1244 1273 1277""",
    "BUSY": "1016 1026",
}
REASONS = {
    int(number): Refusal[name] for name, numbers in NUMBERS.items() for number in numbers.split()
}


@pytest.mark.parametrize(("code", "state"), STATES.items())
def test_each_state_is_ours(code: int, state: OrderState) -> None:
    assert oes.state(code) is state


def test_no_state_is_left_untried() -> None:
    assert set(oes.STATES) == set(STATES)


@pytest.mark.parametrize("code", [-1, 0, 4, 9, 10, 15, 16, 17, 19, 255])
def test_a_state_that_nobody_knows_is_unknown_and_never_a_rejection(code: int) -> None:
    assert oes.state(code) is OrderState.UNKNOWN


def test_the_end_of_a_request_to_cancel_says_nothing_of_an_order() -> None:
    assert oes.state(oes.CANCEL_DONE) is OrderState.UNKNOWN


@pytest.mark.parametrize(("code", "reason"), sorted(REASONS.items()))
def test_each_reason_is_ours(code: int, reason: Refusal) -> None:
    assert oes.reason(code) is reason


def test_no_reason_is_left_untried() -> None:
    assert set(oes.REASONS) == set(REASONS)
    assert sum(len(numbers.split()) for numbers in NUMBERS.values()) == len(REASONS)


def test_every_number_of_the_published_lists_has_its_reason() -> None:
    assert set(oes.REASONS) == {*range(1001, 1039), *range(1101, 1104), *range(1201, 1291)}


@pytest.mark.parametrize("code", [-1, 0, 1000, 1039, 1100, 1104, 1200, 1291, 1292, 1331, 9999])
def test_a_number_without_a_meaning_is_a_general_refusal(code: int) -> None:
    assert oes.reason(code) is Refusal.COUNTER_REFUSED


@pytest.mark.parametrize("code", [1221, 1292])
def test_a_refusal_keeps_the_counters_own_number(code: int) -> None:
    refused = oes.refused(code)

    assert refused.reason is oes.reason(code)
    assert refused.facts == {"counter_code": code}


@pytest.mark.parametrize(
    ("state", "code", "reason"),
    [
        pytest.param(11, 0, Refusal.COUNTER_REFUSED, id="counter"),
        pytest.param(12, 0, Refusal.EXCHANGE_REFUSED, id="exchange"),
        pytest.param(13, 0, Refusal.EXCHANGE_REFUSED, id="gateway-of-the-exchange"),
        pytest.param(14, 0, Refusal.EXCHANGE_UNAVAILABLE, id="line-to-the-exchange"),
        pytest.param(18, 0, Refusal.COUNTER_NOT_OPEN, id="too-early"),
        pytest.param(11, 1232, Refusal.SUSPENDED, id="number-first"),
        pytest.param(17, 0, Refusal.COUNTER_REFUSED, id="neither"),
    ],
)
def test_a_void_order_has_its_reason_in_its_number_or_else_in_its_state(
    state: int, code: int, reason: Refusal
) -> None:
    assert oes.why_void(state, code) is reason


def test_money_that_a_transfer_lacks_is_money_that_cannot_be_withdrawn() -> None:
    assert oes.reason_of_transfer(1216) is Refusal.NOT_WITHDRAWABLE
    assert oes.reason_of_transfer(1243) is Refusal.TRANSFER_IN_PROGRESS
    assert oes.reason_of_transfer(9999) is Refusal.COUNTER_REFUSED


def test_what_leaves_the_outcome_open_is_what_a_person_looks_into() -> None:
    open_ended = {c for c, why in REASONS.items() if why is Refusal.TRANSFER_UNDER_INVESTIGATION}

    assert open_ended == oes.LEAVES_OPEN
