"""Which script a session is handed to."""

from structlog.testing import capture_logs

from callcenter.telephony.agi_session import AgiSession
from callcenter.telephony.scripts import Scripts
from tests.fakes.agi import FakeChannel, session_on


async def test_a_session_is_led_by_the_script_that_it_asks_for() -> None:
    led: list[str] = []

    async def hotline(session: AgiSession) -> None:
        led.append(session.request.script)

    await Scripts({"hotline": hotline}).lead(session_on(FakeChannel()))

    assert led == ["hotline"]


async def test_a_script_that_is_unknown_is_told_and_costs_nothing() -> None:
    line = FakeChannel("1")

    with capture_logs() as logs:
        await Scripts({}).lead(session_on(line, network_script="fax"))

    assert [(entry["event"], entry["script"]) for entry in logs] == [("agi.unknown_script", "fax")]
    assert line.commands == []
