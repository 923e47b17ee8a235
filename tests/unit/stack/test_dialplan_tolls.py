"""Nobody who calls can dial out."""

import pytest

from callcenter.stack.dialplan.tolls import Doors, ways_out
from tests.unit.stack.dialplans import dialplan

DOORS = Doors(entries=("from-trunk", "default"), by_agi=("agent",), by_queue=("agent-keys",))
DIALS = "\n[danger]\nexten => s,1,Dial(PJSIP/1@trunk)"


def told(text: str) -> list[str]:
    return list(ways_out(dialplan(text), DOORS))


@pytest.mark.parametrize(
    ("text", "way"),
    [
        pytest.param("[from-trunk]\nexten => 1,1,Goto(danger,s,1)", "from-trunk", id="goto"),
        pytest.param("[from-trunk]\ninclude => danger", "from-trunk", id="include"),
        pytest.param("[default]\nexten => 1,1,Goto(danger,s,1)", "default", id="default"),
        pytest.param(
            "[from-trunk]\nexten => 1,1,ExecIf($[1]?Gosub(danger,s,1(x)))",
            "from-trunk",
            id="inside-another",
        ),
        pytest.param(
            "[from-trunk]\nexten => 1,1,GosubIf(${DIALPLAN_EXISTS(danger,s,1)}?danger,s,1)",
            "from-trunk",
            id="hook",
        ),
        pytest.param(
            "[from-trunk]\nexten => 1,1,Set(CHANNEL(hangup_handler_push)=danger,s,1)",
            "from-trunk",
            id="hang-up-handler",
        ),
        pytest.param(
            "[from-trunk]\nexten => 1,1,Set(A=${PERIODIC_HOOK(danger,s,5)})",
            "from-trunk",
            id="periodic",
        ),
        pytest.param(
            "[from-trunk]\nexten => 1,1,AGI(${AGI_URL}/x)\n"
            "[agent]\nexten => s,1,Queue(agents)\n"
            "[agent-keys]\nexten => 9,1,Goto(danger,s,1)",
            "from-trunk > agent > agent-keys",
            id="keys-of-the-queue",
        ),
        pytest.param(
            "[from-trunk]\nexten => 1,1,Queue(agents,b(danger^s^1))", "from-trunk", id="ringing"
        ),
    ],
)
def test_a_way_from_a_caller_to_a_dialler_is_told_step_by_step(text: str, way: str) -> None:
    [fault] = told(text + DIALS)

    assert fault.endswith(f"callers reach it: {way} > danger > s: Dial(PJSIP/1@trunk)")


@pytest.mark.parametrize(
    "step",
    [
        "Dial(PJSIP/1@trunk)",
        "Originate(PJSIP/1,exten,a,b,1)",
        "ExecIf($[1]?Dial(PJSIP/1@trunk))",
        "TryExec(Dial(PJSIP/1@trunk))",
        "Queue(other)",
        "Queue(agents,ct)",
        "Queue(agents,T)",
        "AddQueueMember(agents,PJSIP/1@trunk)",
        "AGI(agi://192.0.2.1/x)",
        "System(x)",
        "Transfer(PJSIP/1)",
        "DISA(no-password,x)",
    ],
)
def test_what_dials_is_a_fault_where_callers_come_in(step: str) -> None:
    [fault] = told(f"[from-trunk]\nexten => 1,1,{step}")

    assert fault.startswith("x.conf:2: ")


@pytest.mark.parametrize(
    "step", ["Queue(agents,cb(agent-call^s^1),,,600)", "AGI(${AGI_URL}/hotline)", "Hangup()"]
)
def test_what_we_need_dials_nobody_else(step: str) -> None:
    assert told(f"[from-trunk]\nexten => 1,1,{step}") == []


def test_a_dialler_that_no_caller_reaches_is_nobody_s_business() -> None:
    assert told("[from-trunk]\nexten => 1,1,Hangup()" + DIALS) == []
