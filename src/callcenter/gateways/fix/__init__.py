"""A counter that speaks FIX 4.4."""

from callcenter.gateways.fix.conversation import FixTerms
from callcenter.gateways.fix.engine import SessionTerms
from callcenter.gateways.fix.entry import BranchOf, FixOrderEntry
from callcenter.gateways.fix.link import Address
from callcenter.gateways.fix.tls import tls_context

__all__ = ["Address", "BranchOf", "FixOrderEntry", "FixTerms", "SessionTerms", "tls_context"]
