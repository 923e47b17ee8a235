"""Bench `load`: 300 callers at once, against the same prompts in a plain dialplan."""

from pathlib import Path
from typing import Final

from tests.bench.load import Result, compare
from tests.bench.report import Figure
from tests.e2e.installation import Installation

CALLS: Final = 300


async def bench(installation: Installation, custom: Path) -> list[Figure]:
    plain, hotline = await compare(installation, custom, CALLS)
    booked = await installation.ask("orders", "--last", "2000")
    numbers = {order["order_number"] for order in booked if order["state"] == "accepted"}
    accounts = [order["account"] for order in booked if order["account"] >= "20000001"]
    return [
        Figure("calls up at the same time", hotline.concurrent, bar=CALLS, at_least=True),
        Figure("calls that failed", len(hotline.failures), bar=0),
        Figure("calls that failed, plain dialplan", len(plain.failures), bar=0),
        Figure("accounts without exactly one order", _not_one(accounts), bar=0),
        Figure("orders accepted", len(numbers)),
        *_costs("plain", plain),
        *_costs("hotline", hotline),
        Figure("CPU, hotline to plain dialplan", _ratio(hotline, plain), "x"),
        Figure("worst lag of our own telephone", hotline.worst_lag_s, " s"),
        Figure("daemon's memory", hotline.cost.memory_mb["daemon"], " MB", bar=200),
    ]


def _not_one(accounts: list[str]) -> int:
    expected = {str(20000001 + index) for index in range(CALLS)}
    # The first account ordered once more, when the sentences were warmed.
    wanted = {account: 1 for account in expected} | {"20000001": 2}
    return sum(1 for account, times in wanted.items() if accounts.count(account) != times)


def _costs(name: str, result: Result) -> list[Figure]:
    return [
        Figure(f"{name}: CPU of {part} per call", 1000 * cpu / result.calls, " ms")
        for part, cpu in result.cost.cpu_s.items()
    ]


def _ratio(hotline: Result, plain: Result) -> float:
    return hotline.cost.total_cpu_s / plain.cost.total_cpu_s
