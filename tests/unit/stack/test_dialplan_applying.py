"""A dialplan takes the place of another, and goes again if it does not work."""

from pathlib import Path

import pytest

from callcenter.stack.dialplan.applying import Applying, NotApplied
from callcenter.stack.dialplan.listing import Dialplan
from callcenter.stack.dialplan.versions import NothingBefore, Versions
from callcenter.stack.preconditions import CannotStart
from callcenter.telephony.ami_words import AmiMessage
from tests.fakes.agi import FakeAmi
from tests.unit.stack.dialplans import dialplan, shown

OLD = "[from-trunk]\nexten => 4008,1,Answer()"
NEW = "[from-trunk]\nexten => 4008,1,Answer()\nexten => 4009,1,Answer()"


class FakeAsterisk:
    """Has files that say `NEW` and, once they are in force and read, a dialplan like that."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.reads = {"etc-old": OLD, "etc-new": NEW}
        self.has = OLD
        self.refuses_to_reload = False
        for name in self.reads:
            (folder / name).mkdir()
        (folder / "etc").symlink_to("etc-old")

    def configure(self) -> None:
        (self.folder / "etc.previous").symlink_to("etc-old")
        (self.folder / "etc").unlink()
        (self.folder / "etc").symlink_to("etc-new")

    def ask(self, command: str) -> str:
        if command == "dialplan reload":
            if self.refuses_to_reload:
                raise CannotStart("Asterisk does not answer.")
            self.has = self.reads[(self.folder / "etc").readlink().name]
        return shown(self.has) if command == "dialplan show" else ""


@pytest.fixture
def asterisk(tmp_path: Path) -> FakeAsterisk:
    return FakeAsterisk(tmp_path)


def applying(asterisk: FakeAsterisk, *, led_by: str = "AGI") -> Applying:
    ami = FakeAmi()
    row = (("Channel", "Local/4008@from-trunk-00000001;2"), ("Application", led_by))
    ami.lists["CoreShowChannels"] = [AmiMessage(row)]
    return Applying(asterisk, ami, Versions(asterisk.folder), test_call_s=0.5)


def new() -> Dialplan:
    return dialplan(NEW)


async def test_a_dialplan_that_works_is_in_force(asterisk: FakeAsterisk) -> None:
    await applying(asterisk).apply(new())

    assert asterisk.has == NEW


async def test_the_one_before_may_be_put_back(asterisk: FakeAsterisk) -> None:
    await applying(asterisk).apply(new())

    await applying(asterisk).go_back()

    assert asterisk.has == OLD


async def test_a_test_call_that_does_not_reach_the_daemon_brings_the_old_one_back(
    asterisk: FakeAsterisk,
) -> None:
    with pytest.raises(NotApplied, match=r"test call .* The old dialplan is in force again\."):
        await applying(asterisk, led_by="Playback").apply(new())

    assert asterisk.has == OLD


async def test_an_asterisk_that_reads_something_else_gets_the_old_one_back(
    asterisk: FakeAsterisk,
) -> None:
    asterisk.reads["etc-new"] = NEW.replace("4009", "4010")

    with pytest.raises(NotApplied, match="another dialplan than was checked"):
        await applying(asterisk).apply(new())

    assert asterisk.has == OLD


async def test_whoever_reads_that_the_old_one_is_not_back_knows_it(asterisk: FakeAsterisk) -> None:
    asterisk.refuses_to_reload = True

    with pytest.raises(NotApplied, match="The old dialplan is not back"):
        await applying(asterisk).apply(new())


async def test_nobody_goes_back_to_what_did_not_work(asterisk: FakeAsterisk) -> None:
    with pytest.raises(NotApplied):
        await applying(asterisk, led_by="Playback").apply(new())

    with pytest.raises(NothingBefore):
        await applying(asterisk).go_back()
