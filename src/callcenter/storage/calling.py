"""The statements that every call costs, for as many calls at a time as there are."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple

from callcenter.domain.accounts import AccountId
from callcenter.domain.calls import DROPPED, Call, CallEnd, CallId, Language, LeftOff, Place, Turn
from callcenter.storage.line import Line, columns

# A row that was there before is touched, so that it is returned; xmax tells the two apart.
_OPEN: Final = """
    INSERT INTO calls (id, caller, did, branch, recording, answered_at, place)
    SELECT id, caller, did, branch, recording, answered_at, place::jsonb
    FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::timestamptz[],
        $7::text[]) AS came (id, caller, did, branch, recording, answered_at, place)
    ON CONFLICT (id) DO UPDATE SET id = excluded.id
    RETURNING id, place::text AS place, xmax = 0 AS is_new
"""
_KEEP_PLACES: Final = """
    UPDATE calls
    SET place = came.place::jsonb, account = coalesce(came.account, calls.account)
    FROM unnest($1::text[], $2::text[], $3::text[]) AS came (id, account, place)
    WHERE calls.id = came.id
"""
# The condition is put so that no plan looks for all calls that are open.
_CLOSE: Final = """
    UPDATE calls SET ended_at = came.at, ended_how = came.how
    FROM unnest($1::text[], $2::text[], $3::timestamptz[]) AS came (id, how, at)
    WHERE calls.id = came.id AND calls.ended_how IS NULL
"""
_LEFT_OFF: Final = """
    SELECT asked.n, before.id, before.place::text AS place
    FROM unnest($1::text[], $2::text[], $3::text[], $4::timestamptz[]) WITH ORDINALITY
        AS asked (call, caller, account, since, n)
    CROSS JOIN LATERAL (
        SELECT id, place, ended_at, ended_how FROM calls
        WHERE calls.account = asked.account AND calls.caller = asked.caller
            AND calls.id <> asked.call
        ORDER BY answered_at DESC, id DESC LIMIT 1
    ) before
    WHERE before.ended_at >= asked.since AND before.ended_how = ANY($5::text[])
"""
# Prompts come as one text, since arrays of arrays cannot be taken apart.
_WRITE_TURNS: Final = """
    INSERT INTO turns (call_id, at, prompts, words, keys, outcome)
    SELECT call_id, at, string_to_array(prompts, chr(31)), words, keys, outcome
    FROM unnest($1::text[], $2::timestamptz[], $3::text[], $4::text[], $5::text[], $6::text[])
        WITH ORDINALITY AS came (call_id, at, prompts, words, keys, outcome, n)
    ORDER BY n
"""
_BETWEEN_PROMPTS: Final = "\x1f"


class Opened(NamedTuple):
    call: Call
    menu: int | None


class Kept(NamedTuple):
    call: CallId
    place: Place


class Closed(NamedTuple):
    call: CallId
    end: CallEnd
    at: datetime


class AskedLeftOff(NamedTuple):
    call: Call
    account: AccountId
    since: datetime


async def open_calls(line: Line, opened: Sequence[Opened]) -> list[Place | None]:
    """Write calls down; return of each the place that it has if it was there before."""
    rows = [
        (
            call.id,
            call.caller,
            call.did,
            call.branch,
            call.recording,
            call.answered_at,
            json.dumps({} if menu is None else {"menu": menu}),
        )
        for call, menu in opened
    ]
    found = await line.fetch(_OPEN, *columns(rows))
    places = {
        row["id"]: None if row["is_new"] else place_of(json.loads(row["place"])) for row in found
    }
    return [places[call.id] for call, _ in opened]


async def keep_places(line: Line, kept: Sequence[Kept]) -> list[None]:
    rows = [(call, place.account, _text_of(place)) for call, place in kept]
    await line.fetch(_KEEP_PLACES, *columns(rows))
    return [None] * len(kept)


async def close_calls(line: Line, closed: Sequence[Closed]) -> list[None]:
    """Write down how calls ended; of each the first end stands."""
    await line.fetch(_CLOSE, *columns(closed))
    return [None] * len(closed)


async def left_off(line: Line, asked: Sequence[AskedLeftOff]) -> list[LeftOff | None]:
    """Return what the account's last call from the same number was dropped in the middle of."""
    rows = [(call.id, call.caller, account, since) for call, account, since in asked]
    answers: list[LeftOff | None] = [None] * len(asked)
    for row in await line.fetch(_LEFT_OFF, *columns(rows), [*DROPPED]):
        place = place_of(json.loads(row["place"]))
        if place.draft:
            answers[row["n"] - 1] = LeftOff(call=CallId(row["id"]), place=place)
    return answers


async def write_turns(line: Line, turns: Sequence[tuple[CallId, Turn]]) -> None:
    rows = [
        (call, turn.at, _BETWEEN_PROMPTS.join(turn.prompts), turn.words, turn.keys, turn.outcome)
        for call, turn in turns
    ]
    await line.fetch(_WRITE_TURNS, *columns(rows))


def place_of(told: Mapping[str, Any]) -> Place:
    """Return the place that the column `place` of a call holds."""
    return Place(
        language=Language(told.get("language", Language.ZH)),
        account=told.get("account"),
        dialogue=told.get("dialogue"),
        draft=told.get("draft", {}),
        menu=told.get("menu"),
    )


def _text_of(place: Place) -> str:
    return json.dumps(
        {
            "language": place.language,
            "account": place.account,
            "dialogue": place.dialogue,
            "draft": dict(place.draft),
            "menu": place.menu,
        }
    )
