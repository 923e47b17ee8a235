"""Bring the database to the shape that this version needs, before any daemon of it starts."""

import asyncio
import sys

from callcenter.app import load_settings, prepare_database
from callcenter.domain.errors import StoreUnavailable

try:
    asyncio.run(prepare_database(load_settings()))
except StoreUnavailable as error:
    sys.exit(str(error))
