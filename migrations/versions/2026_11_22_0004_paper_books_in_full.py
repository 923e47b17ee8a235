"""The paper counter's whole books: fills, events, days, and the functions that change them."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from alembic import op

revision: str = "0004"
down_revision: str | None = "0003"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_FUNCTIONS: Final = Path(__file__).with_name("paper_functions_0004")

_ORDERS: Final = """
ALTER TABLE paper.money ADD COLUMN unsettled numeric NOT NULL DEFAULT 0 CHECK (unsettled >= 0);
COMMENT ON COLUMN paper.money.unsettled IS
    'Proceeds of sales since the last settlement: usable, not withdrawable.';
ALTER TABLE paper.securities ADD COLUMN t0 boolean NOT NULL DEFAULT false;
COMMENT ON COLUMN paper.securities.t0 IS 'May be sold on the day it was bought.';

ALTER TABLE paper.orders
    ADD COLUMN trade_date date,
    ADD COLUMN kind text NOT NULL DEFAULT 'limit' CHECK (kind IN
        ('limit', 'other-side-best', 'own-side-best', 'five-best-then-limit',
         'five-best-then-cancel', 'fill-and-kill', 'fill-or-kill', 'after-hours')),
    ADD COLUMN works_at numeric,
    ADD COLUMN turnover numeric NOT NULL DEFAULT 0,
    ADD COLUMN fees numeric NOT NULL DEFAULT 0,
    ADD COLUMN cancelled bigint,
    ADD COLUMN expired boolean NOT NULL DEFAULT false,
    ADD COLUMN cancel_due timestamptz;
COMMENT ON COLUMN paper.orders.works_at IS
    'The limit that an order without one has taken on; null until the market was seen.';
COMMENT ON COLUMN paper.orders.turnover IS 'Price times quantity of its fills, not rounded.';
COMMENT ON COLUMN paper.orders.cancelled IS
    'Shares that will never be filled; null while the rest may be.';
COMMENT ON COLUMN paper.orders.expired IS
    'Those were cancelled by nobody: the day was over.';
COMMENT ON COLUMN paper.orders.cancel_due IS 'When a cancel that is on its way arrives.';
UPDATE paper.orders SET works_at = price,
    trade_date = (arrived_at AT TIME ZONE 'Asia/Shanghai')::date WHERE account IS NOT NULL;
ALTER TABLE paper.orders
    ADD CONSTRAINT orders_filled_check CHECK (filled >= 0 AND filled <= quantity),
    ADD CONSTRAINT orders_frozen_check CHECK (frozen_money >= 0 AND frozen_shares >= 0),
    ADD CONSTRAINT orders_done_check CHECK (cancelled IS NULL OR
        (filled + cancelled = quantity AND frozen_money = 0 AND frozen_shares = 0)),
    ADD CONSTRAINT orders_expired_check CHECK (NOT expired OR COALESCE(cancelled, 0) > 0),
    ADD CONSTRAINT orders_standing_check CHECK (state = 'accepted' OR
        (filled = 0 AND frozen_money = 0 AND frozen_shares = 0 AND cancelled IS NULL));
CREATE INDEX orders_open_idx ON paper.orders (security, contract)
    WHERE state = 'accepted' AND cancelled IS NULL;
CREATE INDEX orders_cancel_due_idx ON paper.orders (cancel_due)
    WHERE cancel_due IS NOT NULL AND cancelled IS NULL;
CREATE INDEX orders_trade_date_idx ON paper.orders USING brin (trade_date);
"""

_LISTING: Final = """
ALTER TABLE paper.securities
    ADD COLUMN suspended_by_broker boolean NOT NULL DEFAULT false,
    ADD COLUMN st boolean NOT NULL DEFAULT false,
    ADD COLUMN listed_on date,
    ADD COLUMN delisting_from date,
    ADD COLUMN kind text NOT NULL DEFAULT 'ordinary' CHECK
        (kind IN ('ordinary', 'wide-fund', 'reit')),
    ADD COLUMN initials text[] NOT NULL DEFAULT '{}';
COMMENT ON COLUMN paper.securities.initials IS
    'How its name may be keyed: pinyin initials, letters and digits, the likeliest first.';
ALTER TABLE paper.customers
    DROP CONSTRAINT customers_permissions_check,
    ADD CONSTRAINT customers_permissions_check CHECK (permissions <@ ARRAY['star', 'chinext', 'bse',
        'st', 'delisting', 'convertible', 'market-order', 'stock-connect', 'reit']);
ALTER TABLE paper.securities
    DROP CONSTRAINT securities_board_check,
    ADD CONSTRAINT securities_board_check CHECK (board IN
        ('sh-main', 'star', 'sz-main', 'chinext', 'bse', 'fund', 'index', 'sh-b', 'sz-b',
         'convertible', 'repo', 'rights', 'new-issue'));
"""

_JOURNAL: Final = """
CREATE SEQUENCE paper.fill_numbers;
CREATE TABLE paper.fills (
    trade_date date NOT NULL,
    market text NOT NULL,
    number bigint NOT NULL DEFAULT nextval('paper.fill_numbers'),
    client_id text NOT NULL REFERENCES paper.orders,
    account text NOT NULL,
    security text NOT NULL,
    side text NOT NULL,
    t0 boolean NOT NULL,
    quantity bigint NOT NULL CHECK (quantity > 0),
    price numeric NOT NULL CHECK (price > 0),
    amount numeric NOT NULL CHECK (amount = round(amount, 2)),
    fee numeric NOT NULL CHECK (fee >= 0 AND fee = round(fee, 2)),
    net numeric NOT NULL GENERATED ALWAYS AS
        (CASE side WHEN 'buy' THEN -amount - fee ELSE amount - fee END) STORED,
    at timestamptz NOT NULL,
    settles date NOT NULL,
    PRIMARY KEY (trade_date, market, number)
);
COMMENT ON COLUMN paper.fills.settles IS
    'The day whose settlement makes what was bought sellable and the proceeds withdrawable.';
CREATE INDEX fills_order_idx ON paper.fills (client_id);
CREATE INDEX fills_settles_idx ON paper.fills USING brin (settles);

CREATE TABLE paper.entries (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    account text NOT NULL REFERENCES paper.customers,
    at timestamptz NOT NULL DEFAULT now(),
    what text NOT NULL,
    reference text,
    amount numeric NOT NULL DEFAULT 0,
    security text,
    shares bigint NOT NULL DEFAULT 0,
    held_back bigint NOT NULL DEFAULT 0
);
COMMENT ON TABLE paper.entries IS
    'What moved money and shares besides fills: openings and transfers.';
COMMENT ON COLUMN paper.entries.held_back IS 'Shares that the next settlement makes sellable.';

CREATE TABLE paper.days (
    day date PRIMARY KEY,
    settled_at timestamptz NOT NULL,
    expired bigint NOT NULL
);
COMMENT ON TABLE paper.days IS 'The trade dates that were settled.';

CREATE TABLE paper.ex_days (
    security text NOT NULL REFERENCES paper.securities,
    day date NOT NULL,
    cash numeric NOT NULL DEFAULT 0,
    bonus numeric NOT NULL DEFAULT 0,
    rights numeric NOT NULL DEFAULT 0,
    rights_price numeric NOT NULL DEFAULT 0,
    PRIMARY KEY (security, day)
);
COMMENT ON TABLE paper.ex_days IS
    'Per share: cash, free shares, and shares offered at a price. The day begins at their base.';
"""

_EVENTS: Final = """
CREATE SEQUENCE paper.event_positions;
CREATE TABLE paper.events (
    id bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
    position bigint,
    kept_at timestamptz NOT NULL DEFAULT now(),
    trade_date date NOT NULL,
    at timestamptz NOT NULL,
    account text NOT NULL,
    client_id text NOT NULL,
    market text,
    number bigint,
    accepted boolean,
    reason integer,
    filled bigint,
    cancelled bigint,
    expired boolean NOT NULL DEFAULT false
);
COMMENT ON TABLE paper.events IS 'How an order stood when it changed, or one of its fills.';
COMMENT ON COLUMN paper.events.position IS
    'Given once the row is kept, so that a position that was read has none before it to come.';
CREATE UNIQUE INDEX events_position_idx ON paper.events (position);
CREATE INDEX events_new_idx ON paper.events (id) WHERE position IS NULL;
CREATE INDEX events_trade_date_idx ON paper.events USING brin (trade_date);

CREATE TABLE paper.clock (
    one boolean PRIMARY KEY DEFAULT true CHECK (one),
    mode text NOT NULL CHECK (mode IN ('always-open', 'calendar', 'set')),
    stands_at timestamptz,
    CONSTRAINT clock_set_check CHECK ((mode = 'set') = (stands_at IS NOT NULL))
);
COMMENT ON TABLE paper.clock IS 'Its one row, if any, overrides the mode that was configured.';

ALTER TABLE paper.faults
    ADD COLUMN cancel_s double precision NOT NULL DEFAULT 0 CHECK (cancel_s >= 0),
    ADD COLUMN cancel_silent boolean NOT NULL DEFAULT false,
    ADD COLUMN cancel_rejects integer,
    ADD COLUMN events_s double precision NOT NULL DEFAULT 0 CHECK (events_s >= 0),
    ADD COLUMN events_twice boolean NOT NULL DEFAULT false,
    ADD COLUMN fills_first boolean NOT NULL DEFAULT false;
"""

_OPENINGS: Final = """
CREATE TRIGGER money_opening AFTER INSERT ON paper.money
    FOR EACH ROW EXECUTE FUNCTION paper.record_money_opening();
CREATE TRIGGER shares_opening AFTER INSERT ON paper.shares
    FOR EACH ROW WHEN (NEW.total > 0) EXECUTE FUNCTION paper.record_shares_opening();
INSERT INTO paper.entries (account, what, amount)
    SELECT account, 'opening', usable + frozen FROM paper.money;
INSERT INTO paper.entries (account, what, security, shares, held_back)
    SELECT account, 'opening', security, total, total - sellable - frozen FROM paper.shares;
"""

# In the order of their use of each other.
_NAMES: Final = ("fees", "openings", "events", "book", "end_orders", "fill", "cancel", "settle")


def upgrade() -> None:
    for script in (_ORDERS, _LISTING, _JOURNAL, _EVENTS):
        _run(script, ";\n")
    for name in _NAMES:
        _run((_FUNCTIONS / f"{name}.sql").read_text(encoding="utf-8"), "\n$$;\n")
    _run(_OPENINGS, ";\n")


def downgrade() -> None:
    for function in ("settle", "cancel", "fill", "end_orders", "book", "number_events"):
        op.execute(f"DROP FUNCTION paper.{function}")
    for table in ("clock", "events", "ex_days", "days", "entries", "fills"):
        op.execute(f"DROP TABLE paper.{table}")
    for trigger, table in (("money_opening", "money"), ("shares_opening", "shares")):
        op.execute(f"DROP TRIGGER {trigger} ON paper.{table}")
    for function in ("record_money_opening", "record_shares_opening", "business_day"):
        op.execute(f"DROP FUNCTION paper.{function}")
    for function in ("needed", "fees"):
        op.execute(f"DROP FUNCTION paper.{function}")
    for sequence in ("event_positions", "fill_numbers"):
        op.execute(f"DROP SEQUENCE paper.{sequence}")
    for table, columns in _ADDED.items():
        drops = ", ".join(f"DROP COLUMN {column}" for column in columns)
        op.execute(f"ALTER TABLE paper.{table} {drops}")


_ADDED: Final = {
    "money": ("unsettled",),
    "securities": (
        "t0",
        "suspended_by_broker",
        "st",
        "listed_on",
        "delisting_from",
        "kind",
        "initials",
    ),
    "orders": (
        "trade_date",
        "kind",
        "works_at",
        "turnover",
        "fees",
        "cancelled",
        "expired",
        "cancel_due",
    ),
    "faults": (
        "cancel_s",
        "cancel_silent",
        "cancel_rejects",
        "events_s",
        "events_twice",
        "fills_first",
    ),
}


def _run(script: str, end: str) -> None:
    # asyncpg takes one statement at a time; a function ends with its second $$.
    for statement in script.split(end):
        if statement.strip():
            op.execute(statement + (end if "$$" in statement else ""))
