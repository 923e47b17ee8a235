"""What the demo's customers may apply for: two issues, rights of one account, two funds."""

from datetime import date
from decimal import Decimal
from typing import Final

from callcenter.gateways.paper.database import Connection

_ISSUES: Final = (
    ("SH", "730001", "华夏新材", "Huaxia New Materials", "sh-main", Decimal("10.05"), 9_500),
    ("SZ", "301999", "深海智能", "Shenhai Intelligence", "chinext", Decimal("32.60"), 8_000),
)
_FUNDS: Final = (
    ("110011", "优质精选混合", "Quality Selection Mixed", Decimal("1.2345"), date(2026, 11, 20)),
    ("000009", "天天现金货币", "Daily Cash Money", Decimal("1.0000"), date(2026, 11, 20)),
)
_RIGHTS: Final = ("10000001", "SZ", "080001", "平安A1配", "Ping An Rights", Decimal("8.00"), 89)
_HELD: Final = ("10000001", "110011", Decimal("1000.00"))
_VALUE: Final = Decimal("100000.00")


async def seed_applications(c: Connection) -> None:
    """Sow what is missing; what is there stays as it is."""
    await c.executemany(
        "INSERT INTO paper.issues (market, code, name, name_en, board, price, most)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING",
        _ISSUES,
    )
    await c.executemany(
        "INSERT INTO paper.open_funds VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING", _FUNDS
    )
    await c.execute(
        "INSERT INTO paper.rights (account, market, code, name, name_en, price, entitled)"
        " SELECT $1, $2, $3, $4, $5, $6, $7"
        " WHERE EXISTS (SELECT FROM paper.customers WHERE account = $1) ON CONFLICT DO NOTHING",
        *_RIGHTS,
    )
    await c.execute(
        "INSERT INTO paper.fund_shares (account, code, shares) SELECT $1, $2, $3"
        " WHERE EXISTS (SELECT FROM paper.customers WHERE account = $1) ON CONFLICT DO NOTHING",
        *_HELD,
    )
    await c.execute(
        "INSERT INTO paper.quotas (account, market, value) SELECT account, market, $1"
        " FROM paper.customers CROSS JOIN (VALUES ('SH'), ('SZ')) AS m (market)"
        " ON CONFLICT DO NOTHING",
        _VALUE,
    )
