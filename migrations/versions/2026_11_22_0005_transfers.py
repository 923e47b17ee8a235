"""Bank transfers and applications, and the paper counter's side of them."""

from collections.abc import Sequence
from typing import Final

from alembic import op

revision: str = "0005"
down_revision: str | None = "0004"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_TRANSFERS: Final = """
CREATE SEQUENCE request_numbers START WITH 70000001;

CREATE TABLE transfers (
    number text PRIMARY KEY CHECK (number ~ '^[0-9]{8,12}$'),
    request_id text NOT NULL,
    trade_date date NOT NULL,
    account text NOT NULL,
    bank text NOT NULL,
    direction text NOT NULL CHECK (direction IN ('in', 'out')),
    amount numeric NOT NULL CHECK (amount > 0 AND scale(amount) = 2),
    state text NOT NULL CHECK (state IN
        ('pending', 'unknown', 'accepted', 'done', 'rejected', 'withdrawn', 'reversed', 'manual')),
    message integer,
    call_id text NOT NULL,
    caller text NOT NULL,
    did text NOT NULL,
    branch text,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    UNIQUE (account, trade_date, request_id)
);
COMMENT ON TABLE transfers IS 'Passwords are not here, nor anywhere else of ours.';
CREATE INDEX transfers_account_created_at_idx ON transfers (account, created_at);
CREATE INDEX transfers_trade_date_state_idx ON transfers (trade_date, state);
CREATE UNIQUE INDEX transfers_one_at_a_time_idx ON transfers (account)
    WHERE state IN ('pending', 'unknown', 'accepted', 'manual');

CREATE TABLE transfer_events (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    number text NOT NULL REFERENCES transfers,
    at timestamptz NOT NULL,
    from_state text,
    to_state text NOT NULL CHECK (to_state IN
        ('pending', 'unknown', 'accepted', 'done', 'rejected', 'withdrawn', 'reversed', 'manual')),
    message integer,
    applied boolean NOT NULL
);
CREATE INDEX transfer_events_number_id_idx ON transfer_events (number, id);

CREATE TABLE transfer_differences (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    day date NOT NULL,
    request_id text NOT NULL,
    account text NOT NULL,
    kind text NOT NULL CHECK (kind IN ('only-bank', 'only-ours', 'state', 'amount')),
    ours text NOT NULL,
    theirs text NOT NULL,
    found_at timestamptz NOT NULL,
    UNIQUE (day, request_id, kind)
);
COMMENT ON TABLE transfer_differences IS
    'Where our books and the bank''s list of a day disagree (单边账).';
"""

_PAPER_BANK: Final = """
CREATE TABLE paper.banks (
    code text PRIMARY KEY,
    opens time,
    closes time,
    single numeric NOT NULL CHECK (single > 0),
    day numeric NOT NULL CHECK (day >= single),
    asks_in boolean NOT NULL DEFAULT true,
    asks_out boolean NOT NULL DEFAULT true,
    asks_balance boolean NOT NULL DEFAULT true,
    wrong_passwords integer NOT NULL DEFAULT 3 CHECK (wrong_passwords > 0),
    CONSTRAINT banks_hours_check CHECK ((opens IS NULL) = (closes IS NULL))
);
COMMENT ON TABLE paper.banks IS
    'What each bank allows and asks for. Without hours it never closes.';

CREATE TABLE paper.bank_accounts (
    account text NOT NULL REFERENCES paper.customers,
    bank text NOT NULL REFERENCES paper.banks,
    balance numeric NOT NULL CHECK (balance >= 0),
    wrong_bank integer NOT NULL DEFAULT 0,
    wrong_fund integer NOT NULL DEFAULT 0,
    wrong_on date,
    PRIMARY KEY (account, bank)
);
COMMENT ON TABLE paper.bank_accounts IS
    'The customers'' money at their banks, and the wrong passwords of the day wrong_on.';

CREATE TABLE paper.bank_transfers (
    request_id text PRIMARY KEY,
    state text NOT NULL CHECK (state IN
        ('arrived', 'working', 'stuck', 'done', 'rejected', 'reversed', 'withdrawn')),
    reason integer,
    arrived_at timestamptz NOT NULL,
    trade_date date NOT NULL,
    due_at timestamptz,
    then_reversed boolean NOT NULL DEFAULT false,
    account text,
    bank text,
    direction text CHECK (direction IN ('in', 'out')),
    amount numeric,
    in_transit numeric NOT NULL DEFAULT 0 CHECK (in_transit >= 0),
    station text CHECK (length(station) <= 12),
    CONSTRAINT bank_transfers_reason_check CHECK ((reason IS NOT NULL) = (state = 'rejected')),
    CONSTRAINT bank_transfers_withdrawn_check CHECK ((account IS NULL) = (state = 'withdrawn'))
);
COMMENT ON TABLE paper.bank_transfers IS
    'Money of a transfer is in_transit until it has arrived on the other side.';
CREATE INDEX bank_transfers_account_idx ON paper.bank_transfers (account, trade_date);
CREATE INDEX bank_transfers_due_idx ON paper.bank_transfers (due_at) WHERE state = 'working';

CREATE TABLE paper.bank_faults (
    account text PRIMARY KEY DEFAULT '*',
    before_s double precision NOT NULL DEFAULT 0 CHECK (before_s >= 0),
    after_s double precision NOT NULL DEFAULT 0 CHECK (after_s >= 0),
    silent boolean NOT NULL DEFAULT false,
    rejects integer,
    works_s double precision NOT NULL DEFAULT 0 CHECK (works_s >= 0),
    sticks boolean NOT NULL DEFAULT false,
    reverses boolean NOT NULL DEFAULT false
);
COMMENT ON TABLE paper.bank_faults IS
    'What goes wrong with the transfers of an account, or of all (*). Read at every transfer.';
"""

_OURS: Final = ("transfer_differences", "transfer_events", "transfers")
_THEIRS: Final = ("bank_faults", "bank_transfers", "bank_accounts", "banks")


def upgrade() -> None:
    for script in (_TRANSFERS, _PAPER_BANK):
        _run(script)


def downgrade() -> None:
    for table in (*_OURS, *(f"paper.{name}" for name in _THEIRS)):
        op.execute(f"DROP TABLE {table}")
    op.execute("DROP SEQUENCE request_numbers")


def _run(script: str) -> None:
    # asyncpg takes one statement at a time.
    for statement in script.split(";\n"):
        if statement.strip():
            op.execute(statement)
