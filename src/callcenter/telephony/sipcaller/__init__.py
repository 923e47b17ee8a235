"""
A scripted telephone: a small SIP user agent that dials, listens, keys and hangs up.

    async with SipCaller() as phone:
        call = await phone.dial("sip:4008@127.0.0.1:5060", caller="13800138000")
        await call.silence(of_s=1.0, within_s=30)
        keyed = await call.press("10000001#")
        latency = await call.heard_since(keyed[-1]) - keyed[-1]

It makes calls over UDP to one peer, and does nothing else.
"""

from callcenter.telephony.sipcaller.call import ScriptedCall
from callcenter.telephony.sipcaller.caller import SipCaller
from callcenter.telephony.sipcaller.errors import (
    CallEnded,
    CallFailed,
    Ending,
    NoKeysAgreed,
    Party,
    SipCallerError,
    TookTooLong,
)
from callcenter.telephony.sipcaller.g711 import Codec, Samples
from callcenter.telephony.sipcaller.hearing import Sound
from callcenter.telephony.sipcaller.reception import Statistics
from callcenter.telephony.sipcaller.station import Wishes
from callcenter.telephony.sipcaller.transactions import Timers

__all__ = [
    "CallEnded",
    "CallFailed",
    "Codec",
    "Ending",
    "NoKeysAgreed",
    "Party",
    "Samples",
    "ScriptedCall",
    "SipCaller",
    "SipCallerError",
    "Sound",
    "Statistics",
    "Timers",
    "TookTooLong",
    "Wishes",
]
