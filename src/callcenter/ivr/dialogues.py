"""The registry of dialogues: the name by which a menu calls each, and what is true of it."""

from collections.abc import Mapping
from typing import Final

from callcenter.ivr.account import money, orders_today
from callcenter.ivr.agent import agent
from callcenter.ivr.banking.balance import bank_balance
from callcenter.ivr.banking.results import transfer_flows, transfer_results
from callcenter.ivr.banking.transfer import transfer_in, transfer_out
from callcenter.ivr.complaint import complaint
from callcenter.ivr.fills import fills_today, history
from callcenter.ivr.holdings import positions
from callcenter.ivr.ipo_results import ipo_results
from callcenter.ivr.language import switch_language
from callcenter.ivr.menus.known import Dialogue, Known, Sends
from callcenter.ivr.news import guide, mailbox, market_news, notices, security_news
from callcenter.ivr.order import buy, sell
from callcenter.ivr.quotes import quotes
from callcenter.ivr.services.numbers import add_number, list_numbers, remove_number
from callcenter.ivr.services.passwords import fund_password, trade_password
from callcenter.ivr.statement import statement
from callcenter.ivr.subscriptions.alerts import add_alert, delete_alerts, list_alerts
from callcenter.ivr.subscriptions.daily_quotes import (
    add_daily_quote,
    delete_daily_quotes,
    list_daily_quotes,
)
from callcenter.ivr.subscriptions.delivery import delivery
from callcenter.ivr.subscriptions.switches import execution_reports, monthly_statement
from callcenter.ivr.trade.cancel import cancel
from callcenter.ivr.trade.fund_holdings import fund_holdings
from callcenter.ivr.trade.funds import redeem, subscribe
from callcenter.ivr.trade.issues import issues
from callcenter.ivr.trade.reservations import reservations


def _sending(run: Dialogue, *sends: Sends, login: bool = True) -> Known:
    """A dialogue that reads back whatever it sends."""
    return Known(run=run, login=login, sends=frozenset(sends), reads_back=True)


DIALOGUES: Final[Mapping[str, Known]] = {
    # trade
    "buy": _sending(buy, Sends.ORDER),
    "sell": _sending(sell, Sends.ORDER),
    "cancel": _sending(cancel, Sends.CANCEL),
    "reservations": _sending(reservations, Sends.CANCEL),
    "issues": _sending(issues, Sends.APPLICATION, Sends.CANCEL),
    "fund-subscribe": _sending(subscribe, Sends.APPLICATION),
    "fund-redeem": _sending(redeem, Sends.APPLICATION),
    "fund-holdings": _sending(fund_holdings, Sends.CANCEL),
    # account
    "money": Known(run=money, login=True),
    "positions": Known(run=positions, login=True),
    "orders": Known(run=orders_today, login=True),
    "fills": Known(run=fills_today, login=True),
    "history": Known(run=history, login=True),
    "ipo-results": Known(run=ipo_results, login=True),
    "transfer-flows": Known(run=transfer_flows, login=True),
    "statement": Known(run=statement, login=True),
    # bank transfers
    "transfer-in": _sending(transfer_in, Sends.TRANSFER),
    "transfer-out": _sending(transfer_out, Sends.TRANSFER),
    "bank-balance": Known(run=bank_balance, login=True),
    "transfer-results": Known(run=transfer_results, login=True),
    # subscriptions
    "list-alerts": Known(run=list_alerts, login=True),
    "add-alert": Known(run=add_alert, login=True),
    "delete-alerts": Known(run=delete_alerts, login=True),
    "execution-reports": Known(run=execution_reports, login=True),
    "list-daily-quotes": Known(run=list_daily_quotes, login=True),
    "add-daily-quote": Known(run=add_daily_quote, login=True),
    "delete-daily-quotes": Known(run=delete_daily_quotes, login=True),
    "monthly-statement": Known(run=monthly_statement, login=True),
    "delivery": Known(run=delivery, login=True),
    # services
    "trade-password": _sending(trade_password, Sends.PASSWORD),
    "fund-password": _sending(fund_password, Sends.PASSWORD),
    "list-numbers": Known(run=list_numbers, login=True),
    "add-number": _sending(add_number, Sends.BINDING),
    "remove-number": _sending(remove_number, Sends.BINDING),
    # for everybody
    "quotes": _sending(quotes, Sends.ORDER, login=False),  # it asks for the login before an order
    "agent": Known(run=agent),
    "news-market": Known(run=market_news),
    "news-security": Known(run=security_news),
    "news-notices": Known(run=notices),
    "news-mailbox": Known(run=mailbox),
    "news-guide": Known(run=guide),
    "complaint": Known(run=complaint),
    "language": Known(run=switch_language),
}
