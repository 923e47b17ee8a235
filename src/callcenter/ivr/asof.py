"""What is said first of a quote that is not of this moment: how far it goes."""

from callcenter.domain.securities import Quote
from callcenter.ivr.catalogue import Say, say
from callcenter.ivr.prompts import Prompt
from callcenter.ivr.session import Session
from callcenter.trading.quotes import Age


def as_of(session: Session, quote: Quote) -> list[Say]:
    """Return 行情截至十点二十五分, with its date if that is not today's; nothing if it is fresh."""
    match session.trading.age(quote):
        case Age.FRESH:
            return []
        case Age.OLD:
            return [say(Prompt.QUOTE_AS_OF, at=quote.at)]
        case Age.OF_ANOTHER_DAY:
            return [say(Prompt.QUOTE_AS_OF_DAY, day=quote.at, at=quote.at)]
