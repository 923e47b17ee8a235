"""What the pages say of commands, settings, numbers and packages is so."""

import ast
import re
import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.metadata import metadata
from pathlib import Path
from typing import Any, Final

import pytest
import typer
from aiohttp.test_utils import make_mocked_request
from prometheus_client.parser import text_string_to_metric_families

from callcenter.api.metrics import Metrics
from callcenter.cli.commands import command_line
from callcenter.domain.orders import OrderState
from callcenter.domain.refusals import Refusal
from callcenter.settings import Settings

ROOT: Final = Path(__file__).parents[2]
README, CHINESE, RUNBOOK = "README.md", "README.zh-CN.md", "docs/runbook.md"
DEPENDENCIES, LICENCES = "docs/dependencies.md", "THIRD_PARTY_LICENSES.md"
PAGES: Final = sorted(
    str(page.relative_to(ROOT))
    for folder in (".", "docs", "docs/adr", "asterisk/etc/custom.d")
    for page in (ROOT / folder).glob("*.md")
)
SCRIPTS: Final = ("asterisk/configure", "asterisk/install", "asterisk/espeak", "migrations/env.py")

# Its default is said in words: seventeen numbers are too long for a table.
SAID_IN_WORDS: Final = frozenset({"branches"})

_FENCE: Final = re.compile(r"^```(\w*)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
_SPAN: Final = re.compile(r"`([^`\n]+)`")
_TABLE: Final = re.compile(r"^\|.*\n\|[-|]+\|\n((?:\|.*\n)+)", re.MULTILINE)
_VARIABLE: Final = re.compile(r"\bCALLCENTER_[A-Z_]*[A-Z]\b")


@cache
def text(page: str) -> str:
    return (ROOT / page).read_text(encoding="utf-8")


def prose(page: str) -> str:
    return _FENCE.sub("", text(page))


def spans(page: str) -> list[str]:
    """Return what stands between backticks."""
    return _SPAN.findall(prose(page))


def code(page: str) -> str:
    """Return all that is to be typed or read literally."""
    return "\n".join([*(block for _, block in _FENCE.findall(text(page))), *spans(page)])


def headings(page: str) -> list[str]:
    return re.findall(r"^#+ .*$", prose(page), re.MULTILINE)


def anchors(page: str) -> set[str]:
    """Return the names by which a forge links to the headings."""
    bare = [re.sub(r"[^\w\- ]", "", heading.lower()).strip() for heading in headings(page)]
    return {heading.replace(" ", "-") for heading in bare}


def rows(page: str, heading: str) -> list[list[str]]:
    """Return the cells of the first table below a heading, without its head."""
    _, _, below = text(page).partition(f"# {heading}\n")
    table = _TABLE.search(below)
    assert table is not None, f"{page} has no table below {heading}"
    return [[cell.strip() for cell in row.strip("|").split("|")] for row in table[1].splitlines()]


def firsts(page: str, heading: str) -> list[str]:
    """Return what stands between backticks in the first column of a table."""
    return [name for row in rows(page, heading) for name in _SPAN.findall(row[0])]


@cache
def commands() -> frozenset[str]:
    """Return every command as it is typed: `calls`, and `calls show` as well."""
    found: set[str] = set()
    groups: list[tuple[str, Any]] = [("", typer.main.get_command(command_line()))]
    for prefix, group in groups:
        for name, command in getattr(group, "commands", {}).items():
            found.add(prefix + name)
            groups.append((f"{prefix}{name} ", command))
    return frozenset(found)


def named_commands(page: str) -> set[str]:
    """Return the commands that a page tells to type."""
    groups = {command.split()[0] for command in commands() if " " in command}
    typed = re.findall(r"callcenter (([a-z][a-z-]*)(?: [a-z]+)?)", code(page))
    return {both if first in groups else first for both, first in typed}


def targets() -> set[str]:
    rules = re.findall(r"^([a-z][a-z -]*):(?!=)", text("Makefile"), re.MULTILINE)
    return {target for rule in rules for target in rule.split()}


def named_targets(page: str) -> set[str]:
    return set(re.findall(r"^(?:\w+=\S+ )*make ([a-z][a-z-]*)", code(page), re.MULTILINE))


def locked() -> set[tuple[str, str]]:
    locks = text("requirements.lock") + text("requirements-dev.lock")
    return set(re.findall(r"^([a-z0-9.-]+)==(\S+)", locks, re.MULTILINE))


def licence_line(name: str, version: str) -> str:
    """Return the line of a package for the list of licences."""
    said = metadata(name)
    [licence, *_] = [said[key] for key in ("License-Expression", "License") if key in said] + ["?"]
    return f"| {name} | {version} | {licence.splitlines()[0]} |"


def alarming_events() -> Iterator[str]:
    """Yield the name of each event that we log as a warning or worse."""
    for file in (ROOT / "src" / "callcenter").rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            match node:
                case ast.Call(
                    func=ast.Attribute(ast.Name("log"), "warning" | "error" | "exception"),
                    args=[ast.Constant(str(event)), *_],
                ):
                    yield event
                case _:
                    pass


def setting_defaults() -> Mapping[str, str]:
    """Return the default cell of each setting of the runbook, by its name in `Settings`."""
    cells = {row[0].strip("`"): row[1] for row in rows(RUNBOOK, "Settings")}
    return {name.removeprefix("CALLCENTER_").lower(): cell for name, cell in cells.items()}


def test_every_setting_is_in_the_runbook_and_nothing_else() -> None:
    assert set(setting_defaults()) == set(Settings.model_fields)


@pytest.mark.parametrize("name", sorted(set(Settings.model_fields) - SAID_IN_WORDS))
def test_a_setting_has_the_default_that_the_runbook_says(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = setting_defaults()[name]
    default = getattr(Settings.model_construct(), name)

    if said == "none":
        assert default is None
    else:
        monkeypatch.setenv(f"CALLCENTER_{name.upper()}", said.strip("`"))
        assert getattr(Settings(), name) == default


@pytest.mark.parametrize("script", SCRIPTS)
def test_every_variable_of_a_script_is_in_the_runbook(script: str) -> None:
    assert set(_VARIABLE.findall(text(script))) - set(_VARIABLE.findall(text(RUNBOOK))) == set()


def test_every_variable_of_the_runbook_is_read_somewhere() -> None:
    settings = {f"CALLCENTER_{name.upper()}" for name in Settings.model_fields}
    read = settings | {name for script in SCRIPTS for name in _VARIABLE.findall(text(script))}

    assert set(_VARIABLE.findall(text(RUNBOOK))) - read == set()


@pytest.mark.parametrize("page", PAGES)
def test_what_a_page_tells_to_type_exists(page: str) -> None:
    assert named_targets(page) - targets() == set()
    assert named_commands(page) - commands() == set()


def test_every_command_is_in_the_readme_or_the_runbook() -> None:
    assert commands() - named_commands(README) - named_commands(RUNBOOK) == set()


def test_every_message_number_is_in_the_runbook_and_nothing_else() -> None:
    assert [int(row[0]) for row in rows(RUNBOOK, "Message numbers")] == sorted(Refusal)


def test_every_alarming_event_is_in_the_runbook_and_nothing_else() -> None:
    assert sorted(firsts(RUNBOOK, "Logs")) == sorted(set(alarming_events()))


async def test_every_metric_is_in_the_runbook_and_nothing_else() -> None:
    async def no_orders() -> Mapping[OrderState, int]:
        return {}

    answer = await Metrics(no_orders).handle(make_mocked_request("GET", "/metrics"))
    assert isinstance(answer.body, bytes)
    families = {each.name for each in text_string_to_metric_families(answer.body.decode())}
    counted = {name for name in families if not name.endswith("_created")}

    listed = [re.sub(r"(_total)?(\{.*)?$", "", name) for name in firsts(RUNBOOK, "Metrics")]
    assert set(listed) == counted


def test_every_direct_dependency_has_its_line_and_nothing_else() -> None:
    project = tomllib.loads(text("pyproject.toml"))["project"]
    groups = [project["dependencies"], *project["optional-dependencies"].values()]
    wanted = [re.split(r"[\[<>=~ ]", line)[0] for group in groups for line in group]

    headings = (
        "At run time",
        "To build, check and test",
        "To draw the report of a load run",
        "To render speech",
    )
    listed = [rows(DEPENDENCIES, heading) for heading in headings]
    assert sorted(row[0].strip("`") for table in listed for row in table) == sorted({*wanted})


def test_every_locked_package_has_its_licence_and_nothing_else() -> None:
    headings = ("Python packages at run time", "Python packages to build, check and test")
    listed = {(row[0], row[1]) for heading in headings for row in rows(LICENCES, heading)}

    assert [licence_line(*package) for package in sorted(locked() - listed)] == []
    assert listed - locked() == set()


@pytest.mark.parametrize("page", PAGES)
def test_every_link_leads_somewhere(page: str) -> None:
    for target in re.findall(r"\]\((?!https?:)([^)\s]+)\)", prose(page)):
        path, _, anchor = target.partition("#")
        file = ((ROOT / page).parent / path).resolve() if path else ROOT / page
        assert file.exists(), f"{page} links to {target}"
        if anchor:
            assert anchor in anchors(str(file.relative_to(ROOT))), f"{page} links to {target}"


def test_both_readmes_say_the_same() -> None:
    levels = [[heading.split()[0] for heading in headings(page)] for page in (README, CHINESE)]
    blocks = [[b for b in _FENCE.findall(text(page)) if b[0]] for page in (README, CHINESE)]

    assert levels[0] == levels[1]
    assert blocks[0] == blocks[1]
    assert set(spans(README)) == set(spans(CHINESE))


def test_every_decision_is_linked_from_the_architecture() -> None:
    decisions = sorted(f"adr/{file.name}" for file in (ROOT / "docs" / "adr").glob("*.md"))

    assert re.findall(r"^\d+\. \[.*\]\((.*)\)$", prose("docs/architecture.md"), re.M) == decisions


@pytest.mark.parametrize("page", PAGES)
def test_no_page_names_the_machine_it_was_written_on(page: str) -> None:
    assert re.findall(r"(?<![\w.~])/(?:tmp|root|home|work)\b\S*", text(page)) == []
