"""The advisory locks: one number for each thing that only one daemon may do at a time."""

from enum import IntEnum


class Lock(IntEnum):
    MIGRATE = 4008_0001
    SEAL = 4008_0002
