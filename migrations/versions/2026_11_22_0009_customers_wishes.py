"""Subscriptions, statements asked for, password changes, and the paper counter's side of them."""

from collections.abc import Sequence
from typing import Final

from alembic import op

revision: str = "0009"
down_revision: str | None = "0008"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_SUBSCRIPTIONS: Final = """
CREATE SEQUENCE subscription_numbers START WITH 1;

CREATE TABLE subscriptions (
    number bigint PRIMARY KEY,
    account text NOT NULL,
    kind text NOT NULL CHECK
        (kind IN ('price-alert', 'daily-quote', 'executions', 'monthly-statement')),
    market text CHECK (market IN ('SH', 'SZ', 'BJ')),
    code text,
    name text,
    name_en text,
    board text,
    crossing text CHECK (crossing IN ('above', 'below')),
    price numeric CHECK (price > 0),
    at time,
    created_at timestamptz NOT NULL,
    until date,
    ended_at timestamptz,
    CONSTRAINT subscriptions_security_check CHECK
        ((kind IN ('price-alert', 'daily-quote')) = (code IS NOT NULL)),
    CONSTRAINT subscriptions_alert_check CHECK
        ((kind = 'price-alert') = (price IS NOT NULL)
        AND (price IS NULL) = (crossing IS NULL) AND (price IS NULL) = (until IS NULL)),
    CONSTRAINT subscriptions_at_check CHECK ((kind = 'daily-quote') = (at IS NOT NULL))
);
COMMENT ON TABLE subscriptions IS
    'What customers want to be told. It counts until it is ended or its last day is over.';
CREATE UNIQUE INDEX subscriptions_once_idx ON subscriptions
    (account, kind, market, code, crossing, price, at) NULLS NOT DISTINCT WHERE ended_at IS NULL;
CREATE INDEX subscriptions_kind_idx ON subscriptions (kind, market, code) WHERE ended_at IS NULL;

CREATE TABLE delivery_wishes (
    account text PRIMARY KEY,
    channel text NOT NULL CHECK (channel IN ('sms', 'email', 'pager', 'voice', 'fax')),
    number text,
    updated_at timestamptz NOT NULL,
    CONSTRAINT delivery_wishes_number_check CHECK ((number IS NULL) = (channel = 'email'))
);
COMMENT ON TABLE delivery_wishes IS
    'How customers want to be told. An e-mail goes to the address that the broker has.';
"""

_STATEMENTS: Final = """
CREATE SEQUENCE statement_numbers START WITH 85000001;

CREATE TABLE statements (
    number text PRIMARY KEY CHECK (number ~ '^[0-9]{8,12}$'),
    account text NOT NULL,
    first_day date NOT NULL,
    last_day date NOT NULL,
    channel text NOT NULL CHECK (channel IN ('email', 'fax')),
    fax_number text,
    state text NOT NULL CHECK (state IN ('queued', 'made')),
    call_id text NOT NULL,
    caller text NOT NULL,
    did text NOT NULL,
    branch text,
    created_at timestamptz NOT NULL,
    made_at timestamptz,
    document bytea,
    CONSTRAINT statements_days_check CHECK (first_day <= last_day),
    CONSTRAINT statements_fax_number_check CHECK ((fax_number IS NULL) = (channel = 'email')),
    CONSTRAINT statements_made_check CHECK
        ((state = 'made') = (made_at IS NOT NULL) AND (made_at IS NULL) = (document IS NULL))
);
COMMENT ON TABLE statements IS 'Statements asked for by telephone. The document is a PDF.';
CREATE INDEX statements_account_created_at_idx ON statements (account, created_at);
CREATE INDEX statements_queued_idx ON statements (created_at) WHERE state = 'queued';
"""

_PASSWORDS: Final = """
CREATE TABLE password_changes (
    number text PRIMARY KEY CHECK (number ~ '^[0-9]{8,12}$'),
    request_id text NOT NULL,
    trade_date date NOT NULL,
    account text NOT NULL,
    which text NOT NULL CHECK (which IN ('trade', 'fund')),
    state text NOT NULL CHECK
        (state IN ('pending', 'unknown', 'changed', 'refused', 'withdrawn')),
    message integer,
    call_id text NOT NULL,
    caller text NOT NULL,
    did text NOT NULL,
    branch text,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    UNIQUE (account, trade_date, request_id)
);
COMMENT ON TABLE password_changes IS
    'That passwords were changed. The passwords are not here, nor anywhere else of ours.';
CREATE UNIQUE INDEX password_changes_one_at_a_time_idx ON password_changes (account)
    WHERE state IN ('pending', 'unknown');

CREATE TABLE password_change_events (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    number text NOT NULL REFERENCES password_changes,
    at timestamptz NOT NULL,
    from_state text,
    to_state text NOT NULL CHECK
        (to_state IN ('pending', 'unknown', 'changed', 'refused', 'withdrawn')),
    message integer,
    applied boolean NOT NULL
);
CREATE INDEX password_change_events_number_id_idx ON password_change_events (number, id);
"""

_PAPER: Final = """
CREATE TABLE paper.password_changes (
    request_id text PRIMARY KEY,
    account text,
    which text,
    at timestamptz NOT NULL,
    state text NOT NULL CHECK (state IN ('changed', 'refused', 'withdrawn')),
    reason integer,
    CONSTRAINT password_changes_reason_check CHECK ((reason IS NOT NULL) = (state = 'refused')),
    CONSTRAINT password_changes_withdrawn_check CHECK ((account IS NULL) = (state = 'withdrawn'))
);
COMMENT ON TABLE paper.password_changes IS
    'What was asked, and the first answer. A withdrawn one never came.';
CREATE INDEX password_changes_account_idx ON paper.password_changes (account, at);
"""


def upgrade() -> None:
    for script in (_SUBSCRIPTIONS, _STATEMENTS, _PASSWORDS, _PAPER):
        _run(script)


def downgrade() -> None:
    op.execute("DROP TABLE paper.password_changes")
    op.execute("DROP TABLE password_change_events, password_changes, statements")
    op.execute("DROP TABLE delivery_wishes, subscriptions")
    op.execute("DROP SEQUENCE statement_numbers, subscription_numbers")


def _run(script: str) -> None:
    # asyncpg takes one statement at a time.
    for statement in script.split(";\n"):
        if statement.strip():
            op.execute(statement)
