"""What Asterisk tells those who may hear everything: nothing from which keys can be read."""

import asyncio
from collections.abc import Iterator
from typing import Final

import pytest

from callcenter.telephony.agi_session import AgiSession
from callcenter.telephony.channel import TAKE_KEYS
from callcenter.telephony.sipcaller import SipCaller
from tests.e2e.pbx import Alone, asterisk, led_by

HOTLINE: Final = "4008"
PASSWORD: Final = "8305271946830527"
ENDS: Final = b"Event: Hangup\r\n"
SOON_S: Final = 20.0
WATCHER: Final = """
[watcher]
secret = sees-everything
deny = 0.0.0.0/0.0.0.0
permit = 127.0.0.1/255.255.255.255
read = all
"""
TELLING: Final = ("DTMF", "VarSet", "KEYS", "AGIExec", PASSWORD[:4])
LOGIN: Final = (
    b"Action: Login\r\nUsername: watcher\r\nSecret: sees-everything\r\nEvents: on\r\n\r\n"
)


@pytest.fixture(scope="module")
def pbx(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Alone]:
    with asterisk({}, tmp_path_factory.mktemp("custom")) as alone:
        users = alone.installation.home / "asterisk" / "etc" / "manager.conf"
        users.write_text(users.read_text() + WATCHER)
        alone.asterisk.ask("manager reload")
        yield alone


async def takes_a_password(session: AgiSession) -> None:
    """Take keys in all the ways in which our dialogues do."""
    await session.command("STREAM FILE", "silence/10", "0123456789*#")
    await session.command("GET DATA", "silence/1", 1000, len(PASSWORD) - 1)
    await session.command("GET FULL VARIABLE", TAKE_KEYS)
    await session.command("SET VARIABLE", "AGI_DONE", "1")


async def told_of_a_call(pbx: Alone) -> bytes:
    """Return all that is told of a call in which a password is keyed."""
    came, wants = await asyncio.open_connection("127.0.0.1", pbx.installation.ami_port)
    wants.write(LOGIN)
    async with led_by(takes_a_password, pbx), SipCaller() as phone, asyncio.timeout(SOON_S):
        call = await phone.dial(pbx.installation.sip(HOTLINE), caller="13800138000")
        await call.press(PASSWORD)
        await call.ended(SOON_S)
        told = await came.readuntil(ENDS)
    wants.close()
    return told


async def test_no_event_tells_which_keys_were_pressed(pbx: Alone) -> None:
    told = (await told_of_a_call(pbx)).decode()

    assert "Event: Newchannel" in told
    assert [word for word in TELLING if word in told] == []
