"""What is wrong with a dialplan before anybody calls."""

import pytest

from callcenter.stack.dialplan.checking import judge
from callcenter.stack.dialplan.faults import faults_of
from callcenter.stack.dialplan.listing import read_dialplan
from callcenter.stack.dialplan.scratch import Read
from tests.unit.stack.dialplans import KNOWN, dialplan, shown

HOTLINE = """
    [hotline]
    exten => _X.,1,Answer(0)
    exten => _X.,n(again),Playback(x)
    exten => _X.,n,Goto(again)
    """


def faults(text: str) -> list[str]:
    return list(faults_of(dialplan(HOTLINE + text), KNOWN))


@pytest.mark.parametrize(
    ("step", "why"),
    [
        pytest.param("Plabyack(x)", "no application Plabyack", id="application"),
        pytest.param('ExecIf($["1"="1"]?Nope(x))', "no application Nope", id="inside-execif"),
        pytest.param("Exec(Nope(x))", "no application Nope", id="inside-exec"),
        pytest.param("Exec(${APP}(x))", "nobody can tell which application", id="any"),
        pytest.param("Set(A=${NOPE(x)})", "no function NOPE", id="function"),
        pytest.param("Set(NOPE(x)=1)", "no function NOPE", id="function-set"),
        pytest.param("Set(A=${EXTEN)", "a bracket is not closed", id="bracket"),
        pytest.param('GotoIf($["${EXTEN}" = "1"?hotline,4008,1)', "bracket", id="expression"),
        pytest.param("Goto(hotlin,4008,1)", "no context hotlin", id="context"),
        pytest.param("Goto(lonely,x,1)", "no extension x in context lonely", id="extension"),
        pytest.param("Goto(hotline,4008,9)", "no priority 9", id="priority"),
        pytest.param("Goto(hotline,4008,nope)", "no priority nope", id="label"),
        pytest.param("Goto(nope)", "no priority nope", id="own-label"),
        pytest.param("Goto(nope,1)", "no extension nope", id="own-extension"),
        pytest.param("Goto(t-${EXTEN},1)", "no extension t-${EXTEN}", id="computed-extension"),
        pytest.param("Goto(${CALLERID(num)},s,1)", "nobody can tell where", id="computed-context"),
        pytest.param("Gosub(hotlin,s,1(a,b))", "no context hotlin", id="gosub"),
        pytest.param("GotoIf($[1]?hotline,4008,1:hotlin,4008,1)", "hotlin", id="else"),
        pytest.param("GosubIf($[1]?hotlin,s,1(a))", "no context hotlin", id="gosub-if"),
        pytest.param("Queue(agents,cb(nope^s^1))", "no context nope", id="before-ringing"),
        pytest.param("Set(H=${PERIODIC_HOOK(nope,s,9)})", "no context nope", id="periodic"),
        pytest.param("Set(CHANNEL(hangup_handler_push)=nope,s,1)", "nope", id="hang-up-handler"),
    ],
)
def test_a_fault_is_told_with_its_file_and_line(step: str, why: str) -> None:
    [told] = faults(f"[lonely]\nexten => s,1,{step}")

    assert told.startswith("x.conf:")
    assert why in told


@pytest.mark.parametrize(
    "step",
    [
        pytest.param("Goto(hotline,4008,1)", id="pattern"),
        pytest.param("Goto(hotline,${EXTEN},1)", id="computed"),
        pytest.param("Goto(hotline,4008,again)", id="label"),
        pytest.param("Goto(s,1)", id="own"),
        pytest.param("Gosub(hotline,4008,1(one,two))", id="arguments"),
        pytest.param('GotoIf($["${CALLERID(num)}" = "1"]?hotline,4008,1)', id="no-else"),
        pytest.param("GosubIf(${DIALPLAN_EXISTS(custom-x,s,1)}?custom-x,s,1)", id="hook"),
        pytest.param("Set(LOCAL(a)=$[${EXTEN} + 1])", id="sum"),
        pytest.param("Playback(a{b)", id="text"),
        pytest.param("TryExec(Nope(x))", id="application-that-may-be-missing"),
    ],
)
def test_what_is_sound_has_no_fault(step: str) -> None:
    assert faults(f"[fine]\nexten => s,1,{step}") == []


HOOKED = """
    [from-trunk]
    exten => 1,1,GosubIf(${DIALPLAN_EXISTS(custom-hang-up,s,1)}?custom-hang-up,s,1)
    """


def test_a_hook_that_nobody_calls_is_a_fault_that_names_the_hooks() -> None:
    [told] = faults(HOOKED + "[custom-hangup]\nexten => s,1,Return()")

    assert told == "nobody calls custom-hangup; the hooks are custom-numbers, custom-hang-up"


@pytest.mark.parametrize(
    ("hook", "why"),
    [
        pytest.param("exten => s,1,Log(NOTICE)", "ends without Return()", id="no-return"),
        pytest.param("exten => t,1,Return()", "has no extension s", id="no-start"),
    ],
)
def test_a_hook_must_be_one(hook: str, why: str) -> None:
    [told] = faults(f"{HOOKED}[custom-hang-up]\n{hook}")

    assert why in told


def test_a_switch_leads_nobody_knows_where() -> None:
    text = shown("[a]\nexten => 1,1,Hangup()") + "\n  Alt. Switch =>    'Realtime/'    [pbx_config]"

    [told] = faults_of(read_dialplan(text), KNOWN)

    assert told == "a: nobody can tell where the switch Realtime/ leads"


def test_what_asterisk_complains_about_is_a_fault() -> None:
    read = Read(
        dialplan=dialplan("[a]\nexten => 1,1,Hangup()"),
        known=KNOWN,
        complaints=["pbx.c: Unable to register"],
        entries=["a"],
        by_queue=[],
    )

    assert judge(read).faults == ["Asterisk says: pbx.c: Unable to register"]


# Reading


def test_a_dialplan_is_compared_by_what_it_does_and_not_by_where_it_stands() -> None:
    one = dialplan(
        "[b]\nexten => 1,1,Hangup()\n[a]\nexten => 2,1(x),Answer()\nexten => 2,n(y),Hangup()"
    )
    other = dialplan(
        "[a]\n\nexten => 2,1,Answer()\nexten => 2,n(y),Hangup()\n[b]\nexten => 1,1,Hangup()"
    )

    assert one.lines() == other.lines()
    assert "exten => 2,2(y),Hangup()" in one.lines()


def test_contexts_that_modules_make_are_not_ours() -> None:
    text = shown("[a]\nexten => 1,1,Hangup()").replace("pbx_config' ]", "func_x' ]")

    assert read_dialplan(text).contexts == {}


@pytest.mark.parametrize(
    ("pattern", "dialled", "takes"),
    [
        ("4008", "4008", True),
        ("4008", "40081", False),
        ("_X.", "4008", True),
        ("_X.", "4", False),
        ("_600[1-9]", "6003", True),
        ("_600[1-9]", "6000", False),
        ("_NXX", "199", False),
        ("_Z!", "1", True),
        ("_1-2X", "123", True),
        ("*", "*", True),
    ],
)
def test_patterns_are_asterisks(pattern: str, dialled: str, takes: bool) -> None:
    [extension] = dialplan(f"[a]\nexten => {pattern},1,Hangup()").contexts["a"].extensions

    assert extension.takes(dialled) is takes
