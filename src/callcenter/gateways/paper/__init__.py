"""A practice broker that keeps its own books, and shares nothing with us but the server."""

from callcenter.gateways.paper.counter import PaperCounter
from callcenter.gateways.paper.faults import Faults
from callcenter.gateways.paper.seed import seed_demo

__all__ = ["Faults", "PaperCounter", "seed_demo"]
