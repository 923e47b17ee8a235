"""The same callers for whoever answers: each logs in, buys, hears the answer and hangs up."""

import tempfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Final

from callcenter.load.callers import Caller
from callcenter.load.model import Plan, Share, Target
from callcenter.load.person import Person, Placed
from callcenter.load.run import Run
from callcenter.load.scenarios import log_in

CODE: Final = "600000"
PRICE: Final = Decimal("10.05")
QUANTITY: Final = 100

_LATE_S: Final = 2.0  # calls begin later than they are due, and nobody calls twice so soon
_GATHERS_IN_S: Final = 20.0
_CALLS_PER_S: Final = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Called:
    """How calls ended. `placed` are the orders that callers confirmed, as they keyed them."""

    calls: int
    failures: Counter[str]
    placed: Sequence[Placed]


async def buy(person: Person) -> None:
    """Buy what everybody buys, at the same price: so all are told the same, and as much of it."""
    await log_in(person, "1")
    await person.answer("trade menu", "1")
    await person.answer("code", f"{CODE}#")
    await person.answer("price", f"{PRICE}#".replace(".", "*"))
    await person.answer("quantity", f"{QUANTITY}#")
    await person.listen(4.0, 6.0)
    account = person.caller.account
    await person.confirm(Placed(account=account, code=CODE, price=PRICE, quantity=QUANTITY))
    await person.listen(3.0, 5.0)


async def call(target: Target, callers: Sequence[Caller], *, sipp: Path, seed: int) -> Called:
    """
    Let every caller call once, and return when the last one has hung up.

    With the same seed they key the same, as fast and as long after the prompt begins. All are up
    at the same time before the first one has finished.
    """
    calls_per_s = max(_CALLS_PER_S, len(callers) / _GATHERS_IN_S)
    plan = Plan(
        profile="peers",
        target=target,
        mix=(Share(scenario="buy", weight=1),),
        calls_at_once=len(callers),
        calls_per_s=calls_per_s,
        ramp_s=0.0,
        lasts_s=len(callers) / calls_per_s + _LATE_S,
        callers=len(callers),
        seed=seed,
    )
    with tempfile.TemporaryDirectory() as folder:
        run = Run(plan, callers, host=target.host, folder=Path(folder), dialogues={"buy": buy})
        calls = await run.calls(sipp, lambda *_: None)
    return Called(
        calls=len(calls.traces),
        failures=Counter(trace.failure for trace in calls.traces if trace.failure is not None),
        placed=calls.placed,
    )
