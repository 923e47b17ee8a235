import copy
import pickle
from dataclasses import dataclass

import pytest

from callcenter.domain.secret import HIDDEN, Secret

PASSWORD = "246810"
SECRET = Secret(PASSWORD)


def test_a_secret_is_never_shown() -> None:
    @dataclass
    class Keyed:
        password: Secret

    shown = [
        str(SECRET),
        repr(SECRET),
        f"{SECRET}",
        f"{SECRET:>20}",
        "%s" % SECRET,  # noqa: UP031 - logging formats so
        repr(Keyed(SECRET)),
        str([SECRET]),
        str(ValueError(SECRET)),
    ]

    assert not any(PASSWORD in text for text in shown)
    assert str(SECRET) == HIDDEN


def test_a_secret_does_not_tell_its_length() -> None:
    assert str(Secret("1")) == str(Secret("1" * 50))


def test_a_secret_is_not_written_anywhere() -> None:
    with pytest.raises(TypeError):
        pickle.dumps(SECRET)
    with pytest.raises(TypeError):
        copy.deepcopy(SECRET)


def test_a_secret_is_no_key_of_anything() -> None:
    with pytest.raises(TypeError):
        hash(SECRET)
    with pytest.raises(TypeError):
        dict([(SECRET, "customer")])


def test_secrets_are_equal_by_their_text_and_to_nothing_else() -> None:
    assert Secret(PASSWORD) == SECRET
    assert Secret("135790") != SECRET
    assert Secret("密码") == Secret("密码")
    assert SECRET != PASSWORD


def test_an_empty_secret_is_false() -> None:
    assert SECRET
    assert not Secret("")


def test_reveal_is_the_way_out() -> None:
    assert SECRET.reveal() == PASSWORD
