"""A conversation with a caller: says, asks, and keeps the transcript. Rules of keys apply here."""

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from typing import Final, TypeVar

from callcenter.domain.agents import AgentVisit
from callcenter.domain.calls import Language
from callcenter.domain.clock import Clock
from callcenter.domain.errors import Refused
from callcenter.domain.refusals import Refusal
from callcenter.domain.secret import HIDDEN, Secret
from callcenter.ivr import keys
from callcenter.ivr.answers import Answer, answer_of, outcome_of
from callcenter.ivr.catalogue import Catalogue, Say, say
from callcenter.ivr.endings import GoBack, Goodbye
from callcenter.ivr.keys import Ending, Entry, Kind, Timing
from callcenter.ivr.phone import Halt, Message, Phone, Sound, Stop, Utterance
from callcenter.ivr.ports import CallBook
from callcenter.ivr.prompts import Prompt
from callcenter.ivr.reasons import reason
from callcenter.ivr.transcript import Transcript

Value = TypeVar("Value")


_CALM_S: Final = 1.0  # whoever answers a question presses no other key so soon


class Conversation:
    """
    One caller on one phone, in one language.

    Every method raises `CallerHungUp` once the line is gone.
    """

    def __init__(
        self, phone: Phone, catalogue: Catalogue, book: CallBook, clock: Clock, timing: Timing
    ) -> None:
        self.language = Language.ZH
        self.call = phone.call
        self.tries = timing.tries
        self.longest_item_s = timing.item_most_s
        self._phone = phone
        self._catalogue = catalogue
        self._transcript = Transcript(self.call.id, book, clock)
        self._timing = timing
        self._reach_agent: Callable[[], Awaitable[None]] | None = None
        self._forgets_keys = False

    def forget_keys(self) -> None:
        """Drop at the next say what was keyed for a dead daemon's question, maybe a password's."""
        self._forgets_keys = True

    async def say(self, *announcement: Say, fresh: bool = False) -> None:
        """Say it, or as much of it as the caller has the patience for."""
        fresh, self._forgets_keys = fresh or self._forgets_keys, False
        utterance = self._catalogue.utterance(announcement, self.language)
        self._transcript.said([said.prompt for said in announcement], utterance.words)
        await self._phone.play(utterance, fresh=fresh)

    async def ask(
        self,
        *question: Say,
        kind: Kind,
        check: Callable[[str], Awaitable[Value]],
        default: Callable[[], Awaitable[Value]] | None = None,
    ) -> Value:
        """
        Ask until `check` takes what was keyed, and return what it made of it.

        `check` raises `Refused` to have its reason said and the question asked again. Raise
        `GoBack` on the back key, and after `Timing.tries` fruitless tries.
        """
        for _ in range(self.tries):
            await self.say(*question)
            entry = await keys.read_field(self._next_in_field, kind, self._timing)
            if entry.ending is Ending.BACK:
                self._transcript.turn(entry.keys, "back")
                break
            try:
                return await self._accept(entry, check, default)
            except GoBack:
                continue  # out of the default's own questions, one level below this one
            except Refused as refused:
                await self.refuse(refused)
            except _AskAgain as again:
                self._transcript.turn(entry.keys, again.why)
                await self.say(say(again.why))
        raise GoBack

    async def _accept(
        self,
        entry: Entry,
        check: Callable[[str], Awaitable[Value]],
        default: Callable[[], Awaitable[Value]] | None,
    ) -> Value:
        match entry.ending:
            case Ending.VALUE:
                return await self._check(entry, check)
            case Ending.DEFAULT if default is not None:
                # Before the default's own questions, if it has any.
                self._transcript.turn(entry.keys, "default")
                return await default()
            case Ending.SILENCE:
                raise _AskAgain(Prompt.NOTHING_HEARD)
            case _:
                raise _AskAgain(Prompt.NO_DEFAULT)

    async def _check(self, entry: Entry, check: Callable[[str], Awaitable[Value]]) -> Value:
        outcome = "failed"
        try:
            value = await check(entry.value)
            outcome = "value"
        except Refused as refused:
            outcome = f"refused:{refused.reason.value}"
            raise
        finally:
            self._transcript.turn(entry.keys, outcome)
        return value

    async def ask_password(self, *question: Say) -> Secret:
        """
        Ask for a password, which goes neither into the transcript nor into the recording.

        Raise `GoBack` after `Timing.tries` silences.
        """
        for _ in range(self.tries):
            async with self._phone.unrecorded():
                await self.say(*question)
                entry = await keys.read_field(self._next_in_field, Kind.PASSWORD, self._timing)
            if entry.ending is Ending.VALUE:
                self._transcript.turn(HIDDEN, "value")
                return Secret(entry.value)
            self._transcript.turn(HIDDEN if entry.keys else "", "silence")
            await self.say(say(Prompt.NOTHING_HEARD))
        raise GoBack

    async def choose(
        self, *question: Say, among: Collection[str], begins: Collection[str] = ()
    ) -> str:
        """
        Return the key of a menu that the caller chose, out of `among` or the back key.

        A key of `begins` is the first of a number: it is returned too, and waits for the field.
        Raise `Goodbye` after the third silence, `GoBack` after the third wrong key.
        """
        silences = mistakes = 0
        while max(silences, mistakes) < self.tries:
            await self.say(*question)
            key = await self._next_key(self._timing.first_key_s)
            if key is None:
                silences += 1
                self._transcript.turn("", "silence")
            elif key in among or key == keys.MENU_BACK:
                self._transcript.turn(key, "chosen")
                return key
            elif key in begins:
                self._phone.put_back(key)
                return key
            elif key == keys.AGENT and self._reach_agent is not None:
                self._transcript.turn(key, "agent")
                await self._reach_agent()
            else:
                self._transcript.turn(key, "again" if key == keys.MENU_AGAIN else "wrong-key")
                mistakes += await self._is_mistake(key)
        raise Goodbye if silences > mistakes else GoBack

    async def choose_if_calm(self, *question: Say, among: Collection[str]) -> str | None:
        """
        Return the key out of `among` that answers a question which the caller did not expect.

        Return None for no answer, and for a caller who keys on at once: those keys were meant for
        what comes next, and wait for it.
        """
        for _ in range(self.tries):
            await self.say(*question)
            key = await self._next_key(self._timing.first_key_s)
            after = await self._next_key(_CALM_S) if key is not None else None
            if key is not None and after is not None:
                self._phone.put_back(key + after)
                return None
            self._transcript.turn(key or "", "chosen" if key in among else outcome_of(key))
            if key in among:
                return key
            if key == keys.MENU_BACK:
                return None
            if key == keys.AGENT and self._reach_agent is not None:
                await self._reach_agent()
        return None

    async def _is_mistake(self, key: str) -> bool:
        if key == keys.MENU_AGAIN:
            return False
        await self.say(say(Prompt.WRONG_KEY))
        return True

    async def confirm(
        self, *read_back: Say, choices: Prompt = Prompt.CONFIRM, fresh: bool = True
    ) -> Answer:
        """
        Read something back and return what the caller makes of it.

        Keys pressed before it begins do not count, unless it is not `fresh`: nobody confirms an
        order, a transfer or a new password that was not read to them.
        """
        for _ in range(self.tries):
            key = await self._read_back([*read_back, say(choices)], fresh=fresh)
            answer = answer_of(key)
            if answer is not None:
                return answer
            await self.say(say(Prompt.WRONG_KEY if key else Prompt.NOTHING_HEARD))
        return Answer.DROPPED

    async def _read_back(self, words: Sequence[Say], *, fresh: bool) -> str | None:
        while True:
            await self.say(*words, fresh=fresh)
            key = await self._next_key(self._timing.first_key_s)
            self._transcript.turn(key or "", outcome_of(key))
            if key == keys.AGENT and self._reach_agent is not None:
                await self._reach_agent()
            elif key != keys.MENU_AGAIN:
                return key

    async def record(self, name: str, *, most_s: int | None = None) -> Message:
        """
        Keep what the caller says after a tone; `name` tells it from the call's other messages.

        A caller who hangs up has said what was said until then. Raise `CannotRecord`.
        """
        message = await self._phone.record(
            name,
            most_s=most_s or self._timing.message_most_s,
            silence_s=self._timing.message_silence_s,
        )
        self._transcript.turn("", f"{message.seconds:.0f} s, {message.ending.name.lower()}")
        return message

    async def kept(self, name: str) -> Message | None:
        """Return what was said under this name for a daemon that is gone; None if nothing was."""
        return await self._phone.kept(name)

    async def play_from(self, sound: Sound, start_s: float, *, name: str) -> Stop:
        """Play a sound, which the transcript calls so; see `Phone.play_from`."""
        words = sound.words if isinstance(sound, Utterance) else ""
        self._transcript.said([name], "" if start_s else words)
        stop = await self._phone.play_from(sound, start_s)
        if stop.by is not Halt.KEY:
            self._transcript.turn("", f"{stop.by.name.lower()} at {stop.at_s:.0f} s")
        return stop

    async def halted(self, *, at_s: float) -> str | None:
        """Return the key that the caller presses where a sound stopped; None for silence."""
        key = await self._phone.key(within_s=self._timing.pause_s)
        self._transcript.turn(key or "", f"at {at_s:.0f} s")
        return key

    async def refuse(self, refused: Refused) -> None:
        """Say in plain words why not, and the message number that the caller can quote."""
        await self.say(*self.reason(refused.reason, **refused.facts))

    def reason(self, refusal: Refusal, **facts: object) -> list[Say]:
        """Put into words why not, with the message number; see `reasons`."""
        return reason(self._catalogue, refusal, facts)

    def agents_by(self, reach: Callable[[], Awaitable[None]]) -> None:
        """Let key 0 reach a person by this, wherever it means nothing else."""
        self._reach_agent = reach

    async def wait_for_agent(self, who: Mapping[str, str]) -> AgentVisit:
        """Let the caller wait for a person; return, and write down, how that went."""
        self._transcript.turn("", "waits")
        return self._written(await self._phone.wait_for_agent(who))

    async def agent_visit(self) -> AgentVisit | None:
        """Return, and write down, how a wait went that a daemon began which is gone."""
        visit = await self._phone.agent_visit()
        return None if visit is None else self._written(visit)

    def _written(self, visit: AgentVisit) -> AgentVisit:
        self._transcript.turn("", str(visit), happened=True)
        return visit

    def finish(self, outcome: str) -> None:
        """Put what was said last, and answered by nothing, into the transcript."""
        self._transcript.turn("", outcome)

    async def _next_key(self, within_s: float) -> str | None:
        return await self._phone.key(within_s=within_s)

    async def _next_in_field(self, within_s: float) -> str | None:
        return await self._phone.key(within_s=within_s, of_field=True)


class _AskAgain(Exception):
    """A fruitless try that is nobody's fault."""

    def __init__(self, why: Prompt) -> None:
        super().__init__(why)
        self.why = why
