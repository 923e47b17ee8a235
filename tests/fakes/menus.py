"""Menus in memory."""

from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256

from callcenter.domain.audit import AuditEntry
from callcenter.domain.errors import StoreUnavailable
from callcenter.domain.menus import Activation, MenuVersion
from callcenter.ivr.menus.ports import MenuBook


class FakeMenuBook(MenuBook):
    """Remembers the `versions`, the `written` activations and their audit `trail`."""

    def __init__(self) -> None:
        self.versions: list[MenuVersion] = []
        self.written: list[Activation] = []
        self.trail: list[AuditEntry] = []
        self.is_gone = False

    async def keep(self, text: str, *, at: datetime, by: str, why: str) -> MenuVersion:
        self._answer()
        digest = sha256(text.encode()).hexdigest()
        if (kept := next((v for v in self.versions if v.digest == digest), None)) is not None:
            return kept
        number = len(self.versions) + 1
        self.versions.append(
            MenuVersion(number=number, text=text, digest=digest, at=at, by=by, why=why)
        )
        return self.versions[-1]

    async def version(self, number: int) -> MenuVersion | None:
        self._answer()
        return next((version for version in self.versions if version.number == number), None)

    async def activations(self) -> Sequence[Activation]:
        self._answer()
        return list(self.written)

    async def newest(self) -> int:
        self._answer()
        return self.written[-1].number if self.written else 0

    async def activate(
        self, version: int | None, *, undoes: int | None, after: int, entry: AuditEntry
    ) -> Activation | None:
        if after != await self.newest():
            return None
        activation = Activation(
            number=after + 1,
            version=version,
            at=entry.at,
            by=entry.details["by"],
            why=entry.details["why"],
            undoes=undoes,
        )
        self.written.append(activation)
        self.trail.append(entry)
        return activation

    def _answer(self) -> None:
        if self.is_gone:
            raise StoreUnavailable("gone")
