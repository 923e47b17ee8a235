"""The first tables: calls, logins, orders, the audit trail and the outbox."""

from collections.abc import Sequence
from typing import Final

from alembic import op

revision: str = "0001"
down_revision: str | None = None
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_CUSTOMERS: Final = """
CREATE TABLE customers (
    account text PRIMARY KEY,
    branch text,
    first_seen_at timestamptz NOT NULL,
    last_seen_at timestamptz NOT NULL
);
COMMENT ON TABLE customers IS
    'Who has logged in here. The counter knows the rest, and the passwords.';
"""

_CALLS: Final = """
CREATE TABLE calls (
    id text PRIMARY KEY,
    caller text NOT NULL,
    did text NOT NULL,
    branch text,
    account text,
    recording text,
    answered_at timestamptz NOT NULL,
    ended_at timestamptz,
    ended_how text CHECK
        (ended_how IN ('hung-up', 'goodbye', 'locked-out', 'failed', 'lost')),
    place jsonb NOT NULL DEFAULT '{}',
    CONSTRAINT calls_ended_both_check CHECK ((ended_at IS NULL) = (ended_how IS NULL))
);
CREATE INDEX calls_answered_at_idx ON calls (answered_at);
CREATE INDEX calls_open_idx ON calls (answered_at) WHERE ended_at IS NULL;
CREATE INDEX calls_caller_answered_at_idx ON calls (caller, answered_at);
CREATE INDEX calls_account_answered_at_idx ON calls (account, answered_at);

CREATE TABLE turns (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    call_id text NOT NULL,
    at timestamptz NOT NULL,
    prompts text[] NOT NULL,
    words text NOT NULL,
    keys text NOT NULL,
    outcome text NOT NULL
);
CREATE INDEX turns_call_id_id_idx ON turns (call_id, id);
"""

_LOGINS: Final = """
CREATE TABLE login_attempts (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at timestamptz NOT NULL,
    login text NOT NULL,
    caller text NOT NULL,
    call_id text NOT NULL,
    succeeded boolean NOT NULL
);
CREATE INDEX login_attempts_login_at_idx ON login_attempts (login, at);
CREATE INDEX login_attempts_caller_at_idx ON login_attempts (caller, at) WHERE NOT succeeded;
"""

_ORDERS: Final = """
CREATE SEQUENCE order_numbers START WITH 60000001;

CREATE TABLE orders (
    number text PRIMARY KEY CHECK (number ~ '^[0-9]{8,12}$'),
    client_id text NOT NULL,
    trade_date date NOT NULL,
    account text NOT NULL,
    side text NOT NULL CHECK (side IN ('buy', 'sell')),
    market text NOT NULL CHECK (market IN ('SH', 'SZ', 'BJ')),
    code text NOT NULL,
    name text NOT NULL,
    name_en text NOT NULL,
    board text NOT NULL,
    suspended boolean NOT NULL,
    price numeric NOT NULL CHECK (price > 0),
    quantity bigint NOT NULL CHECK (quantity > 0),
    filled bigint NOT NULL,
    state text NOT NULL CHECK
        (state IN ('pending', 'accepted', 'rejected', 'unknown', 'withdrawn')),
    message integer,
    call_id text NOT NULL,
    caller text NOT NULL,
    did text NOT NULL,
    branch text,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    UNIQUE (account, trade_date, client_id),
    CONSTRAINT orders_filled_check CHECK (filled BETWEEN 0 AND quantity)
);
CREATE INDEX orders_account_created_at_idx ON orders (account, created_at);
CREATE INDEX orders_call_id_idx ON orders (call_id);
CREATE INDEX orders_trade_date_state_idx ON orders (trade_date, state);
CREATE INDEX orders_unsettled_idx ON orders (created_at) WHERE state IN ('pending', 'unknown');

CREATE TABLE order_events (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    order_number text NOT NULL REFERENCES orders,
    at timestamptz NOT NULL,
    from_state text,
    to_state text NOT NULL CHECK
        (to_state IN ('pending', 'accepted', 'rejected', 'unknown', 'withdrawn')),
    message integer,
    applied boolean NOT NULL
);
CREATE INDEX order_events_order_number_id_idx ON order_events (order_number, id);
"""

_AUDIT: Final = """
CREATE TABLE audit_trail (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at timestamptz NOT NULL,
    call_id text NOT NULL,
    caller text NOT NULL,
    did text NOT NULL,
    branch text,
    account text,
    action text NOT NULL,
    outcome text NOT NULL,
    details jsonb NOT NULL
);
COMMENT ON TABLE audit_trail IS 'Append-only: a trigger refuses all else.';
CREATE INDEX audit_trail_at_idx ON audit_trail (at);
CREATE INDEX audit_trail_account_at_idx ON audit_trail (account, at);
CREATE INDEX audit_trail_caller_at_idx ON audit_trail (caller, at);

CREATE TABLE audit_unsealed (audit_id bigint PRIMARY KEY);
COMMENT ON TABLE audit_unsealed IS
    'Rows of the audit trail that wait for their seal. A trigger adds, the sealer removes.';

CREATE TABLE audit_seals (
    seal_no bigint PRIMARY KEY CHECK (seal_no > 0),
    audit_id bigint NOT NULL UNIQUE,
    digest bytea NOT NULL CHECK (octet_length(digest) = 32),
    sealed_at timestamptz NOT NULL
);
COMMENT ON TABLE audit_seals IS
    'Append-only. Each digest covers the one before it and one row of the audit trail.';
"""

_REFUSE_CHANGE: Final = """
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$
"""

_AWAIT_SEAL: Final = """
CREATE FUNCTION await_seal() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO audit_unsealed SELECT id FROM added;
    RETURN NULL;
END $$
"""

_TRIGGERS: Final = """
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_trail
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_seals
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER await_seal AFTER INSERT ON audit_trail REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION await_seal();
"""

_OUTBOX: Final = """
CREATE TABLE outbox (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    written_at timestamptz NOT NULL DEFAULT now(),
    kind text NOT NULL,
    payload jsonb NOT NULL,
    sent_at timestamptz
);
CREATE INDEX outbox_waiting_idx ON outbox (id) WHERE sent_at IS NULL;
"""


def upgrade() -> None:
    for script in (_CUSTOMERS, _CALLS, _LOGINS, _ORDERS, _AUDIT, _OUTBOX):
        _run(script)
    op.execute(_REFUSE_CHANGE)
    op.execute(_AWAIT_SEAL)
    _run(_TRIGGERS)


def downgrade() -> None:
    _run(
        """
        DROP TABLE outbox, audit_seals, audit_unsealed, audit_trail, order_events, orders,
            login_attempts, turns, calls, customers;
        DROP SEQUENCE order_numbers;
        DROP FUNCTION await_seal, refuse_change;
        """
    )


def _run(script: str) -> None:
    # asyncpg takes one statement at a time.
    for statement in script.split(";\n"):
        if statement.strip():
            op.execute(statement)
