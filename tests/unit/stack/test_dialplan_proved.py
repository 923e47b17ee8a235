"""A start proves the dialplan, and not twice the same one."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from callcenter.stack.dialplan import proved
from callcenter.stack.dialplan.checking import Verdict
from callcenter.stack.dialplan.listing import Dialplan
from callcenter.stack.dialplan.proved import prove
from callcenter.stack.dialplan.scratch import ScratchFailed
from callcenter.stack.preconditions import CannotStart

ENVIRONMENT = {"CALLCENTER_PBX_ROOT": "/"}


class Checker:
    """Finds what it is told to find, and counts how often it was asked."""

    def __init__(self) -> None:
        self.asked = 0
        self.faults: Sequence[str] = ()
        self.fails = False

    def check(self, _: Mapping[str, str]) -> Verdict:
        self.asked += 1
        if self.fails:
            raise ScratchFailed("Asterisk ended at once:")
        return Verdict(dialplan=Dialplan(contexts={}), faults=self.faults)


@pytest.fixture
def checker(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Checker:
    checker = Checker()
    monkeypatch.setattr(proved, "check", checker.check)
    monkeypatch.setenv("CALLCENTER_PBX_CUSTOM_DIR", str(tmp_path))
    return checker


@pytest.fixture
def note(tmp_path: Path) -> Path:
    return tmp_path / "note"


def test_a_dialplan_that_was_sound_is_not_checked_again(checker: Checker, note: Path) -> None:
    prove(ENVIRONMENT, note)

    prove(ENVIRONMENT, note)

    assert checker.asked == 1


def test_a_file_of_operations_staff_is_a_reason_to_check(
    checker: Checker, note: Path, tmp_path: Path
) -> None:
    prove(ENVIRONMENT, note)
    (tmp_path / "spring.conf").write_text("[custom-numbers]")
    prove(ENVIRONMENT, note)
    (tmp_path / "spring.conf").write_text("[custom-numbers]\ninclude => nowhere")
    prove(ENVIRONMENT, note)
    (tmp_path / "spring.conf").rename(tmp_path / "autumn.conf")
    prove(ENVIRONMENT, note)

    assert checker.asked == 4


def test_another_asterisk_is_a_reason_to_check(checker: Checker, note: Path) -> None:
    prove(ENVIRONMENT, note)

    prove({"CALLCENTER_PBX_ROOT": "/opt/asterisk-23"}, note)

    assert checker.asked == 2


def test_with_a_fault_nothing_starts_until_it_is_mended(checker: Checker, note: Path) -> None:
    checker.faults = ["there is no context hotlin", "a bracket is not closed"]
    for _ in range(2):
        with pytest.raises(CannotStart) as cannot:
            prove(ENVIRONMENT, note)

    assert str(cannot.value).splitlines() == [*checker.faults, "2 faults. Nothing was started."]
    assert checker.asked == 2


def test_a_check_that_cannot_be_made_is_no_proof(checker: Checker, note: Path) -> None:
    checker.fails = True

    with pytest.raises(CannotStart, match="could not be checked: Asterisk ended at once:"):
        prove(ENVIRONMENT, note)

    assert not note.exists()
