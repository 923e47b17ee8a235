"""The script of a voice actor has a line for whatever can be recorded."""

import csv
import io
from functools import cache

import pytest

from callcenter.app.actors import ActorLine, actor_script
from callcenter.app.menus import menu_reader
from callcenter.app.parts import load_catalogue
from callcenter.app.recordings import Names, named
from callcenter.cli.actor_script import as_csv, as_html
from callcenter.domain.calls import Language
from callcenter.settings import Settings


@cache
def shipped() -> Names:
    return named(load_catalogue(), menu_reader(Settings()))


@pytest.fixture(scope="module", params=list(Language))
def language(request: pytest.FixtureRequest) -> Language:
    return Language(request.param)


@pytest.fixture(scope="module")
def lines(language: Language) -> list[ActorLine]:
    return actor_script(load_catalogue(), shipped(), language)


def test_what_is_recorded_by_the_script_is_what_import_takes(
    lines: list[ActorLine], language: Language
) -> None:
    names = {name for of, name in shipped() if of is language}

    assert sorted(line.file for line in lines) == sorted(f"{name}.wav" for name in names)
    assert [line.number for line in lines] == [*range(1, len(lines) + 1)]


def test_the_words_of_a_file_are_in_what_is_read(lines: list[ActorLine]) -> None:
    assert [line for line in lines if line.words not in line.read] == []


def test_words_between_values_and_pieces_are_read_within_a_sentence() -> None:
    lines = actor_script(load_catalogue(), shipped(), Language.ZH)
    by_file = {line.file: line for line in lines}

    assert by_file["read-back-buy.2.wav"].words == "代码"
    assert by_file["read-back-buy.2.wav"].read.startswith("买入浦发银行，代码六零零零零零，")
    assert by_file["七元.wav"].read.endswith("七元，")
    assert by_file["greeting.wav"].read == by_file["greeting.wav"].words


def test_the_table_reads_back_as_it_was_written(lines: list[ActorLine]) -> None:
    rows = [*csv.DictReader(io.StringIO(as_csv(lines).removeprefix("\ufeff"), newline=""))]

    assert [(row["file"], row["words"], row["read"]) for row in rows] == [
        (line.file, line.words, line.read) for line in lines
    ]


def test_the_page_marks_the_words_that_are_kept(lines: list[ActorLine]) -> None:
    assert as_html(lines).count("<mark>") == len(lines)
