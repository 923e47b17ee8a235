"""
Our side as a program, to be killed: python -m tests.fix.caller FOLDER PORT ORDERS

It places twice as many, and always has ORDERS in flight.
"""

import asyncio
import os
import sys
from pathlib import Path

from tests import make
from tests.fix.counterparty import connected, of_today, terms


async def main(folder: Path, port: int, orders: int) -> None:
    answered = os.open(folder / "answered", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    count = 0
    in_flight = asyncio.Semaphore(orders)
    async with connected(terms(folder, port)) as entry:

        async def place(number: int) -> None:
            nonlocal count
            client_id = of_today(number)
            async with in_flight:
                await entry.place(make.order(client_id=client_id))
            os.write(answered, f"{client_id}\n".encode())
            count += 1
            if count == 100:
                sys.stdout.write("100 answered\n")
                sys.stdout.flush()

        await asyncio.gather(*(place(number) for number in range(2 * orders)))


asyncio.run(main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])))
