"""Going into an entry of a menu, and coming out of it again."""

from callcenter.domain.errors import (
    CannotRecord,
    CounterUnavailable,
    QuotesUnavailable,
    Refused,
    StoreUnavailable,
)
from callcenter.domain.refusals import Refusal
from callcenter.ivr.endings import GoBack
from callcenter.ivr.menus.known import Dialogue
from callcenter.ivr.session import Session


async def go_into(session: Session, name: str, dialogue: Dialogue) -> None:
    """
    Hold the dialogue of an entry, and say whatever is refused there.

    However it ends the caller is one level up again, unless the whole call ends: then it stays
    where it is, for another daemon to go on there.
    """
    await session.enter(name)
    try:
        await dialogue(session)
    except GoBack:
        pass
    except Refused as refused:
        await session.talk.refuse(refused)
    except CounterUnavailable:
        await session.talk.refuse(Refused(Refusal.COUNTER_UNAVAILABLE))
    except QuotesUnavailable:
        await session.talk.refuse(Refused(Refusal.QUOTES_UNAVAILABLE))
    except CannotRecord:
        await session.talk.refuse(Refused(Refusal.CANNOT_RECORD))
    except StoreUnavailable:
        await session.talk.refuse(Refused(Refusal.STORE_UNAVAILABLE))
    await session.leave()
