"""The daemon: all parts of it, built from the settings, started and stopped in order."""

import asyncio
import gc
import signal
from collections import ChainMap
from collections.abc import Coroutine, Mapping, Sequence
from contextlib import AsyncExitStack
from datetime import timedelta

import structlog
import uvloop

from callcenter import logs, precedence
from callcenter.api.event_loop import EventLoop
from callcenter.api.metrics import Metrics
from callcenter.api.server import HttpServer
from callcenter.app.address import database_address
from callcenter.app.applications import ApplicationParts
from callcenter.app.customers import CustomerParts
from callcenter.app.menus import MenuReader
from callcenter.app.news import NewsParts
from callcenter.app.orders import OrderCounter
from callcenter.app.parts import load_catalogue, paper_counter
from callcenter.app.recordings import PromptRecordings, named, own_words
from callcenter.app.speech import SpeechParts, own_recordings
from callcenter.app.telephone_recordings import TelephoneRecordings
from callcenter.app.trading import TradingParts
from callcenter.app.transfers import TransferParts
from callcenter.domain.accounts import BranchCode
from callcenter.domain.calls import Did
from callcenter.domain.clock import Clock, SystemClock, trade_date
from callcenter.domain.orders import OrderState
from callcenter.ivr.agents import AgentDesk
from callcenter.ivr.keys import Timing
from callcenter.ivr.menus.live import Live
from callcenter.ivr.menus.switching import Menus
from callcenter.ivr.messages import LeftMessages
from callcenter.ivr.phone import Utterance
from callcenter.ivr.prompts import Prompt
from callcenter.ivr.reception import Reception
from callcenter.ivr.session import Services
from callcenter.places import Places
from callcenter.settings import Settings
from callcenter.storage.calls import PostgresCallBook
from callcenter.storage.database import Database
from callcenter.storage.menus import PostgresMenuBook
from callcenter.storage.queries import Queries
from callcenter.storage.seal import Sealer, log_anchors
from callcenter.storage.tickets import PostgresTicketBook
from callcenter.telephony import messages
from callcenter.telephony.ami import AmiClient
from callcenter.telephony.fastagi import FastAgiServer
from callcenter.telephony.hotline import HOTLINE, HOTLINE_IN_WORDS, HotlineScript
from callcenter.telephony.lost_calls import LostCalls
from callcenter.telephony.place import PLACE, PlaceScript
from callcenter.telephony.recording import Recordings
from callcenter.telephony.scripts import Scripts
from callcenter.telephony.speech.dialplan import lay_out
from callcenter.tickets.service import Tickets

log = structlog.get_logger()


class Daemon:
    """`callcenter serve`: all parts of it, started and stopped in order."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._clock: Clock = SystemClock()
        self._places = Places(settings.state_dir)
        self._database = Database(database_address(settings), pool_size=settings.database_pool_size)
        self._queries = Queries(self._database)
        self._counter = paper_counter(settings, self._clock)
        self._orders = OrderCounter(settings, self._clock, self._counter)
        self._calls = PostgresCallBook(self._database)
        self._ami = AmiClient(
            settings.ami_host, settings.ami_port, settings.ami_user, self._ami_secret()
        )
        self._catalogue = load_catalogue()
        self._metrics = Metrics(self._orders_by_state)
        self._loop = EventLoop()
        self._trading = TradingParts(
            settings, self._clock, self._database, self._counter, self._orders, self._metrics
        )
        whose = (settings, self._clock, self._database, self._counter)
        self._transfers = TransferParts(*whose, self._trading.service, self._trading.rules)
        self._customers = CustomerParts(*whose)
        self._applications = ApplicationParts(*whose, self._trading.service, self._trading.rules)
        self._news = NewsParts(settings, self._clock, self._database)
        self._tickets = Tickets(PostgresTicketBook(self._database), self._clock)
        self._sealer = Sealer(self._database, every_s=settings.seal_audit_every_s)
        self._menus = self._build_menus()
        self._build_voice()
        self._build_telephony()

    def _build_voice(self) -> None:
        # What can be recorded: of the menu in force, and of what ships.
        self._names = ChainMap({}, named(self._catalogue, self._reader))
        own = own_recordings(self._settings, self._names)
        self._voice = SpeechParts(self._settings, own)
        self._speech = self._voice.shelf
        self._own = PromptRecordings(own, self._database, self._clock, self._speech.forget)
        self._by_telephone = TelephoneRecordings(self._own, self._names)

    def _build_telephony(self) -> None:
        s = self._settings
        script = HotlineScript(
            self._reception(),
            self._speech,
            Recordings(self._ami, whole_calls=s.record_calls == "whole"),
            self._metrics,
            self._clock,
            {Did(did): BranchCode(branch) for did, branch in s.branches.items()},
        )
        place = PlaceScript(self._ami, self._catalogue, self._speech, self._calls, self._clock)
        self._agi = FastAgiServer(
            s.host,
            s.agi_port,
            Scripts({HOTLINE: script.lead, HOTLINE_IN_WORDS: script.lead, PLACE: place.lead}).lead,
            header_deadline_s=s.agi_header_deadline_s,
            max_connections=s.agi_max_connections,
        )
        self._metrics.watch(self._loop, lambda: self._agi.connections)
        self._lost_calls = LostCalls(
            self._ami,
            self._calls,
            self._clock,
            s.system_name,
            every_s=s.look_for_lost_calls_every_s,
            grace=timedelta(seconds=s.lost_call_grace_s),
            rescue=LeftMessages(self._calls, self._tickets, messages.kept).rescue,
        )
        checks = {
            "database": self._database.ping,
            "counter": self._orders.gateway.ping,
            "pbx": self._pbx_is_linked,
            "orders": self._orders_are_reconciled,
        }
        self._http = HttpServer(s.host, s.http_port, self._metrics, checks)

    def _build_menus(self) -> Menus:
        calendar = self._trading.rules.calendar
        self._reader = MenuReader(self._settings, self._catalogue, calendar.is_session)
        return Menus(
            self._reader.shipped(),
            PostgresMenuBook(self._database),
            self._reader.read,
            prepare=self._speak_menu_ahead,
            every_s=self._settings.look_for_menus_every_s,
        )

    def _reception(self) -> Reception:
        s = self._settings
        timing = Timing(
            first_key_s=s.first_key_s,
            next_key_s=s.next_key_s,
            next_price_key_s=s.next_price_key_s,
            tries=s.tries,
            pause_s=s.pause_s,
            message_most_s=s.message_most_s,
            message_silence_s=s.message_silence_s,
            item_most_s=s.news_item_most_s,
        )
        return Reception(
            menus=self._menus,
            book=self._calls,
            services=Services(
                customers=self._customers.service,
                trading=self._trading.service,
                transfers=self._transfers.service,
                applications=self._applications.service,
                subscriptions=self._customers.subscriptions,
                passwords=self._customers.passwords,
                bindings=self._customers.bindings,
                statements=self._customers.statements,
                agents=AgentDesk(
                    clock=self._clock, opens=s.agents_open_at, closes=s.agents_close_at
                ),
                tickets=self._tickets,
                news=self._news.service,
                staff=self._news.staff,
                prompts=self._by_telephone,
            ),
            clock=self._clock,
            timing=timing,
            left_off_within=s.left_off_within,
        )

    async def run(self) -> None:
        """Serve until SIGTERM or SIGINT. A part that fails ends the daemon with its error."""
        stop = asyncio.Event()
        for name in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(name, stop.set)
        async with AsyncExitStack() as parts:
            self._look_at_the_calendar()
            await self._start(parts)
            async with asyncio.TaskGroup() as tasks:
                background = [tasks.create_task(run) for run in self._background()]
                background.append(tasks.create_task(self._speak_ahead()))
                gc.freeze()
                log.info("daemon.ready")
                await stop.wait()
                log.info("daemon.stopping")
                await self._agi.stop(self._settings.drain_s)
                for task in background:
                    task.cancel()

    def _look_at_the_calendar(self) -> None:
        """Warn in time: after its end nobody knows trading days, and nobody guesses."""
        until = self._trading.rules.calendar.knows_until
        days = (until - trade_date(self._clock.now())).days
        if days < self._settings.calendar_warning_days:
            log.warning("calendar.ends_soon", known_until=until.isoformat(), days_left=days)

    def _background(self) -> Sequence[Coroutine[None, None, None]]:
        return (
            self._calls.run(),
            self._loop.run(),
            self._sealer.run(),
            log_anchors(self._database, every_s=self._settings.log_anchor_every_s),
            self._lost_calls.run(),
            self._menus.run(),
            *self._voice.background(),
            self._own.run(self._settings.look_for_recordings_every_s),
            *self._trading.background(),
            *self._transfers.background(),
            *self._applications.background(),
            *self._customers.background(),
            self._news.speak_ahead(self._speech, every_s=self._settings.look_for_news_every_s),
        )

    async def _start(self, parts: AsyncExitStack) -> None:
        parts.push_async_callback(self._database.close)
        parts.push_async_callback(self._voice.stop)
        await self._counter.start()
        parts.push_async_callback(self._counter.stop)
        await parts.enter_async_context(self._orders.open())
        parts.push_async_callback(self._customers.desk.stop)
        await self._transfers.bank.start()
        parts.push_async_callback(self._transfers.bank.stop)
        await self._applications.desk.start()
        parts.push_async_callback(self._applications.desk.stop)
        await self._trading.feed.start()
        parts.push_async_callback(self._trading.feed.stop)
        await self._ami.start()
        parts.push_async_callback(self._ami.stop)
        await self._http.start()
        parts.push_async_callback(self._http.stop)
        await self._menus.look()
        await self._agi.start()

    async def _speak_ahead(self) -> None:
        """
        Have ready what Asterisk says without us, then what every call needs, then what few do.

        Nobody waits for it: a caller who is earlier has his sentence made at once.
        """
        await lay_out(self._speech, self._catalogue, self._voice.folder)
        await self._warm([*self._catalogue.fixed(list(Prompt))])
        await self._speak_menu_ahead(self._menus.current)
        await self._warm([*self._catalogue.fixed(self._catalogue.prompts - set(Prompt))])
        # What is there by now stays. Whenever the collector of cycles went through all of it, every
        # call waited 0.2 s.
        gc.freeze()
        # From now on all that we do is done for calls.
        precedence.let_session_go_first(precedence.HOTLINE)
        log.info("daemon.spoke_ahead")

    async def _speak_menu_ahead(self, live: Live) -> None:
        """Have ready what a menu says by itself, in every language and to every number."""
        self._names.maps[0] = own_words(live, self._reader)
        numbers = self._reader.house.numbers
        await self._warm([*live.catalogue.fixed(live.plan.words), *live.spoken(numbers)])

    async def _warm(self, utterances: Sequence[Utterance]) -> None:
        for utterance in await self._speech.warm(utterances):
            log.error("speech.cannot_say", words=utterance.words)

    async def _pbx_is_linked(self) -> None:
        if not self._ami.connected:
            raise RuntimeError("no link to Asterisk")

    async def _orders_are_reconciled(self) -> None:
        if not self._trading.reconciliation.done:
            raise RuntimeError("orders are being reconciled")

    async def _orders_by_state(self) -> Mapping[OrderState, int]:
        return await self._queries.orders_by_state(trade_date(self._clock.now()))

    def _ami_secret(self) -> str:
        file = self._settings.ami_secret_file or self._places.ami_secret_file
        return file.read_text().strip()


def serve(settings: Settings) -> None:
    """Run the daemon until it is told to stop."""
    logs.set_up(settings.log_style, settings.log_level)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(Daemon(settings).run())
