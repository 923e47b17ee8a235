"""What of a menu no good voice has said yet: callers would hear it in a poor one."""

from collections.abc import Callable, Iterator, Sequence

from callcenter.domain.calls import Language
from callcenter.ivr.catalogue import Catalogue, Say, say
from callcenter.ivr.menus.faults import Fault, Rule, Where
from callcenter.ivr.menus.plan import Plan
from callcenter.ivr.phone import Utterance

HasVoice = Callable[[Utterance], bool]


def voice_faults(plan: Plan, catalogue: Catalogue, has_voice: HasVoice) -> Iterator[Fault]:
    """Warn of the sentences that the menu brings along and no good voice has, where they are."""
    for where, said in _brought(plan):
        utterances = [catalogue.utterance([said], language) for language in Language]
        if poor := [one.words for one in utterances if not has_voice(one)]:
            yield _unspoken(where, poor)
    for name, sentence in plan.instead.items():
        if poor := [one.words for one in catalogue.fixed([name]) if not has_voice(one)]:
            yield _unspoken(sentence.where, poor)


def _brought(plan: Plan) -> Iterator[tuple[Where, Say]]:
    for where, entry in plan.placed():
        if entry.words in plan.sentences:
            yield (*where, "words"), say(entry.words, key=entry.key)
        if entry.outside in plan.sentences:
            yield (*where, "outside"), say(entry.outside or "")
    for at, line in enumerate(plan.lines):
        for greeting in line.greeting:
            if greeting in plan.sentences:
                yield ("lines", at, "greeting"), say(greeting, branch=1)


def _unspoken(where: Where, poor: Sequence[str]) -> Fault:
    what = (
        f"no good voice has “{' / '.join(poor)}” yet; an installed one renders it once the menu is "
        "active, and until then a machine says it"
    )
    return Fault(rule=Rule.VOICE, where=where, what=what, is_warning=True)
