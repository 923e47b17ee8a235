"""Tickets: complaints, call-back wishes and voicemail."""

from collections.abc import Sequence
from typing import Final

from alembic import op

revision: str = "0008"
down_revision: str | None = "0007"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


_TICKETS: Final = """
CREATE SEQUENCE ticket_numbers START WITH 80000001;

CREATE TABLE tickets (
    number text PRIMARY KEY CHECK (number ~ '^[0-9]{8,12}$'),
    kind text NOT NULL CHECK (kind IN ('complaint', 'voicemail')),
    account text,
    call_id text NOT NULL,
    caller text NOT NULL,
    did text NOT NULL,
    branch text,
    recording text,
    seconds numeric NOT NULL,
    call_back_number text NOT NULL,
    call_back_when text CHECK (call_back_when IN ('morning', 'afternoon', 'evening')),
    state text NOT NULL CHECK (state IN ('open', 'called-back', 'closed')),
    opened_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
);
CREATE INDEX tickets_opened_at_idx ON tickets (opened_at);
CREATE INDEX tickets_waiting_idx ON tickets (opened_at) WHERE state <> 'closed';

CREATE TABLE ticket_events (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    number text NOT NULL REFERENCES tickets,
    at timestamptz NOT NULL,
    state text NOT NULL CHECK (state IN ('open', 'called-back', 'closed')),
    by text NOT NULL,
    note text NOT NULL
);
CREATE INDEX ticket_events_number_id_idx ON ticket_events (number, id);
"""


def upgrade() -> None:
    for statement in _TICKETS.split(";"):
        if statement.strip():
            op.execute(statement)


def downgrade() -> None:
    op.execute("DROP TABLE ticket_events, tickets")
    op.execute("DROP SEQUENCE ticket_numbers")
