"""The practice broker's own books, in a schema that nothing of ours reads."""

from collections.abc import Sequence
from typing import Final

from alembic import op

revision: str = "0002"
down_revision: str | None = "0001"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_MARKET: Final = """
CREATE SCHEMA paper;
COMMENT ON SCHEMA paper IS
    'A separate system that shares the server: the broker to practise with.';

CREATE TABLE paper.securities (
    id text PRIMARY KEY,
    market text NOT NULL CHECK (market IN ('SH', 'SZ', 'BJ')),
    code text NOT NULL CHECK (code ~ '^[0-9]{6}$'),
    name text NOT NULL,
    name_en text NOT NULL,
    board text NOT NULL CHECK
        (board IN ('sh-main', 'star', 'sz-main', 'chinext', 'bse', 'fund', 'index')),
    suspended boolean NOT NULL DEFAULT false,
    last numeric NOT NULL CHECK (last > 0),
    previous_close numeric NOT NULL CHECK (previous_close > 0),
    high numeric NOT NULL,
    low numeric NOT NULL,
    bid numeric NOT NULL,
    ask numeric NOT NULL,
    volume bigint NOT NULL CHECK (volume >= 0),
    UNIQUE (code, market),
    CONSTRAINT securities_id_check CHECK (id = market || code)
);
COMMENT ON TABLE paper.securities IS 'What is listed, each with its one quote.';
"""

_ACCOUNTS: Final = """
CREATE TABLE paper.customers (
    account text PRIMARY KEY,
    name text NOT NULL,
    branch text NOT NULL,
    status text NOT NULL DEFAULT 'normal' CHECK (status IN ('normal', 'frozen')),
    permissions text[] NOT NULL DEFAULT '{}' CHECK
        (permissions <@ ARRAY['star', 'chinext', 'bse']),
    bound_numbers text[] NOT NULL DEFAULT '{}',
    trade_password text NOT NULL,
    fund_password text NOT NULL,
    bank_password text NOT NULL
);
COMMENT ON COLUMN paper.customers.bound_numbers IS
    'As they are dialled inside China. If there are any, orders come from these only.';

CREATE TABLE paper.shareholders (
    code text PRIMARY KEY,
    account text NOT NULL REFERENCES paper.customers,
    market text NOT NULL CHECK (market IN ('SH', 'SZ', 'BJ')),
    keyed text NOT NULL GENERATED ALWAYS AS (regexp_replace(code, '[^0-9]', '', 'g')) STORED UNIQUE
);
COMMENT ON COLUMN paper.shareholders.keyed IS 'The code without its letter, as a caller keys it.';

CREATE TABLE paper.money (
    account text PRIMARY KEY REFERENCES paper.customers,
    usable numeric NOT NULL CHECK (usable >= 0),
    frozen numeric NOT NULL DEFAULT 0 CHECK (frozen >= 0)
);

CREATE TABLE paper.shares (
    account text NOT NULL REFERENCES paper.customers,
    security text NOT NULL REFERENCES paper.securities,
    total bigint NOT NULL,
    sellable bigint NOT NULL CHECK (sellable >= 0),
    frozen bigint NOT NULL DEFAULT 0 CHECK (frozen >= 0),
    PRIMARY KEY (account, security),
    CONSTRAINT shares_total_check CHECK (sellable + frozen <= total)
);
COMMENT ON COLUMN paper.shares.total IS 'With those bought today, which are not sellable yet.';
"""

_ORDERS: Final = """
CREATE TABLE paper.orders (
    client_id text PRIMARY KEY,
    contract bigint NOT NULL GENERATED ALWAYS AS IDENTITY UNIQUE,
    state text NOT NULL CHECK (state IN ('arrived', 'accepted', 'rejected', 'withdrawn')),
    reason integer,
    arrived_at timestamptz NOT NULL,
    account text,
    security text,
    side text CHECK (side IN ('buy', 'sell')),
    price numeric,
    quantity numeric,
    filled bigint NOT NULL DEFAULT 0,
    frozen_money numeric NOT NULL DEFAULT 0,
    frozen_shares bigint NOT NULL DEFAULT 0,
    station text CHECK (length(station) <= 12),
    branch text,
    call_id text,
    facts jsonb,
    CONSTRAINT orders_reason_check CHECK ((reason IS NOT NULL) = (state = 'rejected')),
    CONSTRAINT orders_withdrawn_check CHECK ((account IS NULL) = (state = 'withdrawn'))
);
COMMENT ON TABLE paper.orders IS
    'As they came, so account and security may be unknown. A withdrawn one never came.';
CREATE INDEX orders_account_idx ON paper.orders (account);
"""

_FAULTS: Final = """
CREATE TABLE paper.faults (
    account text PRIMARY KEY DEFAULT '*',
    before_s double precision NOT NULL DEFAULT 0 CHECK (before_s >= 0),
    after_s double precision NOT NULL DEFAULT 0 CHECK (after_s >= 0),
    silent boolean NOT NULL DEFAULT false,
    rejects integer
);
COMMENT ON TABLE paper.faults IS
    'What goes wrong with the orders of an account, or of all (*). Read at every order.';
"""


def upgrade() -> None:
    for script in (_MARKET, _ACCOUNTS, _ORDERS, _FAULTS):
        _run(script)


def downgrade() -> None:
    op.execute("DROP SCHEMA paper CASCADE")


def _run(script: str) -> None:
    # asyncpg takes one statement at a time.
    for statement in script.split(";\n"):
        if statement.strip():
            op.execute(statement)
