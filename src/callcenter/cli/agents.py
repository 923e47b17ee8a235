"""`callcenter agents`: who answers the callers that press 0."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Annotated, Final, TypeVar

import typer

from callcenter.app import AgentQueue, NoPbx, pbx_link
from callcenter.cli.asking import AsJson, show_records
from callcenter.cli.configured import configured
from callcenter.cli.records import Record
from callcenter.cli.show import fail, note
from callcenter.telephony.agent_queue import UNKNOWN_TELEPHONE, Agent, QueueState
from callcenter.telephony.ami import AmiError

agents_app = typer.Typer(help="Who answers the callers that press 0.", no_args_is_help=True)

Answer = TypeVar("Answer")
Telephone = Annotated[str, typer.Argument(help="Of the agent, such as agent1.")]

_COLUMNS: Final = ("name", "telephone", "state", "paused", "reason", "calls")


@agents_app.command("list")
def list_agents(as_json: AsJson = False) -> None:
    """List the agents who are logged in, and how many callers wait."""
    found = _asked(lambda queue: queue.look())
    show_records([_record(agent) for agent in found.agents], _COLUMNS, as_json)
    if not as_json:
        note(f"{len(found.waiting)} callers wait")


@agents_app.command()
def add(telephone: Telephone) -> None:
    """Log an agent in."""

    async def do(queue: AgentQueue) -> QueueState:
        await queue.add(telephone)
        found = await queue.look()
        if _of(found, telephone).state == UNKNOWN_TELEPHONE:
            await queue.remove(telephone)
        return found

    state = _of(_asked(do), telephone).state
    if state == UNKNOWN_TELEPHONE:
        fail(f"There is no telephone {telephone}. docs/pbx.md, Agents, tells how to add one.")
    note(f"{telephone} is logged in ({state}).")


@agents_app.command()
def remove(telephone: Telephone) -> None:
    """Log an agent out. A conversation goes on to its end."""
    _asked(lambda queue: queue.remove(telephone))
    note(f"{telephone} is logged out.")


@agents_app.command()
def pause(
    telephone: Telephone,
    reason: Annotated[str, typer.Option(help="Shown in the list.")] = "",
    end: Annotated[bool, typer.Option("--end", help="The pause is over.")] = False,
) -> None:
    """Ring an agent no more for a while."""
    _asked(lambda queue: queue.pause(telephone, on=not end, reason=reason))
    note(f"{telephone} {'is called again' if end else 'has a pause'}.")


def _asked(question: Callable[[AgentQueue], Awaitable[Answer]]) -> Answer:
    """Link to Asterisk for one question; if it does not answer or says no, say so and leave."""
    settings = configured()

    async def ask() -> Answer:
        async with pbx_link(settings) as ami:
            return await question(AgentQueue(ami))

    try:
        return asyncio.run(ask())
    except NoPbx as error:
        fail(f"{error}. Does it run? See `make status`.")
    except AmiError as error:
        fail(f"{error}.")


def _of(found: QueueState, telephone: str) -> Agent:
    return next(agent for agent in found.agents if agent.telephone == telephone)


def _record(agent: Agent) -> Record:
    return {name: getattr(agent, name) for name in _COLUMNS}
