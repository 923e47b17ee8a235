"""A telephone for many calls at once."""

from typing import Self, Unpack

from callcenter.telephony.sipcaller.call import ScriptedCall
from callcenter.telephony.sipcaller.station import Dialling, Station, Wishes
from callcenter.telephony.sipcaller.transactions import Timers


class SipCaller:
    """
    All calls share one SIP socket and one pacer; each has an RTP socket of its own.

    Leaving the `async with` hangs up what is still up.
    """

    def __init__(
        self, *, local_host: str = "127.0.0.1", local_port: int = 0, timers: Timers | None = None
    ) -> None:
        self._station = Station(host=local_host, port=local_port, timers=timers or Timers())

    async def __aenter__(self) -> Self:
        await self._station.__aenter__()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._station.__aexit__()

    async def dial(self, to: str, *, caller: str, **wishes: Unpack[Wishes]) -> ScriptedCall:
        """Return the call once it is answered. Raise `CallFailed` if it is not."""
        return ScriptedCall(await self._station.dial(Dialling(to=to, caller=caller, **wishes)))

    @property
    def worst_lag_s(self) -> float:
        """How late a packet went out at worst; above some 10 ms the machine is too busy."""
        return self._station.pacer.worst_lag_s

    @property
    def dropped(self) -> int:
        """How many beats were left out because we were hopelessly late."""
        return self._station.pacer.dropped
