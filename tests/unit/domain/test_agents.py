"""How long a caller may wait for an agent."""

from datetime import timedelta

import pytest

from callcenter.domain.agents import AgentOutcome, AgentVisit, estimated_wait


@pytest.mark.parametrize(
    ("place", "agents", "talk_s", "minutes"),
    [
        pytest.param(1, 1, 120, 2, id="first"),
        pytest.param(3, 1, 120, 6, id="third"),
        pytest.param(3, 3, 120, 2, id="three-agents"),
        pytest.param(1, 4, 60, 1, id="never-less-than-a-minute"),
        pytest.param(1, 1, 61, 2, id="whole-minutes"),
        pytest.param(2, 1, 0, 6, id="nobody-has-talked-yet"),
        pytest.param(1, 0, 60, 1, id="nobody-there"),
    ],
)
def test_the_wait_follows_from_the_place_the_agents_and_how_long_they_talk(
    place: int, agents: int, talk_s: int, minutes: int
) -> None:
    wait = estimated_wait(place=place, agents=agents, talk=timedelta(seconds=talk_s))

    assert wait == timedelta(minutes=minutes)


def test_a_visit_is_told_with_its_agent_if_there_was_one() -> None:
    visit = AgentVisit(outcome=AgentOutcome.ANSWERED, waited_s=3, agent="agent1", talked_s=9)

    assert str(visit) == "agent-answered waited=3s agent=agent1 talked=9s"
    assert str(AgentVisit(outcome=AgentOutcome.BUSY, waited_s=600)) == "agent-busy waited=600s"
