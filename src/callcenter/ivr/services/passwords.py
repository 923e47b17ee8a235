"""Dialogue: change a password. The old one, the new one twice, confirmation, result."""

from typing import Final

from callcenter.domain.errors import Refused
from callcenter.domain.passwords import OwnPassword, PasswordOutcome, PasswordState
from callcenter.domain.refusals import Refusal
from callcenter.domain.requests import RequestNumber
from callcenter.domain.secret import Secret
from callcenter.ivr.answers import Answer
from callcenter.ivr.catalogue import say
from callcenter.ivr.endings import GoBack
from callcenter.ivr.prompts import Prompt
from callcenter.ivr.session import Session

_OLD: Final = {
    OwnPassword.TRADE: Prompt.ASK_OLD_TRADE_PASSWORD,
    OwnPassword.FUND: Prompt.ASK_OLD_FUND_PASSWORD,
}
_READ_BACK: Final = {
    OwnPassword.TRADE: Prompt.READ_BACK_TRADE_PASSWORD,
    OwnPassword.FUND: Prompt.READ_BACK_FUND_PASSWORD,
}
_CHANGED: Final = {
    OwnPassword.TRADE: Prompt.TRADE_PASSWORD_CHANGED,
    OwnPassword.FUND: Prompt.FUND_PASSWORD_CHANGED,
}


async def trade_password(session: Session) -> None:
    """Change the trade password (交易密码)."""
    await PasswordDialogue(session, OwnPassword.TRADE).run()


async def fund_password(session: Session) -> None:
    """Change the fund password (资金密码)."""
    await PasswordDialogue(session, OwnPassword.FUND).run()


class PasswordDialogue:
    """
    Takes one change.

    Nothing but its number is remembered. In a call that comes from another daemon the passwords
    are asked again, unless the change was confirmed there: then the caller hears what became of it.
    """

    def __init__(self, session: Session, which: OwnPassword) -> None:
        self._session = session
        self._talk = session.talk
        self._passwords = session.passwords
        self._which = which

    async def run(self) -> None:
        """Raise `GoBack` if the caller gives no password, or no new one that will do."""
        if await self._was_made():
            return None
        self._passwords.admit(self._session.customer, self._session.station)
        while True:
            old = await self._talk.ask_password(say(_OLD[self._which]))
            new = await self._ask_new(old)
            answer = await self._confirm()
            if answer is not Answer.NO:
                break
        if answer is Answer.YES:
            return await self._change(old, new)
        return await self._talk.say(say(Prompt.PASSWORD_DROPPED))

    async def _ask_new(self, old: Secret) -> Secret:
        for _ in range(self._talk.tries):
            try:
                new = await self._talk.ask_password(say(Prompt.ASK_NEW_PASSWORD))
                self._passwords.check_new(self._session.customer, old, new)
                again = await self._talk.ask_password(say(Prompt.ASK_NEW_PASSWORD_AGAIN))
                if again != new:
                    raise Refused(Refusal.PASSWORDS_DIFFER)  # noqa: TRY301 - said below
            except Refused as refused:
                await self._talk.refuse(refused)
            else:
                return new
        raise GoBack

    async def _confirm(self) -> Answer:
        if "number" not in self._session.draft:
            await self._session.remember(number=await self._passwords.new_number())
        return await self._talk.confirm(say(_READ_BACK[self._which]))

    async def _change(self, old: Secret, new: Secret) -> None:
        session = self._session
        outcome = await self._passwords.change(
            RequestNumber(session.draft["number"]),
            self._which,
            session.customer,
            session.station,
            (old, new),
        )
        await self._tell(outcome)

    async def _was_made(self) -> bool:
        number = self._session.draft.get("number")
        made = await self._passwords.find(RequestNumber(number)) if number else None
        if made is not None:
            await self._tell(await self._passwords.look_up(made))
        return made is not None

    async def _tell(self, outcome: PasswordOutcome) -> None:
        match outcome.state:
            case PasswordState.CHANGED:
                await self._talk.say(say(_CHANGED[self._which]))
            case PasswordState.PENDING | PasswordState.UNKNOWN:
                await self._talk.say(say(Prompt.PASSWORD_UNKNOWN))
            case PasswordState.REFUSED | PasswordState.WITHDRAWN:
                message = outcome.message
                reason = [] if message is None else self._talk.reason(Refusal(message))
                await self._talk.say(say(Prompt.PASSWORD_NOT_CHANGED), *reason)
