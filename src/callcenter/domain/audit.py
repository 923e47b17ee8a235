"""The audit trail: who instructed what, from which number, with which outcome (交易稽查)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from callcenter.domain.accounts import AccountId
from callcenter.domain.orders import Station


class Action(StrEnum):
    """The instructions of T/SZSSA 0003-2023 (account login, order entry, …) that exist so far."""

    LOGIN = "login"
    ORDER = "order"
    ORDER_ANSWER = "order-answer"
    RESERVATION = "reservation"
    CANCEL = "cancel"
    DIFFERENCE_RESOLVED = "difference-resolved"  # by a person, who is named in the details
    BANK_BALANCE = "bank-balance"
    TRANSFER = "transfer"
    TRANSFER_ANSWER = "transfer-answer"
    APPLICATION = "application"
    APPLICATION_ANSWER = "application-answer"
    APPLICATION_CANCEL = "application-cancel"
    DIALPLAN_APPLIED = "dialplan-applied"  # by a person, who is named in the details
    DIALPLAN_ROLLED_BACK = "dialplan-rolled-back"  # by a person, or because it did not work
    APPLICATION_RESOLVED = "application-resolved"  # as a transfer
    SUBSCRIPTION = "subscription"  # added, ended, or another way of delivery
    STATEMENT = "statement"
    PASSWORD_CHANGE = "password-change"  # noqa: S105 - that it is asked for
    PASSWORD_CHANGE_ANSWER = "password-change-answer"  # noqa: S105
    CALLER_BINDING = "caller-binding"  # a number was bound to the account, or set free
    TICKET = "ticket"  # a complaint, or a voice mail
    TICKET_CALL_BACK = "ticket-call-back"
    TICKET_MOVED = "ticket-moved"  # by a person, who is named in the details
    NEWS_PUBLISHED = "news-published"  # by a person, who is named in the details
    NEWS_WITHDRAWN = "news-withdrawn"
    STAFF_LOGIN = "staff-login"
    STAFF_CHANGED = "staff-changed"  # added, with another PIN, or removed
    TRANSFER_RESOLVED = "transfer-resolved"  # by a person, who is named in the details
    MENU_ACTIVATED = "menu-activated"  # by a person, who is named in the details
    MENU_ROLLED_BACK = "menu-rolled-back"  # as an activation
    PROMPT_RECORDED = "prompt-recorded"  # by a person, who is named in the details
    PROMPT_RESTORED = "prompt-restored"  # as a recording


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditEntry:
    """One instruction or its answer. Written in the transaction that carries it out."""

    at: datetime
    station: Station
    account: AccountId | None
    action: Action
    outcome: str
    details: Mapping[str, str] = field(default_factory=dict)
