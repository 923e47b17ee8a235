"""The paper counter's whole books."""

from collections.abc import Sequence

from alembic import op

revision: str = "0004"
down_revision: str | None = "0003"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.execute(
        "ALTER TABLE paper.money ADD COLUMN unsettled numeric NOT NULL DEFAULT 0"
        " CHECK (unsettled >= 0)"
    )


def downgrade() -> None:
    op.execute("ALTER TABLE paper.money DROP COLUMN unsettled")
