"""Fills, cancels and reservations of orders; filled in by the commits that follow."""

from collections.abc import Sequence

from alembic import op

revision: str = "0003"
down_revision: str | None = "0002"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.execute("SELECT")


def downgrade() -> None:
    op.execute("SELECT")
