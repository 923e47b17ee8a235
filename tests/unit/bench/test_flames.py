"""Stacks of `perf script` as a flame graph."""

from xml.etree import ElementTree

from tests.bench.flames import drawn, stacks

SCRIPT = """
\tffffffff82200809 _raw_spin_unlock+0x9 ([kernel.kallsyms])
\tffffffff821ecc51 do_syscall_64 ([kernel.kallsyms])
\t           96cd5 [unknown] (/usr/lib/libc.so.6)

\tffffffff81cfb8e9 __schedule ([kernel.kallsyms])
\tffffffff821ecc51 do_syscall_64 ([kernel.kallsyms])

\t           77cf9 __ao2_find (/usr/sbin/asterisk)
\t    5555842f9cb0 [unknown] ([unknown])

\t           a3b55 [unknown] (/usr/lib/libc.so.6)
"""


def titles(svg: str) -> set[str]:
    return {
        str(title.text)
        for title in ElementTree.fromstring(svg).iter()  # noqa: S314 - our own
        if title.tag.endswith("title")
    }


def test_the_way_into_the_kernel_is_added_up_from_its_outermost_function() -> None:
    [call] = [box for name, box in stacks(SCRIPT).calls.items() if name == "do_syscall_64"]

    assert call.samples == 2
    assert set(call.calls) == {"_raw_spin_unlock", "__schedule"}


def test_of_a_program_the_innermost_function_counts_or_else_its_file() -> None:
    assert set(stacks(SCRIPT).calls) == {"do_syscall_64", "__ao2_find", "libc.so.6"}


def test_each_box_tells_its_share() -> None:
    assert {"all: 100.0 %", "do_syscall_64: 50.0 %", "__ao2_find: 25.0 %"} <= titles(
        drawn(stacks(SCRIPT), "all")
    )


def test_names_of_templates_do_not_break_the_file() -> None:
    assert "a<b>: 100.0 %" in titles(drawn(stacks("\t1 a<b> (x)\n"), "all"))
