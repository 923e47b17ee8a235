"""What of a menu no good voice has said yet: callers would hear it in a poor one."""

from collections.abc import Callable, Iterator, Mapping

from callcenter.domain.calls import Language
from callcenter.ivr.catalogue import Catalogue, Say, say
from callcenter.ivr.menus.faults import Fault, Rule, Where
from callcenter.ivr.menus.plan import Plan
from callcenter.ivr.phone import Utterance

HasVoice = Callable[[Utterance], bool]


def voice_faults(plan: Plan, catalogue: Catalogue, has_voice: HasVoice) -> Iterator[Fault]:
    """Warn of every sentence without a good voice, where it is written."""
    for where, said in _said(plan):
        for language in Language:
            utterance = catalogue.utterance([said], language)
            if not has_voice(utterance):
                yield _unspoken(where, utterance)
    for sentence_name, sentence in plan.instead.items():
        for utterance in catalogue.fixed([sentence_name]):
            if not has_voice(utterance):
                yield _unspoken(sentence.where, utterance)


def _said(plan: Plan) -> Iterator[tuple[Where, Say]]:
    for where, entry in plan.placed():
        yield (*where, "words"), say(entry.words, key=entry.key)
        if entry.outside is not None:
            yield (*where, "outside"), say(entry.outside)
    branch: Mapping[str, object] = {"branch": 1}
    for at, line in enumerate(plan.lines):
        for greeting in line.greeting:
            yield ("lines", at, "greeting"), Say(greeting, branch)


def _unspoken(where: Where, utterance: Utterance) -> Fault:
    what = (
        f"no good voice has “{utterance.words}” yet: "
        "`callcenter prompts build`, or a recording of your own with `callcenter prompts import`"
    )
    return Fault(rule=Rule.VOICE, where=where, what=what, is_warning=True)
