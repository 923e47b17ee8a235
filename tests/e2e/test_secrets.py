"""Passwords: keyed in a call, checked, and nowhere to be found afterwards."""

import asyncio
import io
import re
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import pytest
from numpy.typing import NDArray

from callcenter.app import open_news
from callcenter.domain.accounts import AccountId
from callcenter.domain.audit import Action
from callcenter.domain.calls import STAFF_DID
from callcenter.domain.refusals import Refusal
from callcenter.domain.secret import Secret
from callcenter.domain.transfers import Transfer, TransferState
from callcenter.gateways.paper import passwords
from callcenter.ivr.catalogue import say
from callcenter.ivr.prompts import Prompt
from callcenter.settings import Settings
from tests.e2e import said
from tests.e2e.installation import MIXED, Installation
from tests.e2e.lines import Evidence, Lines, lines_into
from tests.hear import RATE_HZ, Recording, Samples, load

ACCOUNT: Final = "20000401"
# So long that nothing else has these digits by chance.
RIGHT: Final = "8305271946830527"
WRONG: Final = "9173528460917352"
HALF: Final = "740291835674"
# Of another account: the bank's, the old fund password, a new one that is too long, and one that
# is taken, which has six digits.
MOVER: Final = "20000403"
BANK: Final = "6180429753618042"
FUND: Final = "2957301846295730"
TOO_LONG: Final = "5039271846503927"
NEW: Final = "739218"
# Of the staff line; a PIN has twelve digits at most.
STAFF: Final = "411"
PIN: Final = "830164927538"
WRONG_PIN: Final = "264917530846"
HALF_PIN: Final = "9482615307"
DATA: Final = "/postgresql/data/"  # the database's own files
PASSWORDS: Final = {
    "right": RIGHT,
    "wrong": WRONG,
    "half-keyed": HALF,
    "bank": BANK,
    "fund": FUND,
    "new": TOO_LONG,
    "staff": PIN,
    "staff, wrong": WRONG_PIN,
    "staff, half-keyed": HALF_PIN,
}

RECORDERS: Final = ("tape", "mixmonitor")

# A caller who speaks before, while and after keying a password.
BEFORE, DURING, AFTER = (
    np.random.default_rng(seed).normal(0, 4000, RATE_HZ // 2).astype(np.int16) for seed in (1, 2, 3)
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Aftermath:
    """Everything that is left of some calls, and one of them."""

    texts: Mapping[str, bytes]  # whatever can be read as text, by where it is
    files: Mapping[str, bytes]  # the database's own files
    call: Evidence
    moved: Evidence  # the call that moved money and changed a password
    staff: Evidence  # the call to the staff line
    agents: Mapping[str, str]  # the passwords of the agents' telephones
    transfers: Sequence[Transfer]
    fund_password: str  # as the counter keeps it
    recordings: Mapping[str, Samples]  # of two that said the same, by their recorder
    asks_password: Samples


@pytest.fixture(scope="module")
def aftermath(hotline: Installation) -> Aftermath:
    return asyncio.run(_calls(hotline))


@pytest.mark.parametrize("password", PASSWORDS.values(), ids=PASSWORDS)
def test_no_byte_that_a_call_leaves_behind_tells_a_password(
    aftermath: Aftermath, password: str
) -> None:
    told_by = [name for name, text in aftermath.texts.items() if _tells(text, password)]
    told_by += [name for name, data in aftermath.files.items() if password.encode() in data]

    assert told_by == []


def test_no_text_that_a_call_leaves_behind_tells_a_new_password(aftermath: Aftermath) -> None:
    # Six digits may be part of a time, an amount or a digest, so only a word of its own counts.
    alone = re.compile(rb"(?<![0-9a-zA-Z._:-])" + NEW.encode() + rb"(?![0-9a-zA-Z._:-])")

    assert [name for name, text in aftermath.texts.items() if alone.search(text)] == []


def test_a_call_moves_money_from_the_bank_once(aftermath: Aftermath) -> None:
    [transfer] = aftermath.transfers

    assert (transfer.state, str(transfer.draft.amount)) == (TransferState.DONE, "100.50")
    assert transfer.station.call == aftermath.moved.call["call_id"]
    actions = [row["action"] for row in aftermath.moved.audit]
    assert actions.count(Action.TRANSFER) == 1


def test_a_call_changes_a_password_after_it_was_confirmed(aftermath: Aftermath) -> None:
    assert passwords.matches(NEW, aftermath.fund_password)

    trail = [(row["action"], row["outcome"]) for row in aftermath.moved.audit]
    assert (Action.PASSWORD_CHANGE_ANSWER, "changed") in trail
    keyed = [
        turn["keys"] for turn in aftermath.moved.turns if Prompt.ASK_NEW_PASSWORD in turn["prompts"]
    ]
    assert keyed == ["******", "******"]


def test_what_else_was_keyed_is_found_so_the_search_is_worth_something(
    aftermath: Aftermath,
) -> None:
    told_by = {name for name, text in aftermath.texts.items() if _tells(text, ACCOUNT)}
    told_by |= {name for name, data in aftermath.files.items() if ACCOUNT.encode() in data}

    assert {"table public.turns", "table public.calls", "table public.audit_trail"} <= told_by
    assert any("postgresql" in name for name in told_by)


@pytest.mark.parametrize("source", ["daemon.log", "messages.log", "astdb.sqlite3", "Master.csv"])
def test_the_search_has_read(aftermath: Aftermath, source: str) -> None:
    assert any(name.endswith(source) and text for name, text in aftermath.texts.items())


def test_asterisk_tells_our_own_user_nothing_of_calls(aftermath: Aftermath) -> None:
    assert b"Message: Authentication accepted" in aftermath.texts["AMI"]
    assert b"Event: " not in aftermath.texts["AMI"]


def test_the_transcript_has_asterisks_for_a_pin_of_the_staff_line(aftermath: Aftermath) -> None:
    turns = aftermath.staff.turns

    keyed = [turn["keys"] for turn in turns if Prompt.ASK_STAFF_PIN in turn["prompts"]]

    assert keyed == ["******", "******"]
    assert any(Prompt.STAFF_TASKS in turn["prompts"] for turn in turns)


def test_the_password_of_an_agents_telephone_is_where_it_is_needed_and_nowhere_else(
    aftermath: Aftermath,
) -> None:
    everything = {**aftermath.texts, **aftermath.files}
    assert aftermath.agents

    for password in aftermath.agents.values():
        told_by = {
            Path(name).name for name, text in everything.items() if password.encode() in text
        }
        assert told_by == {"agent-phones", "agents.conf"}


def test_the_transcript_has_asterisks_for_a_password(aftermath: Aftermath) -> None:
    turns = aftermath.call.turns

    keyed = [turn["keys"] for turn in turns if Prompt.ASK_PASSWORD in turn["prompts"]]

    assert keyed == ["******", "******"]


@pytest.mark.parametrize("recorder", RECORDERS)
def test_the_recording_has_what_the_caller_says_before_and_after_a_password(
    aftermath: Aftermath, recorder: str
) -> None:
    assert _has(aftermath.recordings[recorder], BEFORE)
    assert _has(aftermath.recordings[recorder], AFTER)


@pytest.mark.parametrize("recorder", RECORDERS)
def test_the_recording_is_silent_while_a_password_is_keyed(
    aftermath: Aftermath, recorder: str
) -> None:
    recording = aftermath.recordings[recorder]
    *_, asks = Recording(recording).find(aftermath.asks_password)

    # What the caller says and keys takes longer than this; then the hotline goes on.
    after = recording[_samples(asks.until_s + 0.1) :]
    silent = int(np.argmax(np.abs(after) >= 0.001))

    assert silent > 2 * DURING.size
    assert not _has(recording, DURING)


async def _calls(hotline: Installation) -> Aftermath:
    async with lines_into(hotline) as lines:
        await _give_passwords(hotline)
        await _give_a_pin(hotline)
        async with _ear(hotline) as ami:
            call, mixed, staff, *_ = await asyncio.gather(
                _fails_and_logs_in(lines, "13900000401"),
                _fails_and_logs_in(lines, "13900000406", to=MIXED),
                _calls_the_staff_line(lines, "13900000404"),
                _gives_up_half_way(lines, "13900000402"),
                _gives_up_a_pin(lines, "13900000405"),
            )
            moved = await _moves_money_and_changes_a_password(lines, "13900000403")
        transfers = await lines.reports.transfers.newest(account=AccountId(MOVER))
        asks_password = await lines.voice.sound(said.ASK_PASSWORD)
    files = dict(_files(hotline))
    names = "\n".join(files).encode()
    return Aftermath(
        texts={"names": names, "AMI": bytes(ami), **await _tables(hotline), **_but(files, DATA)},
        files={name: data for name, data in files.items() if DATA in name},
        call=call,
        moved=moved,
        staff=staff,
        agents=_agents(hotline),
        transfers=transfers,
        fund_password=await _kept(hotline, MOVER),
        recordings={
            name: load(one.call["recording"])
            for name, one in zip(RECORDERS, (call, mixed), strict=True)
        },
        asks_password=asks_password,
    )


async def _fails_and_logs_in(lines: Lines, number: str, to: str = "4008") -> Evidence:
    """Log in with a wrong password and then with the right one, and speak meanwhile."""
    async with lines.call(number, to=to) as caller:
        await caller.answers((said.MAIN_MENU, "1"))
        await caller.hears_out(said.ASK_ACCOUNT)
        await caller.call.say(BEFORE)
        await caller.keys(f"{ACCOUNT}#")
        await caller.answers((said.ASK_PASSWORD, f"{WRONG}#"), (said.ASK_ACCOUNT, f"{ACCOUNT}#"))
        await caller.hears_out(said.ASK_PASSWORD)
        await caller.call.say(DURING)
        await caller.keys(RIGHT[:8])
        await caller.call.say(DURING)
        await caller.keys(f"{RIGHT[8:]}#")
        await caller.hears_out(said.TRADE_MENU)
        await caller.call.say(AFTER)
    return await lines.evidence(number)


async def _gives_up_half_way(lines: Lines, number: str) -> Evidence:
    async with lines.call(number) as caller:
        await caller.answers((said.MAIN_MENU, "2"), (said.ASK_ACCOUNT, f"{ACCOUNT}#"))
        await caller.answers((said.ASK_PASSWORD, HALF))
    return await lines.evidence(number)


async def _calls_the_staff_line(lines: Lines, number: str) -> Evidence:
    """Log in with a wrong PIN and then with the right one."""
    ask, ask_pin = [say(Prompt.ASK_STAFF_NUMBER)], [say(Prompt.ASK_STAFF_PIN)]
    async with lines.call(number, to=STAFF_DID) as caller:
        await caller.answers((ask, f"{STAFF}#"), (ask_pin, f"{WRONG_PIN}#"))
        await caller.answers((ask, f"{STAFF}#"), (ask_pin, f"{PIN}#"))
        await caller.hears([say(Prompt.STAFF_TASKS)])
    return await lines.evidence(number)


async def _gives_up_a_pin(lines: Lines, number: str) -> None:
    ask, ask_pin = [say(Prompt.ASK_STAFF_NUMBER)], [say(Prompt.ASK_STAFF_PIN)]
    async with lines.call(number, to=STAFF_DID) as caller:
        await caller.answers((ask, f"{STAFF}#"), (ask_pin, HALF_PIN))
    await lines.evidence(number)


async def _moves_money_and_changes_a_password(lines: Lines, number: str) -> Evidence:
    """Bring 100.50 yuan from the bank, and change the fund password at the second attempt."""
    amount = "100.50"
    async with lines.call(number) as caller:
        await caller.answers(*said.log_in(MOVER, "4"))
        await caller.answers(
            (said.TRANSFER_MENU, "1"),
            (said.ask_amount_in("5000000.00"), "100*5#"),
            (said.ASK_BANK_PASSWORD, f"{BANK}#"),
            (said.read_back_in("工商银行", amount), "1"),
        )
        await caller.hears(said.transfer_done(await _number_of_transfer(lines), amount))
        await caller.answers(
            (said.TRANSFER_MENU, "*"),
            (said.MAIN_MENU, "9"),
            (said.SERVICES_MENU, "2"),
            (said.ASK_OLD_FUND_PASSWORD, f"{FUND}#"),
            (said.ASK_NEW_PASSWORD, f"{TOO_LONG}#"),
        )
        await caller.hears(said.refusal(Refusal.WRONG_PASSWORD_LENGTH))
        await caller.answers(
            (said.ASK_NEW_PASSWORD, f"{NEW}#"),
            (said.ASK_NEW_PASSWORD_AGAIN, f"{NEW}#"),
            (said.READ_BACK_FUND_PASSWORD, "1"),
        )
        await caller.hears(said.FUND_PASSWORD_CHANGED)
    return await lines.evidence(number)


async def _number_of_transfer(lines: Lines) -> str:
    async with asyncio.timeout(10):
        while True:
            found = await lines.reports.transfers.newest(account=AccountId(MOVER))
            if found and found[0].state is TransferState.DONE:
                return found[0].number
            await asyncio.sleep(0.05)


async def _give_passwords(hotline: Installation) -> None:
    async with hotline.database() as connection:
        await connection.execute(
            "UPDATE paper.customers SET trade_password = $1 WHERE account = $2",
            passwords.keep(RIGHT),
            ACCOUNT,
        )
        await connection.execute(
            "UPDATE paper.customers SET bank_password = $1, fund_password = $2 WHERE account = $3",
            passwords.keep(BANK),
            passwords.keep(FUND),
            MOVER,
        )


async def _give_a_pin(hotline: Installation) -> None:
    async with open_news(Settings(state_dir=hotline.home)) as parts:
        await parts.staff.put(STAFF, "Test", Secret(PIN), by="test")


def _agents(hotline: Installation) -> Mapping[str, str]:
    lines = hotline.places.agent_phones_file.read_text().splitlines()
    told = [line.split() for line in lines if line.startswith("agent")]
    return {name: password for name, password in told if not password.startswith("sip:")}


async def _kept(hotline: Installation, account: str) -> str:
    """Return the fund password of an account as the counter keeps it."""
    async with hotline.database() as connection:
        return str(
            await connection.fetchval(
                "SELECT fund_password FROM paper.customers WHERE account = $1", account
            )
        )


@asynccontextmanager
async def _ear(hotline: Installation) -> AsyncIterator[bytearray]:
    """Collect all that the product's own user may hear from Asterisk."""
    secret = hotline.places.ami_secret_file.read_text()
    reader, writer = await asyncio.open_connection("127.0.0.1", hotline.ami_port)
    login = ("Action: Login", "Username: callcenter", f"Secret: {secret}", "Events: on", "", "")
    writer.write("\r\n".join(login).encode())
    heard = bytearray()

    async def listen() -> None:
        while data := await reader.read(65_536):
            heard.extend(data)

    listening = asyncio.create_task(listen())
    yield heard
    writer.write(b"Action: Logoff\r\n\r\n")
    await listening
    writer.close()


async def _tables(hotline: Installation) -> Mapping[str, bytes]:
    """Return every table of the database as text."""
    async with hotline.database() as connection:
        found = await connection.fetch(
            "SELECT table_schema AS s, table_name AS t FROM information_schema.tables"
            " WHERE table_schema IN ('public', 'paper')"
        )
        dumps = {}
        for row in found:
            text = io.BytesIO()
            await connection.copy_from_table(row["t"], schema_name=row["s"], output=text)
            dumps[f"table {row['s']}.{row['t']}"] = text.getvalue()
        return dumps


def _files(hotline: Installation) -> Iterator[tuple[str, bytes]]:
    for path in hotline.home.rglob("*"):
        if path.is_file():
            yield str(path), path.read_bytes()


def _but(files: Mapping[str, bytes], part: str) -> Mapping[str, bytes]:
    return {name: data for name, data in files.items() if part not in name}


def _tells(text: bytes, digits: str) -> bool:
    """Tell whether the digits are in the text, even if each is on a line of its own."""
    return re.search(rb"\D{0,40}".join(digit.encode() for digit in digits), text) is not None


def _has(recording: Samples, spoken: NDArray[np.int16]) -> bool:
    """Tell whether some part of what was spoken is in the recording."""
    return any(Recording(recording).find(part / 32768) for part in np.split(spoken, 4))


def _samples(at_s: float) -> int:
    return round(at_s * RATE_HZ)
