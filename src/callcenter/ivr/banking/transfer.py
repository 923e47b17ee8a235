"""Dialogue: move money in or out. Bank, amount, password, read-back, result."""

from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from typing import Final

from callcenter.domain.errors import Refused
from callcenter.domain.refusals import Refusal
from callcenter.domain.requests import RequestNumber
from callcenter.domain.secret import Secret
from callcenter.domain.transfers import (
    FEN,
    BankCode,
    BankTerms,
    Direction,
    TransferDraft,
    TransferOutcome,
)
from callcenter.ivr.answers import Answer
from callcenter.ivr.banking.banks import ask_bank_password, bank_called, bank_name, choose_bank
from callcenter.ivr.banking.results import RESULT
from callcenter.ivr.catalogue import say
from callcenter.ivr.keys import Kind
from callcenter.ivr.prompts import Prompt
from callcenter.ivr.session import Session
from callcenter.ivr.steps import Step, walk
from callcenter.trading.transfers.service import Limits

_MOST_DIGITS: Final = 15
_READ_BACK: Final = {
    Direction.IN: Prompt.READ_BACK_TRANSFER_IN,
    Direction.OUT: Prompt.READ_BACK_TRANSFER_OUT,
}
_MOST: Final = {
    Direction.IN: Prompt.MOST_YOU_CAN_MOVE_IN,
    Direction.OUT: Prompt.MOST_YOU_CAN_MOVE_OUT,
}


async def transfer_in(session: Session) -> None:
    """Move money from the bank to the account (银行转证券)."""
    await TransferDialogue(session, Direction.IN).run()


async def transfer_out(session: Session) -> None:
    """Move money from the account to the bank (证券转银行)."""
    await TransferDialogue(session, Direction.OUT).run()


class TransferDialogue:
    """
    Takes one transfer.

    What has been told is remembered in the session, but for the password, which is asked again
    after a crash. A transfer that was confirmed there is not made again: its result is told.
    """

    def __init__(self, session: Session, direction: Direction) -> None:
        self._session = session
        self._talk = session.talk
        self._transfers = session.transfers
        self._direction = direction
        self._banks: Sequence[BankTerms] = ()
        self._bank: BankTerms | None = None
        self._limits: Limits | None = None
        self._amount: Decimal | None = None
        self._password: Secret | None = None

    async def run(self) -> None:
        """Take the transfer. Raise `GoBack` if the caller goes back before the first question."""
        if await self._was_made():
            return
        self._banks = await self._transfers.banks(self._session.customer.account)
        await self._recall()
        while True:
            steps = self._steps()
            # The password is asked even of a call that comes here with all else.
            await walk(steps, start=self._told(len(steps)))
            answer = await self._read_back()
            if answer is not Answer.NO:
                break
            await self._forget()
        if answer is Answer.YES:
            return await self._make()
        return await self._talk.say(say(Prompt.TRANSFER_DROPPED))

    def _steps(self) -> list[Step]:
        asked: list[Step] = [self._ask_amount, self._ask_password]
        return asked if len(self._banks) == 1 else [self._ask_bank, *asked]

    def _told(self, steps: int) -> int:
        """Return the question to go on with, counted from the last one, which is the password."""
        if self._amount is not None:
            return steps - 1
        return steps - 2 if self._bank is not None else 0

    async def _ask_bank(self) -> None:
        await self._forget()
        await self._take(await choose_bank(self._session, self._banks))
        await self._session.remember(bank=self._given_bank.code)

    async def _ask_amount(self) -> None:
        await self._session.forget("amount")
        limits = self._given_limits

        async def check(keyed: str) -> Decimal:
            amount = amount_of(keyed)
            limits.check(amount)
            return amount

        self._amount = await self._talk.ask(
            say(_MOST[self._direction], most=limits.most),
            say(Prompt.ASK_AMOUNT),
            kind=Kind.DECIMAL,
            check=check,
        )
        await self._session.remember(amount=str(self._amount))

    async def _ask_password(self) -> None:
        self._password = await ask_bank_password(self._session, self._given_limits.password)

    async def _read_back(self) -> Answer:
        if "number" not in self._session.draft:
            await self._session.remember(number=await self._transfers.new_number())
        draft = self._draft()
        return await self._talk.confirm(
            say(
                _READ_BACK[self._direction],
                bank=bank_name(self._session, self._given_bank),
                amount=draft.amount,
            )
        )

    async def _make(self) -> None:
        draft, session = self._draft(), self._session
        outcome = await self._transfers.request(
            draft, session.customer, session.station, self._password
        )
        await self._tell(draft, outcome)

    async def _was_made(self) -> bool:
        """Tell the result of the transfer that was confirmed before the call came here, if any."""
        number = self._session.draft.get("number")
        made = await self._transfers.find(RequestNumber(number)) if number else None
        if made is None:
            return False
        # It is written down, so this sends nothing: it only looks up what became of it.
        outcome = await self._transfers.request(
            made.draft, self._session.customer, self._session.station, None
        )
        await self._tell(made.draft, outcome)
        return True

    async def _tell(self, draft: TransferDraft, outcome: TransferOutcome) -> None:
        message = outcome.message
        reason = [] if message is None else self._talk.reason(Refusal(message))
        words = say(RESULT[outcome.state], number=draft.number, amount=draft.amount)
        await self._talk.say(words, *reason)

    def _draft(self) -> TransferDraft:
        return TransferDraft(
            number=RequestNumber(self._session.draft["number"]),
            account=self._session.customer.account,
            bank=self._given_bank.code,
            direction=self._direction,
            amount=self._amount or Decimal(0),
        )

    async def _recall(self) -> None:
        """Take over what the caller told another daemon; the bank anyway if there is one."""
        told = self._session.draft
        if len(self._banks) == 1:
            await self._take(self._banks[0])
        elif "bank" in told:
            await self._take(bank_called(self._banks, BankCode(told["bank"])))
        if self._bank is not None and "amount" in told:
            self._amount = Decimal(told["amount"])

    async def _take(self, bank: BankTerms) -> None:
        """Raise `Refused` if the bank moves nothing now, before more is asked."""
        session = self._session
        self._limits = await self._transfers.limits(
            session.customer, session.station, bank.code, self._direction
        )
        self._bank = bank

    async def _forget(self) -> None:
        self._amount = self._password = None
        if len(self._banks) > 1:
            self._bank = self._limits = None
        await self._session.forget()

    @property
    def _given_bank(self) -> BankTerms:
        if self._bank is None:
            raise RuntimeError("no bank was told yet")
        return self._bank

    @property
    def _given_limits(self) -> Limits:
        if self._limits is None:
            raise RuntimeError("no bank was told yet")
        return self._limits


def amount_of(keyed: str) -> Decimal:
    """Read yuan to the fen; raise `Refused` with NOT_A_TRANSFER_AMOUNT."""
    try:
        amount = Decimal(keyed[:_MOST_DIGITS]) if keyed else Decimal(0)
        in_fen = amount.quantize(FEN)
    except InvalidOperation:
        raise Refused(Refusal.NOT_A_TRANSFER_AMOUNT) from None
    if len(keyed) > _MOST_DIGITS or in_fen <= 0 or in_fen != amount:
        raise Refused(Refusal.NOT_A_TRANSFER_AMOUNT)
    return in_fen
