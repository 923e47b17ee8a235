"""What applications need of the world. `gateways` and `storage` provide it."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Protocol

from callcenter.domain.accounts import AccountId
from callcenter.domain.applications import (
    Application,
    ApplicationOutcome,
    FundHolding,
    NewIssue,
    OpenFund,
    RightsIssue,
)
from callcenter.domain.securities import Market, SecurityCode
from callcenter.trading.requests.ports import Desk, RequestBook


class ApplicationDesk(Desk[ApplicationOutcome], Protocol):
    """
    The part of a counter that takes applications for issues and open-end funds.

    Every method raises `CounterUnavailable` when the counter cannot be reached and nothing has
    happened. Questions may be asked again at will; `apply` and `cancel` may not, see there.
    """

    async def issues(self, day: date) -> Sequence[NewIssue]:
        """Return what may be subscribed on a day."""
        ...

    async def market_value(self, account: AccountId, market: Market) -> Decimal:
        """Return the average value in yuan of the holdings that count towards the quota."""
        ...

    async def misses(self, account: AccountId) -> Sequence[date]:
        """Return the days on which shares that were won were not paid."""
        ...

    async def rights(self, account: AccountId, day: date) -> Sequence[RightsIssue]:
        """Return what the account may still pay for on a day, by what it held."""
        ...

    async def fund(self, code: SecurityCode) -> OpenFund | None: ...

    async def holdings(self, account: AccountId) -> Sequence[FundHolding]: ...

    async def apply(self, application: Application) -> ApplicationOutcome:
        """
        Hand the application in, and return what the counter makes of it.

        Raise `OutcomeUnknown` when it was sent and no answer came. Idempotent by request id: what
        has become of the first is told again.
        """
        ...

    async def cancel(self, application: Application) -> None:
        """
        Ask to cancel, and return once the counter has the wish; `find` tells what became of it.

        Raise `Refused` if it cannot be cancelled, `OutcomeUnknown` without an answer. Idempotent.
        """
        ...

    async def ping(self) -> None:
        """Return if the counter answers."""
        ...


class ApplicationBook(RequestBook[Application, ApplicationOutcome], Protocol):
    """
    Our own record of applications.

    Its transactions refuse a second one for an issue of new shares with DUPLICATE_SUBSCRIPTION,
    from whichever daemon it comes, while the first counts; see `domain.applications.NOT_COUNTED`.
    """

    async def of_account(self, account: AccountId, since: date) -> Sequence[Application]:
        """Return the account's applications from a trade date on, the newest first."""
        ...
