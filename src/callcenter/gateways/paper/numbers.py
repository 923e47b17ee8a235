"""The paper counter keeps from which numbers an account may trade."""

from typing import Final

from callcenter.customers.ports import NumberDesk
from callcenter.domain.accounts import AccountId
from callcenter.domain.calls import CallerNumber, e164
from callcenter.domain.errors import Refused
from callcenter.domain.refusals import Refusal
from callcenter.gateways.paper.database import Database
from callcenter.gateways.station import dialled_form

_BIND: Final = """
    UPDATE paper.customers SET bound_numbers = array_append(bound_numbers, $2)
    WHERE account = $1 AND NOT $2 = ANY (bound_numbers)
"""
_UNBIND: Final = """
    UPDATE paper.customers SET bound_numbers = array_remove(bound_numbers, $2) WHERE account = $1
"""


class PaperNumberDesk(NumberDesk):
    """Works on the books of a paper counter, which starts and stops the `database`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def bind(self, account: AccountId, number: CallerNumber) -> None:
        """Raise `Refused` for a number that its field is too short for: it would lock out."""
        dialled = dialled_form(number)
        if e164(dialled) != number:
            raise Refused(Refusal.NOT_A_TELEPHONE_NUMBER)
        async with self._database.connection() as c:
            await c.execute(_BIND, account, dialled)

    async def unbind(self, account: AccountId, number: CallerNumber) -> None:
        async with self._database.connection() as c:
            await c.execute(_UNBIND, account, dialled_form(number))
