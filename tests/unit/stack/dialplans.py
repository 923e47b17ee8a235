"""Dialplans as Asterisk prints them, made of lines of a configuration file."""

from callcenter.stack.dialplan.faults import Known
from callcenter.stack.dialplan.listing import Dialplan, read_dialplan

KNOWN = Known(
    applications=frozenset(
        {
            "goto",
            "gotoif",
            "gosub",
            "gosubif",
            "execif",
            "exec",
            "tryexec",
            "set",
            "return",
            "hangup",
            "agi",
        }
        | {"playback", "queue", "log", "noop", "answer", "dial", "originate"}
    ),
    functions=frozenset({"CHANNEL", "CALLERID", "DIALPLAN_EXISTS", "PERIODIC_HOOK", "LOCAL"}),
)


def shown(text: str) -> str:
    """Return what `dialplan show` prints of lines such as `exten => 4008,1(label),Goto(x,s,1)`."""
    out, name, priority = [], "", 0
    for number, line in enumerate(text.strip().splitlines(), 1):
        line = line.strip()
        if line.startswith("["):
            out.append(f"\n[ Context '{line[1:-1]}' created by 'pbx_config' ]")
        elif line.startswith("include"):
            out.append(f"  Include =>        '{line.split('=> ')[1]}'       [pbx_config]")
        elif line:
            head, step = (
                line.split("=> ")[1].split(",", 2)[:2],
                line.split("=> ")[1].split(",", 2)[2],
            )
            label = head[1].partition("(")[2].rstrip(")")
            if head[0] != name:
                name, priority = head[0], 0
                out.append(f"  '{name}' =>  1. {step}       [x.conf:{number}]")
            else:
                tag = f"[{label}]" if label else ""
                out.append(f"     {tag}    {priority + 1}. {step}     [x.conf:{number}]")
            priority += 1
        if line.startswith("["):
            name = ""
    return "\n".join(out)


def dialplan(text: str) -> Dialplan:
    return read_dialplan(shown(text))
