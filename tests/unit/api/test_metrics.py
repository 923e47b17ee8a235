"""What Prometheus reads."""

from collections.abc import Mapping

from callcenter.api.metrics import Metrics
from callcenter.domain.errors import StoreUnavailable
from callcenter.domain.orders import OrderState
from tests.unit.api.scrape import no_orders, serving


class Orders:
    """The orders of today; `gone` while the database is away."""

    def __init__(self, **by_state: int) -> None:
        self.by_state = {OrderState[name]: count for name, count in by_state.items()}
        self.gone = False

    async def count(self) -> Mapping[OrderState, int]:
        if self.gone:
            raise StoreUnavailable("switched off by the test")
        return self.by_state


async def scrape(metrics: Metrics) -> list[str]:
    async with serving(metrics.handle) as client:
        answer = await client.get("/")
        assert answer.status == 200
        assert answer.headers["Content-Type"].startswith("text/plain; version=")
        return (await answer.text()).splitlines()


async def test_calls_are_counted_by_how_they_ended() -> None:
    metrics = Metrics(no_orders)

    for _ in range(3):
        metrics.call_began()
    metrics.call_ended("hung-up")
    metrics.call_ended("hung-up")

    page = await scrape(metrics)
    assert "callcenter_calls_in_progress 1.0" in page
    assert 'callcenter_calls_ended_total{how="hung-up"} 2.0' in page


async def test_prompts_are_counted_and_those_after_a_key_are_timed() -> None:
    metrics = Metrics(no_orders)

    metrics.prompt_began(None)
    metrics.prompt_began(0.03)

    page = await scrape(metrics)
    assert "callcenter_turns_total 2.0" in page
    assert "callcenter_key_to_prompt_seconds_count 1.0" in page
    assert 'callcenter_key_to_prompt_seconds_bucket{le="0.02"} 0.0' in page
    assert 'callcenter_key_to_prompt_seconds_bucket{le="0.04"} 1.0' in page


async def test_requests_for_quotes_are_counted_by_source_and_how_they_ended() -> None:
    metrics = Metrics(no_orders)

    metrics.asked("sina", "answered")
    metrics.asked("sina", "failed")
    metrics.limits_differed()

    page = await scrape(metrics)
    assert 'callcenter_quote_requests_total{how="answered",source="sina"} 1.0' in page
    assert 'callcenter_quote_requests_total{how="failed",source="sina"} 1.0' in page
    assert "callcenter_quote_limits_differ_total 1.0" in page


async def test_orders_are_those_of_the_moment() -> None:
    orders = Orders(PENDING=2)
    metrics = Metrics(orders.count)
    await scrape(metrics)
    orders.by_state = {OrderState.UNKNOWN: 1}

    page = [line for line in await scrape(metrics) if line.startswith("callcenter_orders{")]

    assert page == [f'callcenter_orders{{state="{OrderState.UNKNOWN}"}} 1.0']


async def test_without_the_database_the_page_leaves_only_the_orders_out() -> None:
    orders = Orders(PENDING=2)
    metrics = Metrics(orders.count)
    metrics.call_began()
    await scrape(metrics)
    orders.gone = True

    page = await scrape(metrics)

    assert "callcenter_calls_in_progress 1.0" in page
    assert not [line for line in page if line.startswith("callcenter_orders{")]
