"""The proof that the books are right: what was there and what moved is what is there now."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from callcenter.gateways.paper.database import Connection

_LAST_DAY: Final = "(SELECT COALESCE(max(day), '-infinity') FROM paper.days)"

# Each finds what is not as it must be: account, security or order, what is kept, what it should be.
_CHECKS: Final = {
    "cash": """
        SELECT m.account AS of, m.usable + m.frozen AS kept,
            COALESCE(e.moved, 0) + COALESCE(f.net, 0) AS due
        FROM paper.money m
        LEFT JOIN (SELECT account, sum(amount) AS moved FROM paper.entries GROUP BY account) e
            USING (account)
        LEFT JOIN (SELECT account, sum(net) AS net FROM paper.fills GROUP BY account) f
            USING (account)
    """,
    "frozen money": """
        SELECT m.account AS of, m.frozen AS kept, COALESCE(o.frozen, 0) AS due FROM paper.money m
        LEFT JOIN (SELECT account, sum(frozen_money) AS frozen FROM paper.orders
                   WHERE frozen_money > 0 GROUP BY account) o USING (account)
    """,
    "unsettled money": f"""
        SELECT m.account AS of, m.unsettled AS kept, COALESCE(f.proceeds, 0) AS due
        FROM paper.money m
        LEFT JOIN (SELECT account, sum(net) AS proceeds FROM paper.fills
                   WHERE side = 'sell' AND settles > {_LAST_DAY} GROUP BY account) f
            USING (account)
    """,  # noqa: S608  (a constant of ours)
    "shares": """
        SELECT h.account || ' ' || h.security AS of, h.total AS kept,
            COALESCE(e.shares, 0) + COALESCE(f.shares, 0) AS due
        FROM paper.shares h
        LEFT JOIN (SELECT account, security, sum(shares) AS shares FROM paper.entries
                   GROUP BY account, security) e USING (account, security)
        LEFT JOIN (SELECT account, security,
                       sum(CASE side WHEN 'buy' THEN quantity ELSE -quantity END) AS shares
                   FROM paper.fills GROUP BY account, security) f USING (account, security)
    """,
    "frozen shares": """
        SELECT h.account || ' ' || h.security AS of, h.frozen AS kept, COALESCE(o.frozen, 0) AS due
        FROM paper.shares h
        LEFT JOIN (SELECT account, security, sum(frozen_shares) AS frozen FROM paper.orders
                   WHERE frozen_shares > 0 GROUP BY account, security) o USING (account, security)
    """,
    "sellable shares": f"""
        SELECT h.account || ' ' || h.security AS of, h.sellable AS kept,
            h.total - h.frozen - COALESCE(e.held_back, 0) - COALESCE(f.bought, 0) AS due
        FROM paper.shares h
        LEFT JOIN (SELECT account, security, sum(held_back) AS held_back FROM paper.entries
                   WHERE held_back > 0 GROUP BY account, security) e USING (account, security)
        LEFT JOIN (SELECT account, security, sum(quantity) AS bought FROM paper.fills
                   WHERE side = 'buy' AND NOT t0 AND settles > {_LAST_DAY}
                   GROUP BY account, security) f USING (account, security)
    """,  # noqa: S608
    "filled shares": """
        SELECT o.client_id AS of, o.filled AS kept, COALESCE(f.quantity, 0) AS due
        FROM paper.orders o
        LEFT JOIN (SELECT client_id, sum(quantity) AS quantity FROM paper.fills
                   GROUP BY client_id) f USING (client_id)
    """,
    "fees": """
        SELECT o.client_id AS of, f.fee AS kept,
            paper.fees(o.side, s.board = 'fund', f.turnover) AS due
        FROM (SELECT client_id, sum(fee) AS fee, sum(price * quantity) AS turnover
              FROM paper.fills GROUP BY client_id) f
        JOIN paper.orders o USING (client_id) JOIN paper.securities s ON s.id = o.security
    """,
    "frozen by order": """
        SELECT o.client_id AS of, o.frozen_money AS kept,
            paper.needed(s.board = 'fund', o.turnover + (o.quantity - o.filled) * o.price)
            - paper.needed(s.board = 'fund', o.turnover) AS due
        FROM paper.orders o JOIN paper.securities s ON s.id = o.security
        WHERE o.state = 'accepted' AND o.cancelled IS NULL AND o.side = 'buy'
    """,
    "fills of nobody's shares": """
        SELECT f.account || ' ' || f.security AS of, 0 AS kept, f.quantity AS due
        FROM paper.fills f LEFT JOIN paper.shares h USING (account, security)
        WHERE h.account IS NULL
    """,
}
_LIMIT: Final = 20  # of what is told of one check


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Something that is not what it must be: what, of which account or order, and by how much."""

    what: str
    of: str
    kept: Decimal
    due: Decimal


async def audit(c: Connection) -> list[Finding]:
    """Prove the books to the fen and the share; return what is wrong, the first of each kind."""
    found: list[Finding] = []
    async with c.transaction(isolation="repeatable_read", readonly=True):
        for what, check in _CHECKS.items():
            rows = await c.fetch(
                f"SELECT * FROM ({check}) c WHERE kept <> due ORDER BY of LIMIT {_LIMIT}"  # noqa: S608
            )
            found += [
                Finding(what=what, of=r["of"], kept=Decimal(r["kept"]), due=Decimal(r["due"]))
                for r in rows
            ]
    return found
