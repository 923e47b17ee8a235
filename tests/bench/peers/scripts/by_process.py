#!/usr/bin/env python3
"""The dialogue in a process of its own for each call, with no library: AGI(…,TURNS,ORDERS)."""

import sys

TURNS, ORDERS = sys.argv[1:]


def main() -> None:
    while sys.stdin.readline().strip():
        pass  # what Asterisk tells of the call
    keyed = {}
    with open(TURNS) as lines:
        for name, digits, sound in map(str.split, lines):
            keyed[name] = ask(sound, digits)
            if name == "confirmed":
                note(keyed)


def ask(sound: str, digits: str) -> str:
    sys.stdout.write(f"GET DATA {sound} 60000 {digits}\n")
    sys.stdout.flush()
    return sys.stdin.readline().partition("result=")[2].split()[0]


def note(keyed: dict[str, str]) -> None:
    with open(ORDERS, "a") as orders:
        orders.write("{account} {code} {price} {quantity}\n".format(**keyed))


main()
