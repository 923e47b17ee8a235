"""What an order keeps of the rules that passed it, so that it can be judged again years later."""

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from callcenter.trading.rulebook.words import Status


@dataclass(frozen=True, slots=True, kw_only=True)
class Stamp:
    """The version of the book, and what it was told of the market. Kept as one line of text."""

    version: str
    reference: Decimal | None = None  # from which the limits counted
    status: Status | None = None

    def __str__(self) -> str:
        said = [self.version]
        if self.reference is not None:
            said.append(f"reference={self.reference}")
        if self.status is not None:
            said.append(f"status={self.status}")
        return " ".join(said)

    @classmethod
    def parse(cls, text: str) -> "Stamp":
        """Read a stamp; what is not there or not understood is None."""
        version, *rest = text.split() or [""]
        said = dict(each.split("=", 1) for each in rest if "=" in each)
        return cls(
            version=version,
            reference=_number(said.get("reference", "")),
            status=Status(said["status"]) if said.get("status") in set(Status) else None,
        )


def _number(text: str) -> Decimal | None:
    try:
        return Decimal(text)
    except InvalidOperation:
        return None
