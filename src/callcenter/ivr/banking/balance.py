"""Dialogue: the balance of the bank account (银行余额)."""

from callcenter.ivr.banking.banks import ask_bank_password, bank_name, choose_bank
from callcenter.ivr.catalogue import say
from callcenter.ivr.prompts import Prompt
from callcenter.ivr.session import Session


async def bank_balance(session: Session) -> None:
    """Ask for bank and password and say the balance; nothing moves, so nothing is read back."""
    transfers = session.transfers
    bank = await choose_bank(session, await transfers.banks(session.customer.account))
    password = await ask_bank_password(session, transfers.balance_password(bank.code))
    balance = await transfers.bank_balance(session.customer, session.station, bank.code, password)
    told = say(Prompt.BANK_BALANCE, bank=bank_name(session, bank), balance=balance)
    await session.talk.say(told)
