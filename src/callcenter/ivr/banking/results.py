"""Dialogues: what became of transfers, today and in the last days. The newest first."""

from typing import Final

from callcenter.domain.periods import last_days
from callcenter.domain.refusals import Refusal
from callcenter.domain.transfers import Direction, Transfer, TransferState
from callcenter.ivr.catalogue import Say, say
from callcenter.ivr.listing import read_list
from callcenter.ivr.prompts import Prompt
from callcenter.ivr.session import Session

FLOW_DAYS: Final = 7
_S: Final = TransferState
RESULT: Final = {
    _S.DONE: Prompt.TRANSFER_DONE,
    _S.ACCEPTED: Prompt.TRANSFER_ACCEPTED,
    _S.PENDING: Prompt.TRANSFER_UNKNOWN,
    _S.UNKNOWN: Prompt.TRANSFER_UNKNOWN,
    _S.MANUAL: Prompt.TRANSFER_UNKNOWN,
    _S.REJECTED: Prompt.TRANSFER_REJECTED,
    _S.WITHDRAWN: Prompt.TRANSFER_WITHDRAWN,
    _S.REVERSED: Prompt.TRANSFER_REVERSED,
}
_STATE: Final = {
    _S.DONE: Prompt.FLOW_DONE,
    _S.ACCEPTED: Prompt.FLOW_ACCEPTED,
    _S.PENDING: Prompt.FLOW_UNKNOWN,
    _S.UNKNOWN: Prompt.FLOW_UNKNOWN,
    _S.MANUAL: Prompt.FLOW_UNKNOWN,
    _S.REJECTED: Prompt.FLOW_REJECTED,
    _S.WITHDRAWN: Prompt.FLOW_WITHDRAWN,
    _S.REVERSED: Prompt.FLOW_REVERSED,
}


async def transfer_results(session: Session) -> None:
    """Read today's transfers with what became of them, and why one was refused."""
    made = await session.transfers.results_today(session.customer.account)
    if not made:
        return await session.talk.say(say(Prompt.NO_TRANSFERS_TODAY))
    items = [[_flow(one), *_outcome(session, one)] for one in made]
    return await read_list(session.talk, items)


async def transfer_flows(session: Session) -> None:
    """Read the transfers of the last seven days, each day announced once."""
    period = last_days(session.trading.today, FLOW_DAYS)
    made = await session.transfers.made(session.customer.account, period)
    if not made:
        return await session.talk.say(say(Prompt.NO_TRANSFERS))
    items, day = [], None
    for one in made:
        head = [] if one.trade_date == day else [say(Prompt.FLOWS_OF_DAY, day=one.trade_date)]
        items.append([*head, _flow(one), say(_STATE[one.state])])
        day = one.trade_date
    return await read_list(session.talk, items)


def _flow(transfer: Transfer) -> Say:
    inwards = transfer.draft.direction is Direction.IN
    return say(
        Prompt.FLOW_IN if inwards else Prompt.FLOW_OUT,
        at=transfer.created_at,
        amount=transfer.draft.amount,
    )


def _outcome(session: Session, transfer: Transfer) -> list[Say]:
    message = transfer.outcome.message
    reason = [] if message is None else session.talk.reason(Refusal(message))
    return [say(_STATE[transfer.state]), *reason]
