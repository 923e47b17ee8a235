"""What is known of an order in full: fills, cancels, reservations, and what does not agree."""

from collections.abc import Sequence
from typing import Final

from alembic import op

revision: str = "0003"
down_revision: str | None = "0002"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_OLD_STATES: Final = "'pending', 'accepted', 'rejected', 'unknown', 'withdrawn'"
_STATES: Final = (
    "'reserved', 'pending', 'unknown', 'accepted', 'cancelling', 'partially-filled', 'filled',"
    " 'cancelled', 'partially-cancelled', 'fills-outstanding', 'expired', 'rejected', 'withdrawn'"
)

_ORDERS: Final = f"""
ALTER TABLE orders
    ADD COLUMN kind text NOT NULL DEFAULT 'limit',
    ADD COLUMN told_filled bigint NOT NULL DEFAULT 0,
    ADD COLUMN cancelled bigint NOT NULL DEFAULT 0,
    ADD COLUMN expired boolean NOT NULL DEFAULT false,
    ADD COLUMN cancel_asked integer NOT NULL DEFAULT 0,
    ADD COLUMN cancel_refused integer NOT NULL DEFAULT 0,
    ADD COLUMN counter_number text,
    ADD COLUMN reserved_for date,
    ADD COLUMN rules text NOT NULL DEFAULT '',
    ADD COLUMN revision integer NOT NULL DEFAULT 0,
    DROP CONSTRAINT orders_state_check,
    ADD CONSTRAINT orders_state_check CHECK (state IN ({_STATES})),
    ADD CONSTRAINT orders_kind_check CHECK (kind IN ('limit', 'other-side-best', 'own-side-best',
        'five-best-then-limit', 'five-best-then-cancel', 'fill-and-kill', 'fill-or-kill',
        'after-hours')),
    ADD CONSTRAINT orders_counted_check CHECK
        (cancelled >= 0 AND greatest(filled, told_filled) + cancelled <= quantity);
CREATE INDEX orders_client_id_idx ON orders (client_id);
CREATE INDEX orders_reserved_idx ON orders (reserved_for) WHERE state = 'reserved';

ALTER TABLE order_events
    ADD COLUMN heard jsonb NOT NULL DEFAULT '{{}}',
    DROP CONSTRAINT order_events_to_state_check,
    ADD CONSTRAINT order_events_to_state_check CHECK (to_state IN ({_STATES}));
"""

_FILLS: Final = """
CREATE TABLE fills (
    trade_date date NOT NULL,
    market text NOT NULL CHECK (market IN ('SH', 'SZ', 'BJ')),
    number text NOT NULL,
    client_id text NOT NULL,
    order_number text NOT NULL,
    quantity bigint NOT NULL CHECK (quantity > 0),
    price numeric NOT NULL CHECK (price > 0),
    at timestamptz NOT NULL,
    PRIMARY KEY (trade_date, market, number)
);
COMMENT ON TABLE fills IS 'Each once. Counters number fills anew each day, in each market.';
CREATE INDEX fills_order_number_idx ON fills (order_number);

CREATE TABLE stream_positions (
    gateway text PRIMARY KEY,
    position text NOT NULL,
    at timestamptz NOT NULL
);
COMMENT ON TABLE stream_positions IS 'How far the events of each counter have been written down.';
"""

_DIFFERENCES: Final = """
CREATE TABLE differences (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    key text NOT NULL UNIQUE,
    seen_at timestamptz NOT NULL,
    what text NOT NULL,
    client_id text,
    order_number text,
    resolved_at timestamptz,
    resolved_by text,
    resolved_why text,
    CONSTRAINT differences_resolved_all_check CHECK ((resolved_at IS NULL) = (resolved_by IS NULL)
        AND (resolved_at IS NULL) = (resolved_why IS NULL))
);
COMMENT ON TABLE differences IS 'Where the counter and we do not agree. A person resolves them.';
CREATE INDEX differences_open_idx ON differences (id) WHERE resolved_at IS NULL;
"""

_BACK: Final = f"""
DROP TABLE differences, stream_positions, fills;
ALTER TABLE order_events
    DROP COLUMN heard,
    DROP CONSTRAINT order_events_to_state_check,
    ADD CONSTRAINT order_events_to_state_check CHECK (to_state IN ({_OLD_STATES}));
DROP INDEX orders_client_id_idx;
ALTER TABLE orders
    DROP COLUMN kind,
    DROP COLUMN told_filled,
    DROP COLUMN cancelled,
    DROP COLUMN expired,
    DROP COLUMN cancel_asked,
    DROP COLUMN cancel_refused,
    DROP COLUMN counter_number,
    DROP COLUMN reserved_for,
    DROP COLUMN rules,
    DROP COLUMN revision,
    DROP CONSTRAINT orders_state_check,
    ADD CONSTRAINT orders_state_check CHECK (state IN ({_OLD_STATES}));
"""


def upgrade() -> None:
    for script in (_ORDERS, _FILLS, _DIFFERENCES):
        _run(script)


def downgrade() -> None:
    _run(_BACK)


def _run(script: str) -> None:
    # asyncpg takes one statement at a time.
    for statement in script.split(";\n"):
        if statement.strip():
            op.execute(statement)
