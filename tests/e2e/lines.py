"""Lines into an installation: calls that are made, and what they left behind."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Final, Unpack

from callcenter.app import Reports
from callcenter.cli import records
from callcenter.cli.records import Record
from callcenter.cli.show import plain
from callcenter.domain.accounts import AccountId
from callcenter.precedence import TELEPHONES, go_first, let_session_go_first
from callcenter.telephony.sipcaller import SipCaller
from callcenter.telephony.sipcaller.station import Wishes
from tests.e2e.caller import Caller
from tests.e2e.installation import Installation
from tests.e2e.voice import Voice

_CLOSED_WITHIN_S: Final = 10.0
_BOOKED_WITHIN_S: Final = 10.0
_SEEN: Final = (
    "INSERT INTO customers (account, first_seen_at, last_seen_at) VALUES ($1, now(), now())"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What the commands print about one call that is over, as JSON has it."""

    call: Record
    orders: Sequence[Record]
    audit: Sequence[Record]

    @property
    def turns(self) -> Sequence[Record]:
        turns: Sequence[Record] = self.call["turns"]
        return turns

    @property
    def prompts(self) -> Sequence[str]:
        """The ids of all that was said, in order."""
        return [prompt for turn in self.turns for prompt in turn["prompts"]]


class Lines:
    """Makes calls, any number at once, and looks them up."""

    def __init__(self, installation: Installation, phone: SipCaller, reports: Reports) -> None:
        self.installation = installation
        self.voice = Voice(installation)
        self.reports = reports
        self._phone = phone

    @asynccontextmanager
    async def call(
        self, number: str, to: str = "4008", **wishes: Unpack[Wishes]
    ) -> AsyncIterator[Caller]:
        """Dial. The caller hangs up at the end of the block."""
        dialled = await self._phone.dial(self.installation.sip(to), caller=number, **wishes)
        async with dialled:
            try:
                yield Caller(dialled, self.voice, number)
            except BaseException as failure:
                failure.add_note(await self._what_was_said(number))
                raise

    async def evidence(self, number: str) -> Evidence:
        """Return what the newest call from a number left behind, once the log has its end."""
        call = await self._closed(number)
        queries = self.reports.queries
        transcript = await queries.transcript(call["call_id"])
        assert transcript is not None
        placed = await queries.orders(call=call["call_id"])
        trail = [row async for row in queries.audit(caller=number)]
        return Evidence(
            call=plain(records.transcript_record(transcript)),
            orders=plain([records.order_record(order) for order in placed]),
            audit=plain(
                [
                    records.audit_record(row)
                    for row in trail
                    if row.entry.station.call == call["call_id"]
                ]
            ),
        )

    @asynccontextmanager
    async def slow_login(self, account: str) -> AsyncIterator[None]:
        """Keep the login of an account that is new here waiting; at most five seconds."""
        async with self.installation.database() as connection:
            transaction = connection.transaction()
            await transaction.start()
            await connection.execute(_SEEN, account)
            try:
                yield
            finally:
                await transaction.rollback()

    async def orders(self, account: str, *, at_least: int = 0) -> Sequence[Record]:
        """Return the orders of an account, once there are so many."""
        async with asyncio.timeout(_BOOKED_WITHIN_S):
            while True:
                found = await self.reports.queries.orders(account=AccountId(account))
                if len(found) >= at_least:
                    return [records.order_record(order) for order in found]
                await asyncio.sleep(0.05)

    async def _what_was_said(self, number: str) -> str:
        """Return the transcript so far, for whoever has to find out what went wrong."""
        calls = await self.reports.queries.calls(last=1, caller=number)
        found = await self.reports.queries.transcript(calls[0].call.id) if calls else None
        turns = found.turns if found else []
        return "\n".join(f"{turn.words}\n    {turn.keys} ({turn.outcome})" for turn in turns)

    async def _closed(self, number: str) -> Record:
        async with asyncio.timeout(_CLOSED_WITHIN_S):
            while True:
                found = await self.reports.queries.calls(last=1, caller=number)
                if found and found[0].end is not None:
                    return records.call_record(found[0])
                await asyncio.sleep(0.1)


@asynccontextmanager
async def lines_into(installation: Installation) -> AsyncIterator[Lines]:
    go_first(TELEPHONES)
    let_session_go_first(TELEPHONES)  # for good: other files of tests call at the same time
    async with installation.reports() as reports, SipCaller() as phone:
        yield Lines(installation, phone, reports)
