"""What a person types about securities, and what comes back."""

import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from callcenter.cli import securities
from callcenter.domain.errors import CounterUnavailable
from callcenter.gateways.paper.listing import Changes
from callcenter.gateways.paper.listing_file import Listed
from callcenter.settings import Settings
from tests import make
from tests.fakes.listing import FakeListing
from tests.unit.cli.typed import type_in

GOOD = "market,code,name,previous_close\nSH,600000,浦发银行,10.00\nSZ,000001,平安银行,11.48\n"
WRONG = GOOD + "SH,60000,,x\n"


class ListingOfOne(FakeListing):
    """Counts what it is given as new; `gone` with the database."""

    def __init__(self) -> None:
        super().__init__([(make.security(), ["PFYH"])])
        self.gone = False
        self.taken_over: list[tuple[list[str], bool]] = []

    async def take_over(self, listed: Sequence[Listed], *, dry_run: bool = False) -> Changes:
        self.taken_over.append(([one.security.id for one in listed], dry_run))
        return Changes(new=len(listed), changed=0, unchanged=0)

    @asynccontextmanager
    async def open(self, _: Settings) -> AsyncIterator["ListingOfOne"]:
        if self.gone:
            raise CounterUnavailable("the paper counter does not answer")
        yield self


@pytest.fixture
def listing(monkeypatch: pytest.MonkeyPatch) -> ListingOfOne:
    listing = ListingOfOne()
    monkeypatch.setattr(securities, "open_listing", listing.open)
    return listing


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "list.csv"


def test_a_list_is_taken_over(listing: ListingOfOne, file: Path) -> None:
    file.write_text(GOOD)

    typed = type_in("securities", "import", str(file))

    assert typed.exit_code == 0
    assert typed.stdout == "2 are new, 0 changed, 0 as before.\n"
    assert listing.taken_over == [(["SH600000", "SZ000001"], False)]


def test_a_dry_run_says_that_it_is_one(listing: ListingOfOne, file: Path) -> None:
    file.write_text(GOOD)

    typed = type_in("securities", "import", str(file), "--dry-run", "--json")

    assert json.loads(typed.stdout) == {
        "applied": False,
        "new": 2,
        "changed": 0,
        "unchanged": 0,
        "errors": [],
    }
    assert listing.taken_over == [(["SH600000", "SZ000001"], True)]


def test_a_wrong_row_changes_nothing(listing: ListingOfOne, file: Path) -> None:
    file.write_text(WRONG)

    typed = type_in("securities", "import", str(file))

    assert typed.exit_code == 1
    assert "code '60000' has not six digits" in typed.stdout
    assert typed.stdout.endswith("Nothing was changed: 3 faults.\n")
    assert listing.taken_over == []


def test_faults_are_json_with_their_lines(listing: ListingOfOne, file: Path) -> None:
    file.write_text(WRONG)

    typed = type_in("securities", "import", str(file), "--json")

    answer = json.loads(typed.stdout)
    assert typed.exit_code == 1
    assert answer["applied"] is False
    assert answer["errors"][1] == {"line": 4, "message": "it has no name"}
    assert listing.taken_over == []


def test_the_rule_book_tells_the_board(listing: ListingOfOne, file: Path) -> None:
    file.write_text("market,code,name,previous_close,board\nSH,688981,中芯国际,110.95,sh-main\n")

    typed = type_in("securities", "import", str(file))

    assert "board 'sh-main', but SH688981 is of star" in typed.stdout
    assert listing.taken_over == []


def test_a_missing_file_is_a_sentence(listing: ListingOfOne, file: Path) -> None:
    typed = type_in("securities", "import", str(file))

    assert (typed.exit_code, typed.stdout) == (1, "")
    assert typed.stderr == f"{file} cannot be read: No such file or directory.\n"


def test_a_name_is_found_by_its_keys(listing: ListingOfOne) -> None:
    typed = type_in("securities", "search", "7394", "--json")

    assert json.loads(typed.stdout) == [
        {
            "security": "SH600000",
            "name": "浦发银行",
            "name_en": "Pudong Development Bank",
            "board": "sh-main",
        }
    ]
    assert "浦发银行" in type_in("securities", "search", "73").stdout
    assert json.loads(type_in("securities", "search", "22", "--json").stdout) == []


def test_a_counter_that_is_away_is_a_sentence(listing: ListingOfOne) -> None:
    listing.gone = True

    typed = type_in("securities", "search", "7394")

    assert typed.exit_code == 1
    assert "See `make status`" in typed.stderr
