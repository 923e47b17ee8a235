"""A counter that is away is dialled again, however long it stays away."""

from collections.abc import Callable

from callcenter.gateways.fix.link import Address, Link, Talker
from tests.fix.counterparty import free_port

DIALS = 1_100  # of a night without the counter


class Patient(Talker):
    """Nobody answers it; it has enough after so many dials."""

    def __init__(self) -> None:
        self.dials = 0
        self.enough: Callable[[], None] = lambda: None

    @property
    def seconds_until_hours(self) -> float:
        self.dials += 1
        if self.dials == DIALS:
            self.enough()
        return 0.0

    @property
    def is_logged_on(self) -> bool:
        return False

    async def connected(self, write: Callable[[bytes], None], close: Callable[[], None]) -> None:
        raise AssertionError("nobody listens")

    async def take(self, data: bytes) -> None: ...

    async def disconnected(self) -> None: ...


async def test_a_counter_that_is_away_for_a_night_is_still_dialled() -> None:
    talker = Patient()
    address = Address(host="127.0.0.1", port=free_port())
    link = Link(address, talker, connect_within_s=1.0, retry_at_most_s=0.0)
    talker.enough = link.close

    await link.run()

    assert talker.dials == DIALS
