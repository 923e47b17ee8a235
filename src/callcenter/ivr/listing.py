"""Dialogue step: read a long list in pages, so that nobody must listen to all of it."""

from collections.abc import Sequence
from typing import Final

from callcenter.ivr.catalogue import Say, say
from callcenter.ivr.conversation import Conversation
from callcenter.ivr.keys import MENU_AGAIN, MENU_BACK
from callcenter.ivr.prompts import Prompt

PER_PAGE: Final = 3


async def read_list(
    talk: Conversation, items: Sequence[Sequence[Say]], *, counted: Prompt = Prompt.LIST_OF_ORDERS
) -> None:
    """
    Read the items, a page at a time, for as long as the caller wants the next page.

    How many there are is said first, as `counted` counts them, if they are more than one page.
    """
    count = [say(counted, count=len(items))] if len(items) > PER_PAGE else []
    for start in range(0, len(items), PER_PAGE):
        page = [part for item in items[start : start + PER_PAGE] for part in item]
        page = [*(count if start == 0 else []), *page]
        if start + PER_PAGE >= len(items):
            return await talk.say(*page)
        if await talk.choose(*page, say(Prompt.MORE), among=[MENU_AGAIN]) == MENU_BACK:
            return None
    return None
