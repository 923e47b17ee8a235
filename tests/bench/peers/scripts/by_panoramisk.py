"""The dialogue with panoramisk, as its documentation shows: by_panoramisk.py PORT TURNS ORDERS."""

import asyncio
import sys

from panoramisk import fast_agi

PORT, TURNS, ORDERS = sys.argv[1:]
with open(TURNS) as lines:
    ASKED = [line.split() for line in lines]


async def hotline(request: fast_agi.Request) -> None:
    keyed = {}
    for name, digits, sound in ASKED:
        reply = await request.send_command(f"GET DATA {sound} 60000 {digits}")
        if "result" not in reply:
            return  # the caller has hung up
        keyed[name] = reply["result"][0]
        if name == "confirmed":
            note(keyed)


def note(keyed: dict[str, str]) -> None:
    with open(ORDERS, "a") as orders:
        orders.write("{account} {code} {price} {quantity}\n".format(**keyed))


async def main() -> None:
    application = fast_agi.Application(loop=asyncio.get_running_loop())
    application.add_route("hotline", hotline)
    server = await asyncio.start_server(application.handler, "127.0.0.1", int(PORT))
    await server.serve_forever()


asyncio.run(main())
