"""Whatever dies in a call, the call goes on or ends in words, and no order is lost or doubled."""

import asyncio
import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from operator import attrgetter
from typing import Final

import pytest

from callcenter.cli.records import Record
from callcenter.domain.calls import Language
from callcenter.domain.refusals import Refusal
from callcenter.ivr.catalogue import say
from callcenter.ivr.prompts import Prompt
from callcenter.telephony.sipcaller import CallEnded, Party
from tests.e2e import said
from tests.e2e.caller import Caller
from tests.e2e.installation import Installation
from tests.e2e.lines import Evidence, Lines, lines_into
from tests.e2e.said import Turn, refusal
from tests.e2e.together import Played, Together
from tests.e2e.voice import Announcement, words

MOST: Final = 99_400  # of SH600000 at 10.05 for 1,000,000.00
MAINTENANCE: Final = [say(Prompt.MAINTENANCE)]
KILLS: Final = 20
CALLS: Final = 20
DIAL_EVERY_S: Final = 2.0
LIVES_S: Final = (0.5, 2.5)  # a daemon, before it is killed
SEED: Final = 4008

together = Together()


@pytest.fixture(scope="module")
def patient(hotline: Installation) -> Iterator[Installation]:
    """Callers have all the time they need, and lost calls are found at once."""
    settings = {
        "first_key_s": 8,
        "order_promise_s": 60,
        "look_for_lost_calls_every_s": 1,
        "lost_call_grace_s": 2,
    }
    with hotline.daemon_with(**settings):
        yield hotline


@pytest.fixture(scope="module")
def played(patient: Installation) -> Played:
    return together.play(patient)


def buys(account: str) -> list[Turn]:
    return [*said.log_in(account), *said.buy_a_hundred(MOST), (said.read_back(), "1")]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Interrupted:
    """A caller who orders 100 shares; the daemon dies at one of the questions."""

    at: str
    question: int
    goes_on_at: int
    number: str
    account: str

    async def __call__(self, lines: Lines) -> Evidence:
        turns = buys(self.account)
        async with lines.call(self.number) as caller:
            await caller.hurries(turns[: self.question])
            await caller.hears(turns[self.question][0])
            await _the_daemon_dies()
            await caller.hears(said.ONE_MOMENT)
            await caller.hears(turns[self.goes_on_at][0])
            if untold := "".join(keys for _, keys in turns[self.goes_on_at : -1]):
                await caller.bursts(untold)
                await caller.hears(said.read_back())
            await caller.keys("1")
            await _hears_the_number(lines, caller, self.account)
        return await lines.evidence(self.number)


def _interrupted() -> Iterator[Interrupted]:
    questions = ("menu", "account", "password", "trade menu", "code", "price", "quantity")
    for question, at in enumerate((*questions, "read-back")):
        yield Interrupted(
            at=at,
            question=question,
            # A login begins again: what was keyed of it is not kept.
            goes_on_at=1 if at == "password" else question,
            number=f"139000005{question:02}",
            account=f"200005{question:02}",
        )


INTERRUPTED: Final = tuple(_interrupted())
for interrupted in INTERRUPTED:
    together.scenario(interrupted)


@pytest.mark.parametrize("call", INTERRUPTED, ids=attrgetter("at"))
def test_a_call_goes_on_at_its_question_when_the_daemon_has_died(
    played: Played, call: Interrupted
) -> None:
    evidence = played.of(call)

    assert [order["state"] for order in evidence.orders] == ["accepted"]
    assert evidence.prompts.count("greeting") <= 1
    assert evidence.call["ended"] == "hung-up"


@together.scenario
async def asks_for_money_in_english(lines: Lines) -> Evidence:
    number = "13900000511"
    async with lines.call(number) as caller:
        await caller.hears(said.MAIN_MENU)
        await caller.keys("7")
        caller.language = Language.EN
        await caller.answers(*said.log_in("20000511", "2"))
        await caller.hears(said.ACCOUNT_MENU)
        await _the_daemon_dies()
        await caller.hears(said.ONE_MOMENT)
        await caller.answers((said.ACCOUNT_MENU, "1"))
        await caller.hears(said.money("1000000.00", "1000000.00", "0.00", "1100500.00"))
    return await lines.evidence(number)


def test_a_query_goes_on_in_the_caller_s_language(played: Played) -> None:
    evidence = played.of(asks_for_money_in_english)

    assert evidence.prompts.count("ask-account") == 1
    assert evidence.call["ended"] == "hung-up"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Confirmed:
    """A caller who has pressed key 1; the daemon dies while the counter has not answered."""

    where: str
    before_s: float = 0.0  # so late the counter books
    after_s: float = 0.0  # so late it answers
    arrived: int  # how many of the account's orders the counter has when the daemon dies
    number: str
    account: str

    async def __call__(self, lines: Lines) -> Evidence:
        async with lines.installation.database() as counter:
            await counter.execute(_FAULT, self.account, self.before_s, self.after_s)
        async with lines.call(self.number) as caller:
            await caller.hurries(buys(self.account)[:-1])
            await caller.hears(said.read_back())
            await _meets(EVERYBODY_IS_THERE)
            await caller.keys("1")
            await lines.orders(self.account, at_least=1)
            await self._arrives(lines)
            await _meets(NOW)
            await caller.hears(said.ONE_MOMENT)
            await _hears_the_number(lines, caller, self.account)
        return await lines.evidence(self.number)

    async def _arrives(self, lines: Lines) -> None:
        async with lines.installation.database() as counter, asyncio.timeout(3):
            while self.arrived != await counter.fetchval(_ARRIVED, self.account):  # noqa: ASYNC110
                await asyncio.sleep(0.05)


_FAULT: Final = "INSERT INTO paper.faults (account, before_s, after_s) VALUES ($1, $2, $3)"
_ARRIVED: Final = "SELECT count(*) FROM paper.orders WHERE account = $1 AND state = 'accepted'"
CONFIRMED: Final = (
    Confirmed(
        where="on its way to the counter",
        before_s=4.0,
        arrived=0,
        number="13900000512",
        account="20000512",
    ),
    Confirmed(
        where="booked, but not answered",
        after_s=4.0,
        arrived=1,
        number="13900000513",
        account="20000513",
    ),
)
for confirmed in CONFIRMED:
    together.scenario(confirmed)


@pytest.mark.parametrize("call", CONFIRMED, ids=attrgetter("where"))
def test_an_order_that_was_confirmed_is_booked_once_and_its_number_is_told(
    played: Played, call: Confirmed
) -> None:
    evidence = played.of(call)

    assert [order["state"] for order in evidence.orders] == ["accepted"]
    assert evidence.prompts.count("read-back-buy") <= 1
    assert evidence.call["ended"] == "hung-up"


# Everybody who waits for the daemon to die, and the one who kills it.
_PARTIES: Final = len(INTERRUPTED) + len(CONFIRMED) + 2
EVERYBODY_IS_THERE: Final = asyncio.Barrier(_PARTIES)
NOW: Final = asyncio.Barrier(_PARTIES)


@together.scenario
async def kills_the_daemon(lines: Lines) -> None:
    await _the_daemon_dies()
    lines.installation.kill("daemon")
    await lines.installation.up_again()


async def _the_daemon_dies() -> None:
    await _meets(EVERYBODY_IS_THERE)
    await _meets(NOW)


async def _meets(everybody: asyncio.Barrier) -> None:
    async with asyncio.timeout(40):
        await everybody.wait()


async def _hears_the_number(lines: Lines, caller: Caller, account: str) -> None:
    [order] = await lines.orders(account, at_least=1)
    await caller.hears_out(said.accepted(order["order_number"]))


@dataclass(frozen=True, slots=True, kw_only=True)
class Survivor:
    """A caller who orders 100 shares however often the daemon dies."""

    number: str
    account: str
    dials_after_s: float

    async def talks(self, lines: Lines) -> None:
        """React to whatever is asked, until the order has a number."""
        keys = {words(question): keys for question, keys in buys(self.account)}
        listens_for = {words(question): question for question, _ in buys(self.account)}
        listens_for[SUCCESS] = said.accepted("60000000")
        await asyncio.sleep(self.dials_after_s)
        try:
            await self._orders(lines, keys, listens_for)
        except CallEnded:
            # Who answers a question that died with its daemon may key a password for an account.
            assert (await lines.evidence(self.number)).call["ended"] == "locked-out"
            await self._orders(lines, keys, listens_for)

    async def _orders(
        self, lines: Lines, keys: Mapping[str, str], listens_for: Mapping[str, Announcement]
    ) -> None:
        async with lines.call(self.number) as caller:
            while (heard := await caller.hears_one_of(listens_for, within_s=40)) != SUCCESS:
                await caller.keys(keys[heard])
            [order] = await lines.orders(self.account, at_least=1)
            await caller.hears_the_rest(said.accepted(order["order_number"]))


SUCCESS: Final = "the order number"


async def test_a_daemon_killed_twenty_times_loses_no_call_and_doubles_no_order(
    patient: Installation,
) -> None:
    survivors = [
        Survivor(number=f"139000006{n:02}", account=f"200006{n:02}", dials_after_s=n * DIAL_EVERY_S)
        for n in range(CALLS)
    ]

    async with lines_into(patient) as lines:
        async with asyncio.TaskGroup() as tasks:
            killing = tasks.create_task(_kill_again_and_again(patient))
            for survivor in survivors:
                tasks.create_task(survivor.talks(lines))
        booked = [await lines.orders(survivor.account) for survivor in survivors]
        calls = [(await lines.evidence(survivor.number)).call for survivor in survivors]

    assert killing.done()
    assert [[_terms(order) for order in orders] for orders in booked] == CALLS * [[TERMS]]
    assert [call["ended"] for call in calls] == CALLS * ["hung-up"]


TERMS: Final = ("SH600000", "buy", Decimal("10.05"), 100, "accepted")


def _terms(order: Record) -> tuple[object, ...]:
    return tuple(order[name] for name in ("security", "side", "price", "quantity", "state"))


async def _kill_again_and_again(installation: Installation) -> None:
    chance = random.Random(SEED)  # noqa: S311 - the same kills in every run
    for _ in range(KILLS):
        await asyncio.sleep(chance.uniform(*LIVES_S))
        installation.kill("daemon")
        await installation.serve_again()


async def test_the_calls_of_a_dead_asterisk_are_closed_as_lost_and_others_are_taken(
    patient: Installation,
) -> None:
    number = "13900000701"
    daemon = patient.pids()["daemon"]

    async with lines_into(patient) as lines:
        async with lines.call(number) as caller:
            await caller.answers((said.MAIN_MENU, "1"))
            await caller.hears(said.ASK_ACCOUNT)
            patient.kill("asterisk")
            evidence = await lines.evidence(number)
            await patient.up_again()
        async with lines.call(number) as caller:
            await caller.hears(said.GREETING)

    assert evidence.call["ended"] == "lost"
    assert patient.pids()["daemon"] == daemon
    assert patient.ready()[0] == 200


async def test_a_call_that_ended_while_no_daemon_lived_is_closed_as_lost(
    patient: Installation,
) -> None:
    number = "13900000702"

    async with lines_into(patient) as lines:
        async with lines.call(number) as caller:
            await caller.hears(said.MAIN_MENU)
            patient.kill("daemon")
        await patient.up_again()
        evidence = await lines.evidence(number)

    assert evidence.call["ended"] == "lost"


async def test_without_postgresql_a_caller_is_told_and_service_returns_by_itself(
    patient: Installation,
) -> None:
    number, account = "13900000703", "20000703"
    daemon = patient.pids()["daemon"]

    async with lines_into(patient) as lines:
        async with lines.call(number) as caller:
            await caller.hurries(buys(account)[:-1])
            await caller.hears(said.read_back())
            await asyncio.to_thread(patient.stop_postgres)
            await caller.keys("1")
            await caller.hears_out(refusal(Refusal.STORE_UNAVAILABLE))
            await caller.hears(MAINTENANCE)
            assert (await caller.call.ended(within_s=10)).by == Party.FAR_END
        async with lines.call(number) as caller:
            await caller.hears(MAINTENANCE)
            assert (await caller.call.ended(within_s=10)).by == Party.FAR_END
        assert patient.ready()[0] == 503
        await patient.up_again()
        async with lines.call("13900000704") as caller:
            await caller.hurries(buys(account)[:-1])
            await caller.answers(buys(account)[-1])
            await _hears_the_number(lines, caller, account)
        orders = await lines.orders(account)

    assert [_terms(order) for order in orders] == [TERMS]
    assert patient.pids()["daemon"] == daemon
