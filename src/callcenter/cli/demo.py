"""`callcenter demo`: a real SIP call through the running PBX that books an order."""

import asyncio
import os
import time
from typing import Annotated, Final

import typer

from callcenter.app import Reports, Settings, open_reports
from callcenter.cli import records
from callcenter.cli.configured import configured
from callcenter.cli.show import fail, note, show_table
from callcenter.domain.calls import CallId
from callcenter.domain.errors import StoreUnavailable
from callcenter.telephony.sipcaller import ScriptedCall, SipCaller, SipCallerError

# What the caller keys, each after hearing the hotline for a moment, and the last one only after
# the whole read-back.
_SCRIPT: Final = ("1", "10000001#", "246810#", "1", "600000#", "10*05#", "100#")
_CONFIRM: Final = "1"
_LISTENS_S: Final = 1.5
_SHORTEST_PROMPT_S: Final = 0.8


def demo(
    caller: Annotated[str, typer.Option(help="The number that calls.")] = "13800138000",
    to: Annotated[str, typer.Option(help="The number that is dialled.")] = "4008",
) -> None:
    """Place a real call that buys 100 shares, and show what it left behind."""
    settings = configured()
    target = f"sip:{to}@{settings.sip_host}:{settings.sip_port}"
    try:
        asyncio.run(_demo(settings, target, caller))
    except (SipCallerError, StoreUnavailable, TimeoutError) as error:
        fail(f"The call to {target} failed: {error}. Does everything run? See `make status`.")


async def _demo(settings: Settings, target: str, caller: str) -> None:
    async with open_reports(settings) as reports, SipCaller() as phone:
        note(f"Calling {target} from {caller}")
        async with await phone.dial(target, caller=caller) as call:
            _tell_time()
            call_id = await _newest_call(reports, caller)
            watching = asyncio.create_task(_show_dialogue(reports, call_id))
            try:
                await _order(call)
            finally:
                await asyncio.sleep(1.0)  # the last turn is written behind the call
                watching.cancel()
        await _show_result(reports, call_id)


async def _order(call: ScriptedCall) -> None:
    since = call.answered_at
    for keys in _SCRIPT:
        await call.heard_since(since)
        await call.stay(_LISTENS_S)
        since = (await call.press(keys))[-1]
    await call.hear_out(since, quiet_s=_SHORTEST_PROMPT_S)
    since = (await call.press(_CONFIRM))[-1]
    await call.heard_since(since)
    await call.stay(6.0)
    await call.hang_up()


def _tell_time() -> None:
    since = os.environ.get("CALLCENTER_DEMO_SINCE")
    if since:
        note(f"Answered {time.time() - float(since):.1f} s after `make demo` was typed")


async def _newest_call(reports: Reports, caller: str) -> CallId:
    async with asyncio.timeout(5):
        while True:
            found = await reports.queries.calls(last=1, caller=caller)
            if found and found[0].ended_at is None:
                return found[0].call.id
            await asyncio.sleep(0.1)


async def _show_dialogue(reports: Reports, call_id: CallId) -> None:
    shown = 0
    while True:
        transcript = await reports.queries.transcript(call_id)
        for turn in transcript.turns[shown:] if transcript else ():
            shown += 1
            note(f"  hotline: {turn.words}")
            if turn.keys:
                note(f"  caller:  {turn.keys}")
        await asyncio.sleep(0.3)


async def _show_result(reports: Reports, call_id: CallId) -> None:
    placed = [records.order_record(o) for o in await reports.queries.orders(call=call_id)]
    if not placed:
        fail("The call booked no order.")
    note("The order")
    show_table(placed, ("order_number", "side", "security", "price", "quantity", "state"))
    note("The audit trail")
    call = (await reports.queries.calls(last=1, caller=placed[0]["caller"]))[0].call
    trail = reports.queries.audit(caller=call.caller, since=call.answered_at)
    show_table(
        [records.audit_record(row) async for row in trail],
        ("at", "caller", "did", "account", "action", "outcome"),
    )
    note(f"The recording   {call.recording}")
    note(f"The transcript  callcenter calls show {call_id}")
