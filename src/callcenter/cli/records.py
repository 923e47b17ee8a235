"""The records that the JSON commands print. Their field names are a promise to scripts."""

from typing import Any

from callcenter.app import AuditRecord, AuditReport, CallRecord, Transcript
from callcenter.domain.accounts import AccountId, Money, Position
from callcenter.domain.orders import Order

Record = dict[str, Any]


def call_record(record: CallRecord) -> Record:
    call = record.call
    return {
        "call_id": call.id,
        "caller": call.caller,
        "did": call.did,
        "branch": call.branch,
        "account": record.account,
        "start": call.answered_at,
        "answer": call.answered_at,
        "end": record.ended_at,
        "ended": record.end,
        "recording": call.recording,
    }


def transcript_record(transcript: Transcript) -> Record:
    turns = [
        {
            "at": turn.at,
            "prompts": list(turn.prompts),
            "words": turn.words,
            "keys": turn.keys,
            "outcome": turn.outcome,
        }
        for turn in transcript.turns
    ]
    return {**call_record(transcript.record), "turns": turns}


def order_record(order: Order) -> Record:
    draft, station = order.draft, order.station
    return {
        "order_number": draft.number,
        "client_order_id": order.client_id,
        "account": draft.account,
        "security": draft.security.id,
        "name": draft.security.name,
        "side": draft.side,
        "price": draft.price,
        "quantity": draft.quantity,
        "filled": order.filled,
        "cancelled": order.cancelled,
        "state": order.state,
        "message": order.message,
        "call_id": station.call,
        "caller": station.caller,
        "did": station.did,
        "branch": station.branch,
        "trade_date": order.trade_date,
        "reserved_for": order.reserved_for,
        "created": order.created_at,
        "updated": order.updated_at,
    }


def audit_record(record: AuditRecord) -> Record:
    entry = record.entry
    return {
        "id": record.id,
        "at": entry.at,
        "caller": entry.station.caller,
        "did": entry.station.did,
        "branch": entry.station.branch,
        "call_id": entry.station.call,
        "account": entry.account,
        "action": entry.action,
        "outcome": entry.outcome,
        "details": entry.details,
    }


def money_record(account: AccountId, money: Money) -> Record:
    return {
        "account": account,
        "usable": money.usable,
        "withdrawable": money.withdrawable,
        "frozen": money.frozen,
        "total": money.total,
    }


def position_record(account: AccountId, position: Position) -> Record:
    return {
        "account": account,
        "security": position.security.id,
        "name": position.security.name,
        "total": position.total,
        "sellable": position.sellable,
        "frozen": position.frozen,
    }


def verdict_record(report: AuditReport) -> Record:
    return {
        "intact": report.intact,
        "seals": report.seals,
        "unsealed": report.unsealed,
        "anchor": str(report.last),
        "findings": list(report.findings),
    }
