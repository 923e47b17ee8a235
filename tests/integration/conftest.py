"""The same PostgreSQL as the contract tests have."""

from tests.contract.conftest import database, dsn, empty_dsn, postgres

__all__ = ["database", "dsn", "empty_dsn", "postgres"]
