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

_APPLICATIONS: Final = """
CREATE TABLE applications (
    number text PRIMARY KEY CHECK (number ~ '^[0-9]{8,12}$'),
    request_id text NOT NULL,
    trade_date date NOT NULL,
    account text NOT NULL,
    kind text NOT NULL CHECK (kind IN ('ipo', 'rights', 'fund-subscribe', 'fund-redeem')),
    market text CHECK (market IN ('SH', 'SZ', 'BJ')),
    code text NOT NULL,
    quantity numeric NOT NULL CHECK (quantity > 0),
    state text NOT NULL CHECK (state IN
        ('pending', 'unknown', 'manual', 'accepted', 'rejected', 'withdrawn', 'cancelled', 'void',
        'confirmed', 'not-confirmed', 'not-allotted', 'allotted', 'payment-due', 'paid',
        'forfeited')),
    message integer,
    shares numeric,
    amount numeric,
    price numeric,
    call_id text NOT NULL,
    caller text NOT NULL,
    did text NOT NULL,
    branch text,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    UNIQUE (account, trade_date, request_id)
);
CREATE INDEX applications_account_created_at_idx ON applications (account, created_at);
CREATE INDEX applications_state_idx ON applications (state);
CREATE UNIQUE INDEX applications_one_per_issue_idx ON applications (account, market, code)
    WHERE kind = 'ipo' AND state NOT IN ('rejected', 'withdrawn', 'cancelled', 'void');

CREATE TABLE application_events (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    number text NOT NULL REFERENCES applications,
    at timestamptz NOT NULL,
    from_state text,
    to_state text NOT NULL CHECK (to_state IN
        ('pending', 'unknown', 'manual', 'accepted', 'rejected', 'withdrawn', 'cancelled', 'void',
        'confirmed', 'not-confirmed', 'not-allotted', 'allotted', 'payment-due', 'paid',
        'forfeited')),
    message integer,
    applied boolean NOT NULL
);
CREATE INDEX application_events_number_id_idx ON application_events (number, id);
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

_PAPER_APPLICATIONS: Final = """
CREATE TABLE paper.issues (
    market text NOT NULL CHECK (market IN ('SH', 'SZ', 'BJ')),
    code text NOT NULL,
    name text NOT NULL,
    name_en text NOT NULL,
    board text NOT NULL,
    price numeric NOT NULL CHECK (price > 0),
    day date,
    most bigint,
    lots_per_thousand integer NOT NULL DEFAULT 100 CHECK (lots_per_thousand BETWEEN 0 AND 1000),
    PRIMARY KEY (market, code)
);
COMMENT ON COLUMN paper.issues.day IS 'When it may be subscribed; on any day if null.';

CREATE TABLE paper.rights (
    account text NOT NULL REFERENCES paper.customers,
    market text NOT NULL CHECK (market IN ('SH', 'SZ', 'BJ')),
    code text NOT NULL,
    name text NOT NULL,
    name_en text NOT NULL,
    price numeric NOT NULL CHECK (price > 0),
    entitled bigint NOT NULL CHECK (entitled >= 0),
    day integer NOT NULL DEFAULT 1,
    PRIMARY KEY (account, market, code)
);
COMMENT ON COLUMN paper.rights.entitled IS 'Shares that may still be paid for.';

CREATE TABLE paper.open_funds (
    code text PRIMARY KEY,
    name text NOT NULL,
    name_en text NOT NULL,
    net_value numeric NOT NULL CHECK (net_value > 0),
    of date NOT NULL,
    least numeric NOT NULL DEFAULT 10 CHECK (least > 0),
    most numeric,
    may_subscribe boolean NOT NULL DEFAULT true,
    may_redeem boolean NOT NULL DEFAULT true
);

CREATE TABLE paper.fund_shares (
    account text NOT NULL REFERENCES paper.customers,
    code text NOT NULL REFERENCES paper.open_funds,
    shares numeric NOT NULL CHECK (shares >= 0),
    PRIMARY KEY (account, code)
);

CREATE TABLE paper.quotas (
    account text NOT NULL REFERENCES paper.customers,
    market text NOT NULL,
    value numeric NOT NULL CHECK (value >= 0),
    PRIMARY KEY (account, market)
);
COMMENT ON TABLE paper.quotas IS
    'The average market value that counts towards new shares, in yuan.';

CREATE TABLE paper.applications (
    request_id text PRIMARY KEY,
    state text NOT NULL,
    reason integer,
    arrived_at timestamptz NOT NULL,
    trade_date date NOT NULL,
    account text,
    kind text,
    market text,
    code text,
    quantity numeric,
    price numeric,
    shares numeric,
    amount numeric,
    held numeric NOT NULL DEFAULT 0 CHECK (held >= 0),
    held_shares numeric NOT NULL DEFAULT 0 CHECK (held_shares >= 0),
    CONSTRAINT applications_withdrawn_check CHECK ((account IS NULL) = (state = 'withdrawn'))
);
COMMENT ON TABLE paper.applications IS
    'Money and fund shares are held until the registrar has spoken.';
CREATE INDEX applications_account_idx ON paper.applications (account);
CREATE INDEX applications_waiting_idx ON paper.applications (trade_date)
    WHERE state IN ('accepted', 'payment-due');
"""

_OURS: Final = (
    "application_events",
    "applications",
    "transfer_differences",
    "transfer_events",
    "transfers",
)
_THEIRS: Final = (
    "applications",
    "quotas",
    "fund_shares",
    "open_funds",
    "rights",
    "issues",
    "bank_faults",
    "bank_transfers",
    "bank_accounts",
    "banks",
)


def upgrade() -> None:
    for script in (_TRANSFERS, _APPLICATIONS, _PAPER_BANK, _PAPER_APPLICATIONS):
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
