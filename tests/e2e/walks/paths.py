"""Paths through the model: where a caller does what is expected, and where not."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from callcenter.domain.calls import Language
from tests.e2e.walks.model import TOP, Ask, Course, Kind, Prompts, Way, ways, words_of

SILENCE: Final = "_"
Heard = tuple[Prompts, str]

_LOGIN: Final = (
    Ask(says=("ask-account",), keys="{account}#"),
    Ask(says=("ask-password",), keys="246810#", kind=Kind.PASSWORD),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Path:
    """The keys of one call, and what the log has of it then, turn by turn."""

    name: str
    keys: Sequence[str]
    heard: Sequence[Heard]
    language: Language

    @property
    def script(self) -> str:
        return " ".join(self.keys)

    def __str__(self) -> str:
        return f"{self.language.value}-{self.name}"


def whole(course: Course, account: str, language: Language) -> Path:
    """The path of a caller who answers every question."""
    return _Call(course, account, language).to_the_end()


def astray(course: Course, accounts: Iterator[str], language: Language) -> Iterator[Path]:
    """Yield paths that leave the course at each of its questions, in each way there is."""
    for at, ask in enumerate(course.asks):
        for name, keys, then in _strays(course, at, ask):
            call = _Call(course, next(accounts), language)
            yield call.leaving(f"{at + 1}-{name}", at, keys, then)


def _strays(course: Course, at: int, ask: Ask) -> Iterator[tuple[str, str | None, Prompts]]:
    """Yield what a caller does instead of an answer, and what is said to that."""
    yield "hang-up", None, ()
    yield "silence", SILENCE, _after_silence(ask)
    if ask.kind is not Kind.PASSWORD:
        back = "*#" if ask.kind is Kind.DECIMAL else "*"
        yield "back", back, _after_back(course, at, ask)
    if ask.kind in (Kind.CHOICE, Kind.READ_BACK):
        yield "again", "#", ask.pound or ask.repeated
    if ask.kind in (Kind.CHOICE, Kind.READ_BACK) and ask.wrong:
        yield "wrong", ask.wrong, ("wrong-key", *ask.repeated)
    if ask.no is not None:
        yield "no", "2", ask.no


def _after_silence(ask: Ask) -> Prompts:
    return ask.repeated if ask.kind is Kind.CHOICE else ("nothing-heard", *ask.repeated)


def _after_back(course: Course, at: int, ask: Ask) -> Prompts:
    above = words_of(ways()[course.dialogue].above)
    if ask.kind is Kind.READ_BACK and course.then is not None:
        return (*(ask.back or ()), *course.then)
    if ask.kind is Kind.READ_BACK:
        return (*(ask.back or ()), *above)
    if ask.back is not None:
        return ask.back
    return course.asks[at - 1].says if at else above


class _Call:
    """A call while it is written down."""

    def __init__(self, course: Course, account: str, language: Language) -> None:
        self._course = course
        self._account = course.account or account
        self._language = language
        self._keys: list[str] = []
        self._heard: list[Heard] = []
        self._said: Prompts = ("greeting", *words_of(TOP))
        self._logged_in = False
        if language is Language.EN:
            self._press("7", says=words_of(TOP))

    def to_the_end(self) -> Path:
        for earlier in self._course.before:
            self._run(earlier)
            self._up_from(ways()[earlier.dialogue])
        self._run(self._course)
        return self._path("whole")

    def leaving(self, name: str, at: int, keys: str | None, then: Prompts) -> Path:
        for earlier in self._course.before:
            self._run(earlier)
            self._up_from(ways()[earlier.dialogue])
        self._reach(self._course)
        for ask in self._course.asks[:at]:
            self._answer(ask)
        self._said = (*self._said, *self._course.asks[at].says)
        if keys is not None:
            self._press(keys, says=then)
        return self._path(name)

    def _run(self, course: Course) -> None:
        self._reach(course)
        for ask in course.asks:
            self._answer(ask)
        after = words_of(ways()[course.dialogue].above) if course.then is None else course.then
        self._said = (*self._said, *course.says, *after)

    def _reach(self, course: Course) -> None:
        way = ways()[course.dialogue]
        for menu, key in way.steps:
            if menu != TOP:
                self._said = (*self._said, *words_of(menu))
            self._press(key)
            if way.login and not self._logged_in:
                self._log_in()

    def _log_in(self) -> None:
        for ask in _LOGIN:
            self._answer(ask)
        self._logged_in = True

    def _up_from(self, way: Way) -> None:
        """Go back to the top, from the menu whose words are being said."""
        for menu, _ in reversed(way.steps[:-1]):
            self._press("*", says=words_of(menu) if menu == TOP else ())
            self._said = words_of(menu)

    def _answer(self, ask: Ask) -> None:
        self._said = (*self._said, *ask.says)
        self._press(ask.keys.format(account=self._account), secret=ask.kind is Kind.PASSWORD)

    def _press(self, keys: str, *, says: Prompts = (), secret: bool = False) -> None:
        self._keys.append(keys)
        shown = "" if keys == SILENCE else "******" if secret else keys
        self._heard.append((self._said, shown))
        self._said = says

    def _path(self, name: str) -> Path:
        heard = [*self._heard, (self._said, "")] if self._said else self._heard
        return Path(
            name=f"{self._course.name}-{name}",
            keys=self._keys,
            heard=heard,
            language=self._language,
        )
