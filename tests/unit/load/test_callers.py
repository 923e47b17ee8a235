from pathlib import Path

import pytest

from callcenter.load.callers import FIELDS, BadCallers, demo_callers, read_callers

HEAD = ",".join(FIELDS)
LINE = "13900000001,30000001,111222,333444,555666"


def write(folder: Path, *lines: str) -> Path:
    file = folder / "callers.csv"
    file.write_text("\n".join(lines), encoding="utf-8")
    return file


def test_callers_come_from_a_file(tmp_path: Path) -> None:
    [caller] = read_callers(write(tmp_path, HEAD, LINE))

    assert (caller.number, caller.account) == ("13900000001", "30000001")
    assert (caller.password, caller.fund_password, caller.bank_password) == (
        "111222",
        "333444",
        "555666",
    )


def test_a_caller_prints_without_passwords(tmp_path: Path) -> None:
    [caller] = read_callers(write(tmp_path, HEAD, LINE))

    assert not any(secret in repr(caller) for secret in ("111222", "333444", "555666"))


@pytest.mark.parametrize(
    ("lines", "says"),
    [
        pytest.param(["caller,account"], "lacks password, fund_password", id="columns"),
        pytest.param([HEAD], "no caller", id="empty"),
        pytest.param([HEAD, LINE, LINE], "an account twice", id="twice"),
        pytest.param([HEAD, "+1,a,1,2,3"], "line 2", id="no-digits"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused(tmp_path: Path, lines: list[str], says: str) -> None:
    with pytest.raises(BadCallers, match=says):
        read_callers(write(tmp_path, *lines))


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadCallers, match="cannot be read"):
        read_callers(tmp_path / "none.csv")


def test_each_load_account_of_the_demo_has_a_mobile_number_of_its_own() -> None:
    callers = demo_callers(7)

    assert len({caller.number for caller in callers}) == len(callers) == 1_000
    assert {len(caller.number) for caller in callers} == {11}


def test_the_next_run_calls_from_other_numbers() -> None:
    first, second = demo_callers(1), demo_callers(2)

    assert not {caller.number for caller in first} & {caller.number for caller in second}
