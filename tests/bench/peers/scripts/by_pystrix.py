"""The dialogue with pystrix, as its documentation shows: by_pystrix.py PORT TURNS ORDERS."""

import sys
from typing import Any

from pystrix import agi as asterisk

PORT, TURNS, ORDERS = sys.argv[1:]
with open(TURNS) as lines:
    ASKED = [line.split() for line in lines]


def hotline(call: asterisk.FastAGI, *_: Any) -> None:
    keyed = {}
    for name, digits, sound in ASKED:
        keyed[name], _late = call.execute(asterisk.core.GetData(sound, 60_000, int(digits)))
        if name == "confirmed":
            note(keyed)


def note(keyed: dict[str, str]) -> None:
    with open(ORDERS, "a") as orders:
        orders.write("{account} {code} {price} {quantity}\n".format(**keyed))


server = asterisk.FastAGIServer(port=int(PORT))
server.register_script_handler("hotline", hotline)
server.serve_forever()
