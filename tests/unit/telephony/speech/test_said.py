from callcenter.domain.calls import Language
from callcenter.ivr.phone import Utterance
from callcenter.telephony.speech.said import LatelySaid


def order_number(number: int) -> Utterance:
    return Utterance(language=Language.ZH, phrases=("委托号", f"{number}。"))


def test_however_many_order_numbers_are_said_no_more_are_kept_than_there_may_be() -> None:
    said = LatelySaid(100)

    for number in range(1_000):
        said.remember(order_number(number), f"sound-{number}", 3600.0)

    assert len(said) == 100
    assert said.path(order_number(899)) is None
    assert said.path(order_number(900)) == "sound-900"


def test_what_is_said_in_every_call_stays_among_numbers_that_are_said_once() -> None:
    said, greeting = LatelySaid(2), Utterance(language=Language.ZH, phrases=("欢迎致电。",))
    said.remember(greeting, "greeting", 3600.0)

    for number in range(10):
        said.remember(order_number(number), f"sound-{number}", 3600.0)
        assert said.path(greeting) == "greeting"


def test_a_path_is_trusted_for_its_time_only() -> None:
    said = LatelySaid(2)

    said.remember(order_number(1), "sound", 0.0)

    assert said.path(order_number(1)) is None
