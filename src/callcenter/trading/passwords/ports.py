"""What password changes need of the world. `gateways` and `storage` provide it."""

from typing import Protocol

from callcenter.domain.passwords import PasswordChange, PasswordOutcome
from callcenter.domain.secret import Secret
from callcenter.trading.requests.ports import Desk, RequestBook


class PasswordDesk(Desk[PasswordOutcome], Protocol):
    """
    The part of a counter that changes passwords; a counter may have none.

    Every method raises `CounterUnavailable` when the counter cannot be reached and nothing has
    happened.
    """

    async def change(self, change: PasswordChange, old: Secret, new: Secret) -> PasswordOutcome:
        """
        Put `new` in the place of `old`, and return what the counter makes of it.

        CHANGED, or REFUSED with a message: WRONG_OLD_PASSWORD, ACCOUNT_LOCKED after too many of
        those in a day, or what its own rules say of the new one. Raise `OutcomeUnknown` when it
        was sent and no answer came. Idempotent by request id: the first answer is given again,
        whatever the passwords.
        """
        ...


class PasswordBook(RequestBook[PasswordChange, PasswordOutcome], Protocol):
    """
    Our own record of password changes, without any password.

    Its transactions refuse a second open change of an account with BUSY.
    """
