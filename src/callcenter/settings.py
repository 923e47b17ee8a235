"""
Everything that an operator may set, read once from the environment (CALLCENTER_…).

Secrets come from files and have no default outside the demo.
"""

from datetime import date, time, timedelta
from pathlib import Path
from typing import Literal, Self

from pydantic import DirectoryPath, Field, FilePath, PositiveFloat, PositiveInt, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

Port = PositiveInt
QuoteSource = Literal["counter", "simulated", "recorded", "sina", "tencent"]

_BRANCHES = {f"60{number:02}": f"{number:03}" for number in range(1, 18)}


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="CALLCENTER_", frozen=True, extra="ignore")

    environment: Literal["demo", "production"] = "demo"
    state_dir: Path = Path("var")
    log_style: Literal["json", "console"] = "json"
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"

    # PostgreSQL: without an address the embedded one below state_dir
    database_url_file: FilePath | None = None
    database_pool_size: PositiveInt = 10

    # where we listen
    host: str = "127.0.0.1"
    agi_port: Port = 4573
    http_port: Port = 8080
    agi_header_deadline_s: PositiveFloat = 5.0
    agi_max_connections: PositiveInt = 2000
    drain_s: float = Field(default=0.0, ge=0)  # a call that is cut off goes on in the next daemon

    # the PBX
    ami_host: str = "127.0.0.1"
    ami_port: Port = 5038
    ami_user: str = "callcenter"
    ami_secret_file: FilePath | None = None
    sip_host: str = "127.0.0.1"
    sip_port: Port = 5060
    rtp_first: Port = 20000
    rtp_last: Port = 24999
    record_calls: Literal["whole", "agents"] = "whole"  # from the answer, or from the queue on
    system_name: str = "pbx"
    trunk_match: str | None = None  # addresses of the carrier; loopback in the demo only
    branches: dict[str, str] = Field(default_factory=lambda: dict(_BRANCHES))  # DID to branch
    look_for_lost_calls_every_s: PositiveFloat = 30.0
    lost_call_grace_s: PositiveFloat = 60.0  # a younger call may not be in the PBX's list yet

    # the agents
    agent_phones_file: FilePath | None = None  # their telephones; None: below state_dir
    agents_open_at: time | None = None  # in Beijing; without hours whoever is logged in is called
    agents_close_at: time | None = None

    # speech
    sounds_dir: Path | None = None
    espeak_command: tuple[str, ...] = ()  # empty: what the PBX installation found
    voice_dir: Path | None = None  # where tools/voice installed the voice that renders
    prompts_dir: Path | None = None  # recordings of operations staff
    look_for_recordings_every_s: PositiveFloat = 3.0
    voice_pack_dir: DirectoryPath | None = None  # None: the pack that ships

    # the conversation
    first_key_s: PositiveFloat = 8.0
    next_key_s: PositiveFloat = 5.0
    next_price_key_s: PositiveFloat = 10.0
    tries: PositiveInt = 3
    pause_s: PositiveFloat = 60.0  # how long something that is played may be halted
    message_most_s: PositiveInt = 180  # of a complaint
    message_silence_s: PositiveInt = 8  # ends a message
    news_item_most_s: PositiveInt = Field(default=300, le=300)  # recorded on the staff line
    look_for_news_every_s: PositiveFloat = 60.0  # to have new ones spoken before somebody listens
    left_off_within: timedelta = timedelta(minutes=10)

    # the menu
    look_for_menus_every_s: PositiveFloat = 1.0  # an activation holds after this at the latest

    # customers
    failed_logins_per_account: PositiveInt = 5
    failed_logins_per_caller: PositiveInt = 10
    failed_logins_within: timedelta = timedelta(hours=24)
    subscriptions_per_kind: PositiveInt = 20  # of one account
    make_statements_every_s: PositiveFloat = 10.0
    statement_font_file: FilePath | None = None
    price_alert_days: PositiveInt = 30  # then it does not count any more

    # orders
    counter_answer_within_s: PositiveFloat = 5.0
    order_promise_s: PositiveFloat = 10.0
    hours: Literal["always-open", "calendar"] | None = None  # None: as the counter keeps them
    reservations_every_s: PositiveFloat = 5.0
    redial_guard_s: float = Field(
        default=60.0, ge=0
    )  # the same order again is asked about; 0: never
    reconcile_every_s: PositiveFloat = 2.0
    seal_audit_every_s: PositiveFloat = 1.0
    log_anchor_every_s: PositiveFloat = 3600.0  # shows later that no tail of the trail was cut

    # bank transfers and applications
    bank_answer_within_s: PositiveFloat = 10.0
    transfer_promise_s: PositiveFloat = 20.0
    transfer_manual_after_s: PositiveFloat = 600.0  # then a person has to find out
    reconcile_transfers_every_s: PositiveFloat = 2.0
    reconcile_applications_every_s: PositiveFloat = 10.0
    compare_transfers_at: time = time(16, 30)  # when the banks have closed

    # quotes
    quotes: QuoteSource = "counter"
    quotes_second: QuoteSource | None = None  # asked for what the first does not tell
    quotes_old_after_s: PositiveFloat = 60.0  # then a caller hears their time
    quotes_keep_s: PositiveFloat = 3.0
    quotes_answer_within_s: PositiveFloat = 2.0
    quotes_requests_per_s: PositiveFloat = 2.0
    sina_address: str = Field(default="http://hq.sinajs.cn", pattern=r"^https?://[^/?#\s]+$")
    tencent_address: str = Field(default="http://qt.gtimg.cn", pattern=r"^https?://[^/?#\s]+$")
    simulated_walk: bool = False
    simulated_seed: int = 1
    recorded_dir: DirectoryPath | None = None
    recorded_day: date | None = None  # played on the day of the start

    # the rule book
    rule_choices: dict[str, str] = Field(default_factory=dict)  # where sources contradict
    calendar_warning_days: PositiveInt = 60  # before its end; the next year is known in December

    # the paper counter
    paper_delay_s: float = Field(default=0.0, ge=0)
    paper_fills: Literal["never", "matching"] = "matching"
    paper_clock: Literal["always-open", "calendar"] = "always-open"
    paper_match_every_s: PositiveFloat = 1.0

    # a counter that speaks FIX
    gateway: Literal["paper", "fix"] = "paper"  # where orders go; the rest comes from paper
    fix_host: str | None = None
    fix_port: Port = 9876
    fix_sender: str | None = None  # SenderCompID: we
    fix_target: str | None = None  # TargetCompID: the counter
    fix_heartbeat_s: PositiveInt = 30
    fix_session_start: time | None = None  # in Beijing; without hours the session is always on
    fix_session_end: time | None = None
    fix_tls_ca_file: FilePath | None = None
    fix_tls_name: str | None = None
    fix_tls_certificate_file: FilePath | None = None
    fix_tls_key_file: FilePath | None = None
    fix_username: str | None = None
    fix_password_file: FilePath | None = None
    fix_dedupes: bool = False
    fix_mass_status: bool = True
    fix_reset_on_logon: bool = False
    fix_retry_at_most_s: PositiveFloat = 30.0

    @model_validator(mode="after")
    def _fix_says_with_whom(self) -> Self:
        needed = ("fix_host", "fix_sender", "fix_target")
        missing = [name for name in needed if getattr(self, name) is None]
        if self.gateway == "fix" and missing:
            names = ", ".join(f"CALLCENTER_{name.upper()}" for name in missing)
            raise ValueError(f"a FIX counter needs {names}")
        if (self.fix_session_start is None) != (self.fix_session_end is None):
            raise ValueError("fix_session_start and fix_session_end must both be set, or neither")
        return self

    @model_validator(mode="after")
    def _agents_come_and_go(self) -> Self:
        if (self.agents_open_at is None) != (self.agents_close_at is None):
            raise ValueError("agents_open_at and agents_close_at must both be set, or neither")
        return self

    @model_validator(mode="after")
    def _production_says_everything(self) -> Self:
        needed = ("database_url_file", "ami_secret_file", "trunk_match")
        missing = [name for name in needed if getattr(self, name) is None]
        if self.environment == "production" and missing:
            names = ", ".join(f"CALLCENTER_{name.upper()}" for name in missing)
            raise ValueError(f"production needs {names}")
        return self

    @model_validator(mode="after")
    def _a_recording_lies_somewhere(self) -> Self:
        if "recorded" in (self.quotes, self.quotes_second) and self.recorded_dir is None:
            raise ValueError("recorded quotes need CALLCENTER_RECORDED_DIR")
        return self

    @model_validator(mode="after")
    def _a_promise_outlasts_an_answer(self) -> Self:
        if self.order_promise_s <= self.counter_answer_within_s:
            raise ValueError("order_promise_s must be longer than counter_answer_within_s")
        if self.transfer_promise_s <= self.bank_answer_within_s:
            raise ValueError("transfer_promise_s must be longer than bank_answer_within_s")
        return self
