"""The page says every figure of a run, is well-formed, and needs nothing from outside."""

import re
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from callcenter.load.model import LoadResult, Verdict
from callcenter.load.report import page, write
from tests.unit.load.report.soak import soak
from tests.unit.load.results import result


@pytest.fixture(scope="module")
def whole() -> ET.Element:
    return _parsed(page(soak()))


def _parsed(html: str) -> ET.Element:
    return ET.fromstring(html)  # noqa: S314 - our own


def _section(whole: ET.Element, name: str) -> str:
    [found] = whole.findall(f".//section[@id='{name}']")
    return " ".join(" ".join(found.itertext()).split())


@pytest.mark.parametrize(
    ("section", "figures"),
    [
        ("failures-by-cause", ["7,654", "5,103", "503", "no <prompt>", "0.024 %"]),
        ("post-dial-delay", ["12,757", "half within (p50)"]),
        ("key-to-prompt", ["confirmation 2,000", "password 2,000", "86 entries", "412 entries"]),
        (
            "sound",
            ["27,000,123", "1,042 0.0039 %", "out of order 11", "repeated 3", "93 ms", "4.2 ms"],
        ),
        ("sound", ["missed 17 packets", "one call of 4"]),
        ("orders", ["placed by callers 7,650", "confirmations heard 7,649", "do not agree"]),
        ("cpu", ["asterisk", "daemon", "hotline alone", "all 2 cores"]),
        ("memory-files-and-threads", ["140.0 MB", "350", "not measured"]),
        ("postgresql", ["IO:WALSync", "Lock:transactionid", "running"]),
        ("inside-asterisk-and-the-daemon", ["asterisk channels", "daemon tasks"]),
        ("growth-and-leaks", ["daemon memory 140.0 MB", "flat", "asterisk channels", "yes"]),
    ],
)
def test_every_figure_is_in_its_section(
    whole: ET.Element, section: str, figures: list[str]
) -> None:
    told = _section(whole, section)

    assert [figure for figure in figures if figure not in told] == []


def test_the_top_says_the_verdict_the_thresholds_and_what_was_run(whole: ET.Element) -> None:
    told = " ".join(" ".join(whole.itertext()).split())

    assert "1 of 4 missed: failed calls" in told
    assert "key to prompt, p99 at most 250 ms 141 ms met" in told
    assert "orders agree placed = found = heard – not measured" in told
    assert "12,757 attempted, 4 failed" in told
    assert "up to 300 calls at once" in told
    assert "The store was not asked for orders" in told


def test_every_section_says_what_it_is_and_what_is_good(whole: ET.Element) -> None:
    sections = whole.findall(".//section")

    assert len(sections) == 11
    for section in sections:
        about, good = section.findall("p")[:2]
        assert "".join(about.itertext()).endswith(".")
        assert "".join(good.itertext()).startswith("Good: ")


def test_nothing_is_fetched_from_anywhere() -> None:
    html = page(soak())

    assert "<script" not in html
    assert re.findall(r"""(?:src|href)=["'](?!#)""", html) == []
    assert re.findall(r"url\((?!#)", html) == []
    assert "@import" not in html


def test_the_same_result_gives_the_same_page() -> None:
    assert page(soak()) == page(soak())


def test_a_run_of_which_little_is_known_says_so_and_still_is_a_page() -> None:
    bare = _parsed(page(result(wire=None, post_dial=None, seconds=())))

    told = " ".join(bare.itertext())
    assert "No thresholds were set" in told
    assert told.count("not measured") >= 5


def test_all_thresholds_met_is_said_so() -> None:
    verdict = Verdict(name="failed calls", bar="at most 0", measured="0", met=True)

    told = " ".join(_parsed(page(result(verdicts=(verdict,)))).itertext())

    assert "All 1 thresholds met" in told


def test_what_was_not_measured_is_no_success() -> None:
    unknown = Verdict(name="RTP lost", bar="at most 0.1 %", measured="–", met=None)

    told = " ".join(_parsed(page(result(verdicts=(unknown,)))).itertext())

    assert "1 not measured" in told
    assert "All 1 thresholds met" not in told


def test_the_folder_gets_the_page_and_the_figures(tmp_path: Path) -> None:
    run = replace(result(), notes=("a note",))

    report = write(run, tmp_path)

    assert LoadResult.from_json((tmp_path / "result.json").read_text()) == run
    assert report.read_text() == page(run)
