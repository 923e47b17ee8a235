"""Versions of the menu and who activated them."""

from collections.abc import Sequence
from typing import Final

from alembic import op

revision: str = "0006"
down_revision: str | None = "0005"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_MENUS: Final = """
CREATE TABLE menu_versions (
    number integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    text text NOT NULL,
    digest text NOT NULL UNIQUE CHECK (digest ~ '^[0-9a-f]{64}$'),
    kept_at timestamptz NOT NULL,
    kept_by text NOT NULL,
    why text NOT NULL
);
COMMENT ON TABLE menu_versions IS 'Append-only: a call may still have the oldest of them.';

CREATE TABLE menu_activations (
    number integer PRIMARY KEY CHECK (number > 0),
    version integer REFERENCES menu_versions,
    activated_at timestamptz NOT NULL,
    activated_by text NOT NULL,
    why text NOT NULL,
    undoes integer REFERENCES menu_activations
);
COMMENT ON TABLE menu_activations IS
    'Append-only. The newest decides what new calls get; without a version it is what ships.';

CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON menu_versions
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON menu_activations
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
"""


def upgrade() -> None:
    # asyncpg takes one statement at a time.
    for statement in _MENUS.split(";\n"):
        if statement.strip():
            op.execute(statement)


def downgrade() -> None:
    op.execute("DROP TABLE menu_activations, menu_versions")
