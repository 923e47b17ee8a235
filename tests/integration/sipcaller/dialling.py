"""How these tests dial, and what they say."""

from typing import Any, Final

import numpy as np

from callcenter.telephony.sipcaller import (
    ScriptedCall,
    SipCaller,
    Timers,
)
from callcenter.telephony.sipcaller.g711 import Codec, encode
from tests.unit.telephony.sipcaller.far_end import FarEnd

TIMERS: Final = Timers(t1_s=0.02, t2_s=0.08)
LOUD: Final = encode(Codec.PCMA, np.full(160, 8000, dtype=np.int16))


async def dialled(phone: SipCaller, far_end: FarEnd, **wishes: Any) -> ScriptedCall:
    return await phone.dial(far_end.to, caller="13800138000", **wishes)
