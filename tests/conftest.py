"""What every test gives back."""

from collections.abc import Iterator

import pytest
import structlog


@pytest.fixture(autouse=True)
def log_as_before() -> Iterator[None]:
    """Logging is set up once per process: give it back to the other tests."""
    before = structlog.get_config()
    yield
    structlog.configure(**before)
