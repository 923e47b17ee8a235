"""The thresholds of a run, applied to what came of it."""

from collections.abc import Iterator

from callcenter.load.model import LoadResult, Orders, Verdict


def verdicts(result: LoadResult) -> tuple[Verdict, ...]:
    """Return a verdict for each bar of the plan, in the order of their weight."""
    return tuple(_verdicts(result))


def _verdicts(result: LoadResult) -> Iterator[Verdict]:
    bars, wire = result.plan.bars, result.wire
    if bars.failed_calls is not None:
        yield Verdict(
            name="failed calls",
            bar=f"at most {bars.failed_calls}",
            measured=f"{result.failed} of {result.attempted}",
            met=result.attempted > 0 and result.failed <= bars.failed_calls,
        )
    if bars.orders_agree:
        yield _of_orders(result.orders)
    if bars.key_to_prompt_p99_s is not None:
        measured = wire.key_to_prompt.p99 if wire and wire.key_to_prompt else None
        yield _of_delay("key to prompt, p99", bars.key_to_prompt_p99_s, measured)
    if bars.post_dial_p99_s is not None:
        measured = result.post_dial.p99 if result.post_dial else None
        yield _of_delay("post-dial delay, p99", bars.post_dial_p99_s, measured)
    if bars.rtp_lost_share is not None:
        yield _of_loss(bars.rtp_lost_share, wire.lost_share if wire else None)


def _of_orders(orders: Orders) -> Verdict:
    told = [f"placed {orders.placed}", f"found {_or_unknown(orders.found)}"]
    told.append(f"heard {_or_unknown(orders.heard)}")
    told += [f"hung up before hearing {orders.left}"] if orders.left else []
    told += [f"twice {orders.found_twice}"] if orders.found_twice else []
    told += [f"wrong {orders.wrong}"] if orders.wrong else []
    return Verdict(
        name="orders placed = found = heard",
        bar="all the same",
        measured=", ".join(told),
        met=orders.agree,
    )


def _of_delay(name: str, bar_s: float, measured_s: float | None) -> Verdict:
    return Verdict(
        name=name,
        bar=f"at most {_ms(bar_s)}",
        measured=_or_unknown(None if measured_s is None else _ms(measured_s)),
        met=None if measured_s is None else measured_s <= bar_s,
    )


def _of_loss(bar: float, measured: float | None) -> Verdict:
    return Verdict(
        name="RTP packets lost",
        bar=f"at most {bar:.2%}",
        measured=_or_unknown(None if measured is None else f"{measured:.3%}"),
        met=None if measured is None else measured <= bar,
    )


def _ms(seconds: float) -> str:
    return f"{seconds * 1000:.0f} ms"


def _or_unknown(value: object) -> str:
    return "not measured" if value is None else str(value)
