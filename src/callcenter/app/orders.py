"""Where orders go, as the settings say."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from ssl import SSLContext

from callcenter.domain.accounts import AccountId, BranchCode
from callcenter.domain.clock import Clock
from callcenter.domain.secret import Secret
from callcenter.gateways.combined import CombinedCounter
from callcenter.gateways.fix import Address, FixOrderEntry, FixTerms, SessionTerms, tls_context
from callcenter.gateways.paper.counter import PaperCounter
from callcenter.places import Places
from callcenter.settings import Settings
from callcenter.trading.hours import ExchangeHours
from callcenter.trading.ports import MarketHours, TradingGateway
from callcenter.trading.rulebook.book import RuleBook


class OrderCounter:
    """
    The counter that orders go to, and its line, if it has one of its own.

    `name` says whose events a position counts: each FIX session has a journal of its own.
    """

    def __init__(self, settings: Settings, clock: Clock, paper: PaperCounter) -> None:
        self._paper = paper
        self._fix: FixOrderEntry | None = None
        self.gateway: TradingGateway = paper
        self.name: str = settings.gateway
        if settings.gateway == "fix":
            self._fix = FixOrderEntry(fix_terms(settings), clock, branch_of=self._branch_of)
            self.gateway = CombinedCounter(self._fix, paper)
            self.name = f"fix {settings.fix_sender} {settings.fix_target}"

    @asynccontextmanager
    async def open(self) -> AsyncIterator[None]:
        """Keep the line up for as long as this lasts."""
        if self._fix is None:
            yield
            return
        await self._fix.start()
        try:
            yield
        finally:
            await self._fix.stop()

    async def _branch_of(self, account: AccountId) -> BranchCode:
        return (await self._paper.customer(account)).branch


def market_hours(settings: Settings, rules: RuleBook) -> MarketHours | None:
    """Return the hours that orders keep; None: they are sent at any hour of any day."""
    by_default = settings.paper_clock if settings.gateway == "paper" else "calendar"
    return ExchangeHours(rules) if (settings.hours or by_default) == "calendar" else None


def fix_terms(settings: Settings) -> FixTerms:
    """Return what is set about the FIX counter; raise OSError if a file of it is not readable."""
    s, places = settings, Places(settings.state_dir)
    return FixTerms(
        address=Address(
            host=s.fix_host or "",
            port=s.fix_port,
            tls=_tls(settings),
            server_name=s.fix_tls_name,
        ),
        session=_session(settings),
        folder=places.fix,
        log_folder=places.fix_log,
        answer_within_s=s.counter_answer_within_s,
        retry_at_most_s=s.fix_retry_at_most_s,
        dedupes=s.fix_dedupes,
        mass_status=s.fix_mass_status,
    )


def _session(s: Settings) -> SessionTerms:
    start, end = s.fix_session_start, s.fix_session_end
    password = s.fix_password_file
    return SessionTerms(
        sender=s.fix_sender or "",
        target=s.fix_target or "",
        heartbeat_s=s.fix_heartbeat_s,
        hours=None if start is None or end is None else (start, end),
        reset_on_logon=s.fix_reset_on_logon,
        username=s.fix_username,
        password=Secret(password.read_text().strip()) if password else None,
    )


def _tls(s: Settings) -> SSLContext | None:
    if s.fix_tls_ca_file is None:
        return None
    return tls_context(
        s.fix_tls_ca_file,
        certificate_file=s.fix_tls_certificate_file,
        key_file=s.fix_tls_key_file,
    )
