"""The watch: looks at processes and asks the sources, whatever they answer."""

import asyncio
import os
import sys

from callcenter.load.watch.sources import CannotSee, Seen
from callcenter.load.watch.watching import Watch
from callcenter.load.watched import Gauge, WaitSample


class Answers:
    """A source that says what it was given, in order, and then always the last."""

    def __init__(self, *answers: Seen | CannotSee) -> None:
        self._answers = list(answers)
        self.asked = 0

    async def look(self) -> Seen:
        answer = self._answers[min(self.asked, len(self._answers) - 1)]
        self.asked += 1
        if isinstance(answer, CannotSee):
            raise answer
        return answer


async def test_a_look_notes_processes_gauges_and_waits() -> None:
    database = Answers(Seen(gauges={"postgresql connections": 3.0}, waits={"Lock:tuple": 2}))
    watch = Watch(lambda: 4.0, lambda: {"us": os.getpid(), "sipp": None}, [database])

    await watch.look()

    assert [(one.at, one.name) for one in watch.seen.processes] == [(4.0, "us")]
    assert watch.seen.gauges == (Gauge(at=4.0, name="postgresql connections", value=3.0),)
    assert watch.seen.waits == (WaitSample(at=4.0, event="Lock:tuple", sessions=2),)
    assert watch.notes == []


async def test_a_source_that_does_not_answer_is_told_once_and_asked_again() -> None:
    silent = CannotSee("Asterisk: no answer")
    pbx = Answers(silent, silent, Seen(gauges={"asterisk channels": 1.0}))
    watch = Watch(lambda: 0.0, dict, [pbx])

    for _ in range(3):
        await watch.look()

    assert watch.notes == ["Asterisk: no answer"]
    assert [gauge.value for gauge in watch.seen.gauges] == [1.0]


async def test_a_program_that_has_ended_has_no_more_samples() -> None:
    program = await asyncio.create_subprocess_exec(
        sys.executable, "-c", "input()", stdin=asyncio.subprocess.PIPE
    )
    watch = Watch(lambda: 0.0, lambda: {"sipp": program.pid}, [])
    await watch.look()
    await program.communicate(b"\n")
    await watch.look(looks=1)

    assert [one.name for one in watch.seen.processes] == ["sipp"]


async def test_it_looks_from_the_beginning_to_the_end_of_the_block() -> None:
    source = Answers(Seen(gauges={}))

    async with Watch(lambda: 0.0, dict, [source], every_s=0.0) as watch:
        while source.asked < 3:
            await watch.look()
    asked = source.asked
    await watch.look()

    assert source.asked == asked + 1
