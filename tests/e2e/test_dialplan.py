"""The dialplan in the hands of operations staff: proved by an Asterisk, swapped, rolled back."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Final

import pytest
from typer.testing import CliRunner, Result

from callcenter.cli.commands import command_line
from callcenter.domain.audit import Action
from tests.e2e import said
from tests.e2e.installation import Installation
from tests.e2e.lines import lines_into

WHO: Final = ("--by", "王芳", "--why", "a number for the spring campaign")
SOUND: Final = """
[custom-numbers]
exten => 4009,1(begin),Goto(hotline,4008,1)

[custom-before-answer]
exten => s,1,GotoIf($["${CALLERID(num)}" = "13900000666"]?busy)
 same => n,Return()
 same => n(busy),Hangup(17)

[custom-after-answer]
exten => s,1,Log(NOTICE,${CALL_ID} is answered)
 same => n,Return()

[custom-before-queue]
exten => s,1,Set(QUEUE_PRIO=5)
 same => n,Return()

[custom-hang-up]
exten => s,1,Log(NOTICE,${CALL_ID} is over)
 same => n,Return()
"""
# Each line of it is a fault, and what is said about it.
FAULTS: Final = {
    "[custom-numbers]\ninclude => nowhere": "nonexistent context 'nowhere'",
    "exten => 4010,1,Goto(hotlin,4008,1)": "there is no context hotlin",
    "exten => 4011,1,Plabyack(x)": "there is no application Plabyack",
    "exten => 4012,1,Set(A=${NOPE(1)})": "there is no function NOPE",
    "exten => 4013,1,Goto(hotline,4008,nope)": "there is no priority nope",
    "exten => 4014,1,Goto(hotline,abc,1)": "there is no extension abc",
    "exten => 4015,1,Set(A=${EXTEN)": "a bracket is not closed",
    "exten => 4015,1,Hangup()": "'4015' priority 1 in 'custom-numbers', already in use",
    "exten => _8.,1,Goto(far,s,1)": "",
    "[custom-hangup]\nexten => s,1,Return()": "nobody calls custom-hangup",
    "[custom-hang-up]\nexten => s,1,Log(NOTICE,x)": "ends without Return()",
    "[far]\nexten => s,1,Dial(PJSIP/${EXTEN}@trunk)": (
        "from-trunk > custom-numbers > far > s: Dial(PJSIP/${EXTEN}@trunk)"
    ),
}

Type = Callable[..., Result]


@pytest.fixture
def custom(tmp_path: Path) -> Path:
    return tmp_path / "custom.d"


@pytest.fixture
def type_in(hotline: Installation, custom: Path) -> Type:
    """Type a command with other files of operations staff."""
    custom.mkdir()

    def typed(*words: str) -> Result:
        environment = {**hotline.environment, "CALLCENTER_PBX_CUSTOM_DIR": str(custom)}
        return CliRunner().invoke(command_line("dialplan"), ["dialplan", *words], env=environment)

    return typed


def test_every_fault_is_told_and_nothing_is_changed(type_in: Type, custom: Path) -> None:
    (custom / "faults.conf").write_text("\n".join(FAULTS))

    done = type_in("apply", *WHO)

    assert done.exit_code == 1
    assert [fault for fault in FAULTS.values() if fault not in done.stderr] == []
    assert "Nothing was changed." in done.stderr


async def test_a_new_number_is_proved_applied_dialled_and_taken_back(
    hotline: Installation, type_in: Type, custom: Path
) -> None:
    (custom / "spring.conf").write_text(SOUND)

    differs = await asyncio.to_thread(type_in, "diff")
    assert "+exten => 4009,1,Goto(hotline,4008,1)" in differs.stdout
    applied = await asyncio.to_thread(type_in, "apply", *WHO)
    assert applied.exit_code == 0, applied.stderr
    async with lines_into(hotline) as lines, lines.call("13900000901", to="4009") as caller:
        await caller.hears(said.GREETING)
    rolled_back = await asyncio.to_thread(type_in, "rollback", *WHO)
    assert rolled_back.exit_code == 0, rolled_back.stderr

    async with hotline.reports() as reports:
        trail = [row.entry async for row in reports.queries.audit()]
    rows = [(entry.action, entry.outcome, entry.details.get("by")) for entry in trail]
    assert (Action.DIALPLAN_APPLIED, "in force", "王芳") in rows
    assert (Action.DIALPLAN_ROLLED_BACK, "in force", "王芳") in rows


def test_a_dialplan_on_which_no_call_reaches_the_daemon_is_taken_back_by_itself(
    type_in: Type, custom: Path
) -> None:
    (custom / "elsewhere.conf").write_text("[globals]\nAGI_URL = agi://127.0.0.1:1\n")

    done = type_in("apply", *WHO)

    assert done.exit_code == 1
    assert "did not reach the daemon" in done.stderr
    assert "The old dialplan is in force again." in done.stderr


def test_a_start_proves_what_was_changed_and_starts_nothing_with_a_fault(
    tmp_path: Path,
) -> None:
    (tmp_path / "far.conf").write_text(
        "[custom-numbers]\nexten => _8.,1,Dial(PJSIP/${EXTEN}@trunk)\n"
    )

    with Installation.private() as other:
        refused = other.run("up", pbx_custom_dir=tmp_path)
        left = other.pids()

    assert refused.returncode == 1
    assert "Dial(PJSIP/${EXTEN}@trunk)" in refused.stderr
    assert "faults. Nothing was started." in refused.stderr
    assert left == {}
