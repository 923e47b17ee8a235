"""How a menu is written down: the shape of its file, and the plan that it makes."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, time
from typing import Annotated, Any, Final

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Discriminator,
    Field,
    Tag,
    WithJsonSchema,
)

from callcenter.domain.calls import Language
from callcenter.ivr.menus.faults import Where
from callcenter.ivr.menus.hours import Days, Opening, Window
from callcenter.ivr.menus.plan import Entry, Line, Menu, Only, Plan, Sentence

CLOSED: Final = "menu-closed"
_EVERYWHERE: Final = "everywhere"
_MINUTE: Final = "(?:[01][0-9]|2[0-3]):[0-5][0-9]"
_MIDNIGHT: Final = "24:00"


def _figures(pattern: str) -> WithJsonSchema:
    """Figures may be written with quotation marks or without."""
    return WithJsonSchema({"anyOf": [{"type": "string", "pattern": pattern}, {"type": "integer"}]})


def _how_many(value: Any) -> str:
    return "many" if isinstance(value, list | tuple) else "one"


def _what(value: Any) -> str:
    return "own" if isinstance(value, Mapping | BaseModel) else "named"


def _goes_forward(window: str) -> str:
    since, until = window.split("-")
    if since >= until:
        raise ValueError(f"{since} is not before {until}")
    return window


Name = Annotated[str, Field(pattern="^[a-z][a-z0-9-]*$")]
Key = Annotated[str, Field(pattern="^[0-9]$"), _figures("^[0-9]$")]
Did = Annotated[str, Field(pattern="^[0-9]+$"), _figures("^[0-9]+$")]
Branch = Annotated[str, Field(pattern="^([0-9]{3}|any)$"), _figures("^([0-9]{3}|any)$")]
Times = Annotated[
    str, Field(pattern=f"^{_MINUTE}-({_MINUTE}|{_MIDNIGHT})$"), AfterValidator(_goes_forward)
]
Dids = Annotated[
    Annotated[Did, Tag("one")] | Annotated[tuple[Did, ...], Tag("many")], Discriminator(_how_many)
]
Branches = Annotated[
    Annotated[Branch, Tag("one")] | Annotated[tuple[Branch, ...], Tag("many")],
    Discriminator(_how_many),
]


class Written(BaseModel):
    """A part of the file. What it does not know is a fault, since it may be a slip of the pen."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


class Words(Written):
    """A sentence in both languages. {key:key} is where a key is said, {branch:number} a branch."""

    zh: str = Field(min_length=1)
    """In Mandarin; numbers as words."""
    en: str = Field(min_length=1)
    """In English."""


Said = Annotated[Annotated[Words, Tag("own")] | Annotated[Name, Tag("named")], Discriminator(_what)]
SaidAt = tuple[str, Where, Words | str]  # under which name, where within its part, and what
Greeting = Annotated[
    Annotated[Said, Tag("one")] | Annotated[tuple[Said, ...], Tag("many")],
    Discriminator(_how_many),
]


class OnlyWritten(Written):
    """For whom an entry is."""

    did: Dids | None = None
    """Callers of these numbers."""
    branch: Branches | None = None
    """Callers of the numbers of these branches; any: of all branches."""
    language: Language | None = None
    """Callers who hear this language."""

    def only(self) -> Only:
        return Only(
            dids=None if self.did is None else frozenset(_many(self.did)),
            branches=None if self.branch is None else frozenset(_many(self.branch)) - {"any"},
            languages=frozenset(Language if self.language is None else [self.language]),
        )


class HoursWritten(Written):
    """When an entry is open, in Beijing."""

    days: Days = Days.ALL
    """Trading days, holidays (all that are no trading days), or all days."""
    times: tuple[Times, ...] = ()
    """From when until when, such as 09:00-17:00; without it all day."""


class EntryWritten(Written):
    """A key of a menu."""

    key: Key
    """0 to 9."""
    name: Name
    """What it is called; once in its menu."""
    words: Said
    """What is said of it, with the slot {key:key}: a sentence by name, or words of its own."""
    menu: Name | None = None
    """The menu that it leads to."""
    dialogue: Name | None = None
    """The dialogue that it leads to."""
    login: bool = False
    """Whether callers must log in first. Dialogues that need it ask by themselves."""
    only: OnlyWritten = OnlyWritten()
    """For whom it is; without it for everybody."""
    hours: HoursWritten = HoursWritten()
    """When it is open; without it always."""
    closed: tuple[date, ...] = ()
    """Days on which it is not open, whatever the hours say."""
    outside: Said = CLOSED
    """What its key leads to while it is not open; hidden: then it is not in the menu."""

    def entry(self, menu: str, holidays: frozenset[date]) -> Entry:
        words, outside = (_prompt(said, name) for name, _, said in self.said(menu))
        return Entry(
            name=self.name,
            key=self.key,
            words=words,
            menu=self.menu,
            dialogue=self.dialogue,
            login=self.login,
            only=self.only.only(),
            opening=self._opening(holidays),
            outside=None if self.outside == "hidden" else outside,
        )

    def said(self, menu: str) -> Iterator[SaidAt]:
        yield _own(menu, self.name), ("words",), self.words
        yield _own(menu, self.name, "closed"), ("outside",), self.outside

    def _opening(self, holidays: frozenset[date]) -> Opening:
        return Opening(
            days=self.hours.days,
            windows=tuple(_window(each) for each in self.hours.times),
            closed=frozenset(self.closed),
            holidays=frozenset() if self.hours.days is Days.ALL else holidays,
        )


class LineWritten(Written):
    """What callers of some numbers get."""

    greeting: Greeting
    """What they hear first."""
    menu: Name
    """The menu that they get."""
    did: Dids | None = None
    """The numbers; without it, and without branch, all that no line above takes."""
    branch: Branches | None = None
    """The branches whose numbers these are; any: of all branches."""
    language: Language = Language.ZH
    """What is spoken until the caller changes it."""

    def line(self) -> Line:
        return Line(
            greeting=tuple(_prompt(said, name) for name, _, said in self.said()),
            menu=self.menu,
            only=OnlyWritten(did=self.did, branch=self.branch).only(),
            language=self.language,
        )

    def said(self) -> Iterator[SaidAt]:
        whom = [str(one) for only in (self.did, self.branch) if only for one in _many(only)]
        for at, said in enumerate(_many(self.greeting)):
            yield _own("greeting", *(whom or ["all"]), str(at + 1)), ("greeting", at), said


class MenuFile(Written):
    """A menu of the hotline."""

    lines: tuple[LineWritten, ...] = Field(min_length=1)
    """The first one that fits the number dialled decides."""
    menus: dict[Name, tuple[EntryWritten, ...]]
    """All menus by name."""
    everywhere: tuple[EntryWritten, ...] = ()
    """What has its key in every menu, and is said in the first."""
    holidays: tuple[date, ...] = ()
    """Days without trading that the calendar of the exchanges does not have."""
    sentences: dict[Name, Words] = {}
    """Other words for sentences that ship, by name."""

    def plan(self) -> Plan:
        return Plan(
            lines=tuple(line.line() for line in self.lines),
            menus=self._menus(),
            sentences=dict(self._own()),
            instead={
                name: Sentence(words=words.model_dump(), where=("sentences", name))
                for name, words in self.sentences.items()
            },
        )

    def _menus(self) -> dict[str, Menu]:
        everywhere = self._entries(self.everywhere, _EVERYWHERE)
        return {
            name: Menu(
                name=name,
                entries=self._entries(entries, name),
                everywhere=everywhere,
            )
            for name, entries in self.menus.items()
        }

    def _entries(self, written: Sequence[EntryWritten], menu: str) -> tuple[Entry, ...]:
        holidays = frozenset(self.holidays)
        return tuple(each.entry(menu, holidays) for each in written)

    def _own(self) -> Iterator[tuple[str, Sentence]]:
        for place, (name, within, said) in self._said():
            if isinstance(said, Words):
                yield name, Sentence(words=said.model_dump(), where=(*place, *within))

    def _said(self) -> Iterator[tuple[Where, SaidAt]]:
        for at, line in enumerate(self.lines):
            yield from ((("lines", at), said) for said in line.said())
        for menu, entries in self.menus.items():
            for at, entry in enumerate(entries):
                yield from ((("menus", menu, at), said) for said in entry.said(menu))
        for at, entry in enumerate(self.everywhere):
            yield from (((_EVERYWHERE, at), said) for said in entry.said(_EVERYWHERE))


def _many(said: Any) -> tuple[Any, ...]:
    return said if isinstance(said, tuple) else (said,)


def _prompt(said: Words | str, name: str) -> str:
    """Return the name of a sentence: one that ships has its own."""
    return said if isinstance(said, str) else name


def _own(*steps: str) -> str:
    """Return what words of one's own are called: it stays when the file is put in another order."""
    return "-".join(("own", *steps))


def _window(said: str) -> Window:
    since, until = said.split("-")
    return Window(
        since=time.fromisoformat(since),
        until=None if until == _MIDNIGHT else time.fromisoformat(until),
    )
