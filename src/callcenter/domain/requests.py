"""The vocabulary of requests: what is asked of a counter and is no exchange order."""

from datetime import date
from typing import NewType

RequestNumber = NewType("RequestNumber", str)
RequestId = NewType("RequestId", str)


def request_id(day: date, number: RequestNumber) -> RequestId:
    """Name a request towards the counter, as orders are named: with the day in it."""
    return RequestId(f"{day:%Y%m%d}{number}")
