"""Recordings of prompts in memory."""

from callcenter.domain.calls import Language
from callcenter.domain.errors import NotASound
from callcenter.domain.orders import Station
from callcenter.ivr.recordable import PromptRecorder, Recordable, number_of


class FakePromptRecorder(PromptRecorder):
    """Knows a greeting in both languages, and remembers what was `put`: whose file, by whom."""

    def __init__(self) -> None:
        self.known = [
            Recordable(name="greeting", language=Language.ZH, phrases=("您好。",)),
            Recordable(name="greeting", language=Language.EN, phrases=("Welcome.",)),
        ]
        self.put_by: list[tuple[Recordable, str, str, Station]] = []
        self.silent = False

    def find(self, number: str, language: Language) -> Recordable | None:
        wanted = (number, language)
        return next((p for p in self.known if (number_of(p.name), p.language) == wanted), None)

    async def put(self, prompt: Recordable, file: str, *, by: str, station: Station) -> None:
        if self.silent:
            raise NotASound(file)
        self.put_by.append((prompt, file, by, station))
