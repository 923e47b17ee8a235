"""Dialogue steps: which bank, and its password."""

from collections.abc import Sequence
from typing import Final

from callcenter.domain.calls import Language
from callcenter.domain.errors import Refused
from callcenter.domain.refusals import Refusal
from callcenter.domain.secret import Secret
from callcenter.domain.transfers import BankCode, BankTerms, PasswordKind
from callcenter.ivr.catalogue import say
from callcenter.ivr.endings import GoBack
from callcenter.ivr.keys import MENU_BACK
from callcenter.ivr.prompts import Prompt
from callcenter.ivr.session import Session

_MOST: Final = 9  # keys to choose by; nobody has as many
_QUESTION: Final = {
    PasswordKind.BANK: Prompt.ASK_BANK_PASSWORD,
    PasswordKind.FUND: Prompt.ASK_FUND_PASSWORD,
}


async def choose_bank(session: Session, banks: Sequence[BankTerms]) -> BankTerms:
    """Return the bank, asked for only if there are several; raise `GoBack` if none was chosen."""
    if len(banks) == 1:
        return banks[0]
    by_key = {str(at): bank for at, bank in enumerate(banks[:_MOST], start=1)}
    question = [
        say(Prompt.CHOOSE_BANK, name=bank_name(session, bank), key=key)
        for key, bank in by_key.items()
    ]
    key = await session.talk.choose(*question, say(Prompt.MENU_BACK), among=by_key)
    if key == MENU_BACK:
        raise GoBack
    return by_key[key]


def bank_called(banks: Sequence[BankTerms], code: BankCode) -> BankTerms:
    """Return the one of these banks with this code; raise `Refused` with NO_BANK."""
    found = next((bank for bank in banks if bank.code == code), None)
    if found is None:
        raise Refused(Refusal.NO_BANK)
    return found


def bank_name(session: Session, bank: BankTerms) -> str:
    return bank.name if session.talk.language is Language.ZH else bank.name_en


async def ask_bank_password(session: Session, kind: PasswordKind | None) -> Secret | None:
    """Ask for the password that the bank wants, if it wants one. Nothing remembers it."""
    if kind is None:
        return None
    return await session.talk.ask_password(say(_QUESTION[kind]))
