"""Tells callers who wait for an agent where they are in the queue, over the music."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from datetime import timedelta
from typing import Final, Protocol

import structlog

from callcenter.domain.agents import estimated_wait
from callcenter.domain.calls import CallId, Language, Turn
from callcenter.domain.clock import Clock
from callcenter.domain.errors import CallerHungUp, SpeechUnavailable
from callcenter.ivr.catalogue import Catalogue, Say, say
from callcenter.ivr.prompts import Prompt
from callcenter.ivr.speech import Speech
from callcenter.telephony.agent_queue import AgentQueue, QueueState
from callcenter.telephony.agi_session import AgiSession
from callcenter.telephony.ami import AmiClient, AmiError, EventStream
from callcenter.telephony.channel import Channel

log = structlog.get_logger()

PLACE: Final = "place"
_LEFT: Final = "QueueCallerLeave"


class WritesTurns(Protocol):
    """The part of the call book that keeps the transcript."""

    def write_turn(self, call: CallId, turn: Turn) -> None: ...


class PlaceScript:
    """
    The script `place`, on a channel that only the caller hears; the caller stays in the queue.

    Falls silent as soon as the caller is out of the queue: an agent is speaking by then.
    """

    def __init__(
        self, ami: AmiClient, catalogue: Catalogue, speech: Speech, book: WritesTurns, clock: Clock
    ) -> None:
        self._ami = ami
        self._queue = AgentQueue(ami)
        self._catalogue = catalogue
        self._speech = speech
        self._book = book
        self._clock = clock

    async def lead(self, session: AgiSession) -> None:
        call, language = CallId(_argument(session, 0)), Language(_argument(session, 1))
        with self._ami.events(_LEFT) as leaving:
            try:
                said = _place(await self._queue.look(), call)
                if said:
                    saying = asyncio.create_task(self._say(session, call, said, language))
                    watching = asyncio.create_task(_leaves(leaving, call))
                    await _first_of(saying, watching)
            except AmiError as error:
                log.warning("agent.place_unknown", call_id=call, reason=str(error))

    async def _say(
        self, session: AgiSession, call: CallId, said: Sequence[Say], language: Language
    ) -> None:
        utterance = self._catalogue.utterance(said, language)
        prompts = tuple(each.prompt for each in said)
        turn = Turn(
            at=self._clock.now(), prompts=prompts, words=utterance.words, keys="", outcome="waits"
        )
        with suppress(CallerHungUp, SpeechUnavailable):
            sound = await self._speech.sound(utterance)
            self._book.write_turn(call, turn)
            await Channel(session).stream(sound)


def _place(queue: QueueState, call: CallId) -> Sequence[Say]:
    """Put into words where the call is; nothing if it does not wait."""
    place = queue.place_of(call)
    if place is None:
        return ()
    if place <= sum(agent.is_free for agent in queue.agents):
        return (_which(place), say(Prompt.AGENT_KEYS))
    there = sum(agent.is_there for agent in queue.agents)
    wait = estimated_wait(place=place, agents=there, talk=queue.talk)
    return (_which(place), _how_long(wait), say(Prompt.AGENT_KEYS))


def _which(place: int) -> Say:
    return say(Prompt.AGENT_PLACE_NEXT) if place == 1 else say(Prompt.AGENT_PLACE, place=place)


def _how_long(wait: timedelta) -> Say:
    minutes = wait // timedelta(minutes=1)
    return say(Prompt.AGENT_WAIT_SHORT) if minutes == 1 else say(Prompt.AGENT_WAIT, minutes=minutes)


async def _leaves(leaving: EventStream, call: CallId) -> None:
    async for event in leaving:
        if event.get("Uniqueid") == call:
            return


async def _first_of(*doings: asyncio.Task[None]) -> None:
    """Return when one of them is over; the others end with it."""
    try:
        await asyncio.wait(doings, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for doing in doings:
            doing.cancel()
        await asyncio.gather(*doings, return_exceptions=True)


def _argument(session: AgiSession, index: int) -> str:
    arguments = session.request.arguments
    return arguments[index] if index < len(arguments) else ""
