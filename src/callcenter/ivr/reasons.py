"""Why we say no, in the words of the catalogue: `words/refusals.yaml`."""

from collections.abc import Mapping

from callcenter.domain.refusals import Refusal
from callcenter.ivr.catalogue import Catalogue, Say, say
from callcenter.ivr.instead import instead
from callcenter.ivr.prompts import Prompt


def reason(catalogue: Catalogue, refusal: Refusal, facts: Mapping[str, object]) -> list[Say]:
    """
    Put into words why not, with the message number.

    Figures are said if they are known; a counter that says no gives none.
    """
    words = refusal_words(refusal)
    if not catalogue.slots(words) <= facts.keys():
        words = rejected_words(refusal)
    number = say(Prompt.MESSAGE_NUMBER, number=str(refusal.value))
    return [say(words, **facts), *instead(facts), number]


def refusal_words(refusal: Refusal) -> str:
    """Name the sentence that tells a caller why not."""
    return f"refusal-{_slug(refusal)}"


def rejected_words(refusal: Refusal) -> str:
    """Name the twin without figures of a sentence that has some."""
    return f"rejected-{_slug(refusal)}"


def _slug(refusal: Refusal) -> str:
    return refusal.name.lower().replace("_", "-")
