"""A counter that breaks the rules of FIX on purpose, or our patience."""

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest

from callcenter.domain.clock import SystemClock, trade_date
from callcenter.domain.errors import CounterUnavailable, OutcomeUnknown
from callcenter.domain.fills import Fill
from callcenter.gateways.fix import FixOrderEntry
from callcenter.trading.ports import CounterEvent, CounterOrder
from tests import make
from tests.fakes.clock import FakeClock
from tests.fix.counterparty import connected, logged_on, terms
from tests.fix.scripted import Fields, Peer, report, scripted

ORDER = make.order()
ID = ORDER.client_id
ACCEPTED = CounterOrder(client_id=ID, accepted=True)


async def test_garbage_before_between_and_after_messages_is_passed_over(tmp_path: Path) -> None:
    async def script(peer: Peer) -> None:
        peer.raw(b"\x00\xff" * 50 + b"8=FIX.4.4\x01nonsense\x01")
        await peer.accept_logon()
        order = await peer.hear("D")
        peer.raw(b"GET / HTTP/1.1\r\n\r\n8")
        peer.say("8", report(order))
        peer.raw(b"8=FIX.4.4\x019=99999999999\x0135=8\x01")

    async with scripted(script) as port, connected(terms(tmp_path, port)) as entry:
        assert await entry.place(ORDER) == ACCEPTED


@pytest.mark.parametrize("damage", ["checksum", "left out", "length"])
async def test_a_message_that_did_not_come_whole_is_asked_for_again(
    tmp_path: Path, damage: str
) -> None:
    async def script(peer: Peer) -> None:
        await peer.accept_logon()
        order = await peer.hear("D")
        if damage == "checksum":
            peer.say("8", report(order), checksum="000")
        elif damage == "length":
            peer.raw(peer.message("8", report(order)).replace(b"\x019=2", b"\x019=1", 1))
        else:
            peer.number += 1
        peer.say("0", {})
        missing = await peer.hear("2")
        assert missing[7] == "2"
        peer.say("8", {43: "Y", 122: order[52], **report(order)}, number=2)
        peer.say("4", {43: "Y", 123: "Y", 36: "4", 122: order[52]}, number=3)

    async with scripted(script) as port, connected(terms(tmp_path, port)) as entry:
        assert await entry.place(ORDER) == ACCEPTED


async def test_messages_in_the_wrong_order_are_taken_in_the_right_one(tmp_path: Path) -> None:
    async def script(peer: Peer) -> None:
        await peer.accept_logon()
        order = await peer.hear("D")
        peer.say("8", report(order, "1", "F", filled="40", _32="40", _31="10.05"), number=3)
        peer.say("8", report(order), number=2)
        peer.number = 3
        await peer.hear("2")

    async with scripted(script) as port, connected(terms(tmp_path, port)) as entry:
        assert await entry.place(ORDER) == ACCEPTED
        events = await told(entry, 3)

    assert [type(event.of) for event in events] == [CounterOrder, Fill, CounterOrder]


async def test_a_resend_request_brings_no_order_back(tmp_path: Path) -> None:
    peers: list[Peer] = []

    async def script(peer: Peer) -> None:
        await peer.accept_logon()
        order = await peer.hear("D")
        peer.say("8", report(order))
        peer.say("2", {7: "1", 16: "0"})
        await peer.hear("4")
        peers.append(peer)

    async with scripted(script) as port, connected(terms(tmp_path, port)) as entry:
        await entry.place(ORDER)

    seen = peers[0].heard
    assert [message[35] for message in seen] == ["A", "D", "4", "5"]
    assert (seen[2][34], seen[2][36], seen[2][123]) == ("1", "3", "Y")


async def test_an_order_that_is_being_waited_for_is_sent_again_on_the_same_line(
    tmp_path: Path,
) -> None:
    async def script(peer: Peer) -> None:
        await peer.accept_logon()
        first = await peer.hear("D")
        peer.say("2", {7: "1", 16: "0"})
        again = await peer.hear("D")
        assert (again[34], again[43], again[11]) == (first[34], "Y", ID)
        assert again[122] <= again[52]
        peer.say("8", report(again))

    async with scripted(script) as port, connected(terms(tmp_path, port)) as entry:
        assert await entry.place(ORDER) == ACCEPTED


@pytest.mark.parametrize("kind", ["3", "j"])
async def test_a_message_that_the_counter_cannot_take_has_not_happened(
    tmp_path: Path, kind: str
) -> None:
    async def script(peer: Peer) -> None:
        await peer.accept_logon()
        order = await peer.hear("D")
        peer.say(kind, {45: order[34], 372: "D", 380: "4", 58: "closed for lunch"})

    async with scripted(script) as port, connected(terms(tmp_path, port)) as entry:
        with pytest.raises(CounterUnavailable, match="closed for lunch"):
            await entry.place(ORDER)


@pytest.mark.parametrize(
    "nonsense",
    [{39: "Z"}, {14: "many"}, {14: "-1"}, {14: "NaN"}, {14: "1.5"}, {11: ""}, {150: None}],
    ids=str,
)
async def test_a_report_with_nonsense_in_it_is_no_answer(
    tmp_path: Path, nonsense: dict[int, str | None]
) -> None:
    async def script(peer: Peer) -> None:
        await peer.accept_logon()
        order = await peer.hear("D")
        fields = {**report(order), **nonsense}
        peer.say("8", {tag: value for tag, value in fields.items() if value is not None})
        question = await peer.hear("H")
        peer.say("8", {790: question[790], **report(order, exec_type="I")})

    given_up = 0.2
    async with (
        scripted(script) as port,
        connected(terms(tmp_path, port, answer_within_s=given_up)) as entry,
    ):
        with pytest.raises(OutcomeUnknown):
            await entry.place(ORDER)

        assert await entry.find(ID) == ACCEPTED


async def test_a_fill_with_nonsense_in_it_is_not_told(tmp_path: Path) -> None:
    async def script(peer: Peer) -> None:
        await peer.accept_logon()
        order = await peer.hear("D")
        for bad in ({31: "dear"}, {31: "0"}, {32: "0"}, {17: None}, {207: "NYSE"}, {60: "noon"}):
            fields = {**report(order, "1", "F", filled="40", _32="40", _31="10.05"), **bad}
            peer.say("8", {tag: value for tag, value in fields.items() if value is not None})
        peer.say("8", report(order, "2", "F", filled="100", _32="60", _31="10.05"))

    async with scripted(script) as port, connected(terms(tmp_path, port)) as entry:
        await entry.place(ORDER)
        events = await told(entry, 2)

    assert isinstance(events[0].of, Fill)
    assert events[0].of.quantity == 60


async def test_a_report_that_we_have_is_not_told_twice(tmp_path: Path) -> None:
    async def script(peer: Peer) -> None:
        await peer.accept_logon()
        order = await peer.hear("D")
        peer.say("8", report(order))
        fill = report(order, "2", "F", filled="100", _32="100", _31="10.05")
        peer.say("8", fill)
        peer.say("8", {43: "Y", 122: order[52], **fill}, number=3)
        peer.say("8", report(order, "2", "3", filled="100"))

    async with scripted(script) as port, connected(terms(tmp_path, port)) as entry:
        await entry.place(ORDER)
        events = await told(entry, 4)

    assert [type(event.of) for event in events] == [CounterOrder, Fill, CounterOrder, CounterOrder]


async def test_half_a_message_and_then_nothing_is_given_up(tmp_path: Path) -> None:
    async def script(peer: Peer) -> None:
        await peer.accept_logon()
        if peer.n > 1:
            question = await peer.hear("H")
            peer.say("8", {790: question[790], **report({11: ID}, exec_type="I")})
            return
        order = await peer.hear("D")
        whole = peer.message("8", report(order), number=2)
        peer.raw(whole[: len(whole) // 2])

    async with scripted(script) as port, connected(terms(tmp_path, port, heartbeat_s=1)) as entry:
        assert await entry.place(ORDER) == ACCEPTED


async def test_whoever_talks_before_the_logon_is_hung_up_on(tmp_path: Path) -> None:
    async def script(peer: Peer) -> None:
        if peer.n == 1:
            peer.say("8", report({11: ID}))
            await peer.silence()
        await peer.accept_logon()

    async with scripted(script) as port, connected(terms(tmp_path, port)) as entry:
        await entry.ping()


async def test_a_logon_that_is_refused_is_tried_again_later(tmp_path: Path) -> None:
    async def script(peer: Peer) -> None:
        if peer.n < 4:
            await peer.hear("A")
            peer.say("5", {58: "not yet"})
            await peer.silence()
        await peer.accept_logon()

    async with scripted(script) as port, connected(terms(tmp_path, port), wait=False) as entry:
        with pytest.raises(CounterUnavailable):
            await entry.place(ORDER)

        await logged_on(entry)


@pytest.mark.parametrize("stranger", ["SOMEBODY", ""])
async def test_a_counter_by_another_name_is_not_talked_to(tmp_path: Path, stranger: str) -> None:
    over = asyncio.Event()

    async def script(peer: Peer) -> None:
        logon = await peer.hear("A")
        peer.say("A", {98: "0", 108: logon[108]}, sender=stranger)
        try:
            await peer.silence()
        finally:
            over.set()

    async with scripted(script) as port, connected(terms(tmp_path, port), wait=False) as entry:
        async with asyncio.timeout(10):
            await over.wait()
        with pytest.raises(CounterUnavailable):
            await entry.place(ORDER)


async def test_a_counter_that_resets_the_numbers_is_followed(tmp_path: Path) -> None:
    async def script(peer: Peer) -> None:
        await peer.accept_logon()
        order = await peer.hear("D")
        peer.say("4", {36: "50"})
        peer.number = 49
        peer.say("8", report(order))

    async with scripted(script) as port, connected(terms(tmp_path, port)) as entry:
        assert await entry.place(ORDER) == ACCEPTED


@pytest.mark.parametrize(
    "nonsense",
    [
        pytest.param({39: "A"}, id="not answered yet"),
        pytest.param({39: "4", 38: ""}, id="cancelled of nobody knows how much"),
    ],
)
async def test_an_order_without_a_plain_answer_stays_unknown(
    tmp_path: Path, nonsense: Fields
) -> None:
    async def script(peer: Peer) -> None:
        await peer.accept_logon()
        for _ in range(2):
            question = await peer.hear("H")
            told = {**report({11: ID}, exec_type="I"), **nonsense}
            peer.say("8", {790: question[790], **told})

    async with scripted(script) as port, connected(terms(tmp_path, port)) as entry:
        with pytest.raises(OutcomeUnknown):
            await entry.find(ID)
        with pytest.raises(OutcomeUnknown):
            await entry.withdraw(ID)


@pytest.mark.parametrize("days_later", [0, 1])
async def test_only_of_todays_orders_is_a_counter_believed_that_it_never_had_them(
    tmp_path: Path, days_later: int
) -> None:
    async def script(peer: Peer) -> None:
        await peer.accept_logon()
        while True:
            question = await peer.hear("H")
            peer.say("8", {790: question[790], **unknown_order()})

    clock = FakeClock(make.NOON + timedelta(days=days_later))
    async with scripted(script) as port, connected(terms(tmp_path, port), clock) as entry:
        for ask in (entry.find, entry.withdraw):
            if days_later:
                with pytest.raises(OutcomeUnknown):
                    await ask(ID)
            else:
                assert await ask(ID) is None


async def test_an_order_that_was_cut_off_before_midnight_stays_unknown_after_it(
    tmp_path: Path,
) -> None:
    async def script(peer: Peer) -> None:
        await peer.accept_logon()
        if peer.n == 1:
            await peer.hear("D")
            clock.forward(timedelta(days=1))
            peer.hang_up()
            return
        question = await peer.hear("H")
        peer.say("8", {790: question[790], **unknown_order()})

    clock = FakeClock()
    async with scripted(script) as port, connected(terms(tmp_path, port), clock) as entry:
        with pytest.raises(OutcomeUnknown):
            await entry.place(ORDER)


async def test_reports_that_answer_nothing_are_no_events(tmp_path: Path) -> None:
    async def script(peer: Peer) -> None:
        await peer.accept_logon()
        order = await peer.hear("D")
        peer.say("8", report(order, "A", "A"))
        peer.say("8", report(order, "8", "8", _103="6"))
        peer.say("8", report(order, "1", "F", filled="40", _32="40", _31="10.05"))

    async with scripted(script) as port, connected(terms(tmp_path, port)) as entry:
        placing = asyncio.create_task(entry.place(ORDER))
        _, standing = await told(entry, 2)
        placing.cancel()

    assert standing.of == CounterOrder(client_id=ID, accepted=True, filled=40)


async def test_an_order_in_todays_list_without_a_time_is_of_today(tmp_path: Path) -> None:
    async def script(peer: Peer) -> None:
        await peer.accept_logon()
        question = await peer.hear("AF")
        row = report({11: ID}, exec_type="I")
        del row[60]
        peer.say("8", {**row, 584: question[584], 911: "1"})

    async with scripted(script) as port, connected(terms(tmp_path, port)) as entry:
        today = trade_date(SystemClock().now())
        assert [order async for order in entry.orders(today)] == [ACCEPTED]


async def test_one_report_of_nonsense_does_not_hide_the_day(tmp_path: Path) -> None:
    def rows(question: Fields) -> list[Fields]:
        last = {584: question[584], 911: "2"}
        nobody_knows = {**report({11: "other"}, "4", "I"), 38: "", **last}
        return [nobody_knows, {**report({11: ID}, exec_type="I"), **last}]

    async def script(peer: Peer) -> None:
        await peer.accept_logon()
        peer.say("8", report({11: ID}, "1", "F", filled="40", _32="forty", _31="10.05"))
        peer.say("8", report({11: ID}, "1", "F", filled="80", _32="40", _31="10.05"))
        for _ in range(2):
            for row in rows(await peer.hear("AF")):
                peer.say("8", row)

    async with scripted(script) as port, connected(terms(tmp_path, port)) as entry:
        today = trade_date(SystemClock().now())
        assert [order async for order in entry.orders(today)] == [ACCEPTED]
        assert [fill.quantity async for fill in entry.fills(today)] == [40]


async def test_a_cancel_that_was_cut_off_is_asked_about(tmp_path: Path) -> None:
    async def script(peer: Peer) -> None:
        await peer.accept_logon()
        if peer.n == 1:
            peer.say("8", report(await peer.hear("D")))
            await peer.hear("F")
            peer.hang_up()
            return
        question = await peer.hear("H")
        standing = report({11: ID}, "6", exec_type="I")
        peer.say("8", {790: question[790], **standing})

    async with scripted(script) as port, connected(terms(tmp_path, port)) as entry:
        await entry.place(ORDER)
        await entry.cancel(ORDER)


def unknown_order() -> Fields:
    return report({11: ID}, "8", "I", _103="5")


async def told(entry: FixOrderEntry, count: int) -> list[CounterEvent]:
    events: list[CounterEvent] = []
    async with asyncio.timeout(10):
        async for event in entry.events(None):
            events.append(event)
            if len(events) == count:
                break
    return events
