"""A menu that calls have: its plan, with all sentences that can be said in it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from callcenter.domain.calls import Call, Language
from callcenter.ivr.catalogue import Catalogue
from callcenter.ivr.menus.hours import IsTradingDay
from callcenter.ivr.menus.plan import Dialled, Entry, Line, Menu, Plan
from callcenter.ivr.menus.ways import Numbers, callers
from callcenter.ivr.phone import Utterance


@dataclass(frozen=True, slots=True, kw_only=True)
class Live:
    """`version` is None for the menu that ships."""

    plan: Plan
    catalogue: Catalogue
    is_trading_day: IsTradingDay
    version: int | None = None

    def line_of(self, dialled: Dialled) -> Line:
        """Return what the number dialled leads to; the last line takes every call."""
        return self.plan.line_of(dialled) or self.plan.lines[-1]

    def offered(self, menu: Menu, at: datetime) -> Menu:
        """Return the menu without what is not there at this moment."""
        return menu.without(
            frozenset(e.name for e in menu.all if e.outside is None and not self.is_open(e, at))
        )

    def is_open(self, entry: Entry, at: datetime) -> bool:
        return entry.opening.is_open(at, self.is_trading_day)

    def spoken(self, numbers: Numbers) -> Iterator[Utterance]:
        """Yield what callers of these numbers hear of the menus while all is open, each once."""
        calls = [caller for caller, _ in callers(self.plan, numbers)]
        for language, words in self.plan.announcements(calls):
            yield self.catalogue.utterance(words, language)


def dialled(call: Call, language: Language = Language.ZH) -> Dialled:
    return Dialled(did=call.did, branch=call.branch, language=language)
