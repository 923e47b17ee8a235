"""What every test gives back."""

from collections.abc import Iterator

import pytest
import structlog
from hypothesis import settings

# How long one example takes is no promise: machines are busy at times.
settings.register_profile("callcenter", deadline=None)
settings.load_profile("callcenter")


@pytest.fixture(autouse=True)
def log_as_before() -> Iterator[None]:
    """Logging is set up once per process: give it back to the other tests."""
    before = structlog.get_config()
    yield
    structlog.configure(**before)
