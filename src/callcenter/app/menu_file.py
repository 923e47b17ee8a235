"""How a menu is written down: the shape of its file, and what the hotline makes of it."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from callcenter.ivr.menus.plan import Entry, Line, Menu, Plan

_NAME = r"^[a-z][a-z0-9-]*$"


def _as_written(value: Any) -> Any:
    """Take a key or a number that YAML has read as a figure for what was written."""
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


Name = Annotated[str, Field(pattern=_NAME)]
Key = Annotated[str, BeforeValidator(_as_written), Field(pattern="^[0-9]$")]
Did = Annotated[str, BeforeValidator(_as_written), Field(pattern="^[0-9]+$")]
Branch = Annotated[str, Field(pattern="^[0-9]{3}$")]


class _Written(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class EntryWritten(_Written):
    key: Key
    name: Name
    words: Name
    menu: Name | None = None
    dialogue: Name | None = None
    login: bool = False

    def entry(self) -> Entry:
        return Entry(**self.model_dump())


class LineWritten(_Written):
    greeting: Name
    menu: Name
    did: tuple[Did, ...] | None = None
    branch: Literal["any"] | tuple[Branch, ...] | None = None

    def line(self) -> Line:
        branches = () if self.branch == "any" else self.branch
        return Line(
            greeting=(self.greeting,),
            menu=self.menu,
            dids=None if self.did is None else frozenset(self.did),
            branches=None if branches is None else frozenset(branches),
        )


class MenuFile(_Written):
    lines: tuple[LineWritten, ...]
    menus: Mapping[Name, tuple[EntryWritten, ...]]
    everywhere: tuple[EntryWritten, ...] = ()

    def plan(self) -> Plan:
        everywhere = tuple(each.entry() for each in self.everywhere)
        menus = {
            name: Menu(
                name=name,
                entries=tuple(each.entry() for each in entries),
                everywhere=everywhere,
            )
            for name, entries in self.menus.items()
        }
        return Plan(lines=tuple(line.line() for line in self.lines), menus=menus)
