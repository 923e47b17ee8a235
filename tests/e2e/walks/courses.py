"""The courses of the dialogues: question by question, as `hotline.md` promises them to callers."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from tests.e2e.walks.model import TOP, Ask, Course, Kind, choice, password, read_back, words_of

_QUOTE: Final = ("quote", "quote-up", "quote-book", "quote-menu")
_PRICE: Final = Ask(says=("name-and-price", "ask-price"), keys="10*05#", kind=Kind.DECIMAL)


def _quantity(side: str) -> Ask:
    return Ask(says=(f"most-you-can-{side}", "ask-quantity"), keys="100#")


def _order(side: str) -> Sequence[Ask]:
    code = Ask(says=(f"ask-{side}-code",), keys="600000#")
    last = read_back(f"read-back-{side}", dropped="order-dropped", no=code.says)
    return (code, _PRICE, _quantity(side), last)


_BUY: Final = Course(dialogue="buy", asks=_order("buy"), says=("order-accepted",))


def _transfer(way: str, asks_for: Ask) -> Course:
    amount = Ask(says=(f"most-you-can-move-{way}", "ask-amount"), keys="100#", kind=Kind.DECIMAL)
    last = read_back(f"read-back-transfer-{way}", dropped="transfer-dropped", no=amount.says)
    return Course(
        dialogue=f"transfer-{way}", asks=(amount, asks_for, last), says=("transfer-done",)
    )


def _fund(way: str, code: str, about: tuple[str, ...], account: str = "") -> Course:
    asked = Ask(says=(code,), keys="110011#")
    amount = Ask(says=about, keys="100#", kind=Kind.DECIMAL)
    last = read_back(f"read-back-fund-{way}", dropped="application-dropped", no=asked.says)
    return Course(
        dialogue=f"fund-{way}",
        asks=(asked, amount, last),
        says=("application-accepted",),
        account=account,
    )


_ALERT: Final = Course(
    dialogue="add-alert",
    asks=(
        Ask(says=("ask-alert-code",), keys="600000#"),
        choice("choose-crossing"),
        Ask(says=("name-and-price", "ask-alert-price"), keys="11#", kind=Kind.DECIMAL),
    ),
    says=("subscription-added", "alert-above", "no-delivery-yet"),
)
_DAILY: Final = Course(
    dialogue="add-daily-quote",
    asks=(Ask(says=("ask-quote-code",), keys="600000#"), Ask(says=("ask-time",), keys="0930#")),
    says=("subscription-added", "daily-quote", "no-delivery-yet"),
)


def _new_password(which: str, old: str) -> Course:
    asked = password(f"ask-old-{which}-password", f"{old}#")
    new = password("ask-new-password", "975313#")
    again = password("ask-new-password-again", "975313#")
    last = read_back(f"read-back-{which}-password", dropped="password-dropped", no=asked.says)
    return Course(
        dialogue=f"{which}-password",
        asks=(asked, new, again, last),
        says=(f"{which}-password-changed",),
    )


_BIND: Final = Course(
    dialogue="add-number",
    asks=(
        read_back(
            "read-back-bind-first",
            dropped="binding-dropped",
            no=("binding-dropped", *words_of("numbers")),
            choices="confirm-or-give-up",
        ),
    ),
    says=("number-bound",),
)


def _to_delete(what: str, menu: str) -> Ask:
    last = ("no-more-subscriptions", *words_of(menu))
    return replace(choice(what, "subscription-to-delete"), pound=last)


COURSES: Final[Sequence[Course]] = (
    _BUY,
    Course(dialogue="sell", asks=_order("sell"), says=("order-accepted",)),
    Course(
        dialogue="cancel",
        before=(_BUY,),
        # Numbers of orders begin with the keys from 4 to 9.
        asks=(replace(choice("order-today-buy", "state-accepted", "cancel-choices"), wrong=""),),
        says=("cancel-done", "cancel-no-more"),
    ),
    Course(dialogue="reservations", says=("no-reservations",)),
    Course(
        dialogue="issues",
        asks=(
            choice(
                *("issue-count", "issue-offer", "issue-choices"),
                again=("issue-offer", "issue-choices"),
            ),
            Ask(says=("ask-issue-quantity",), keys="500#", back=("issue-offer", "issue-choices")),
            read_back("read-back-issue", dropped="application-dropped", no=("ask-issue-quantity",)),
        ),
        says=("application-accepted",),
        then=("issue-offer", "issue-choices"),
    ),
    _fund("subscribe", "ask-fund-code", ("fund-net-value", "fund-least", "ask-fund-amount")),
    _fund("redeem", "ask-redeem-code", ("fund-net-value", "ask-fund-shares"), "10000001"),
    Course(dialogue="fund-holdings", says=("no-funds",)),
    Course(dialogue="money", says=("money",)),
    Course(dialogue="positions", says=("position",)),
    Course(dialogue="orders", says=("no-orders-today",)),
    Course(dialogue="orders", before=(_BUY,), says=("order-today-buy", "state-accepted")),
    Course(dialogue="fills", says=("no-fills-today",)),
    Course(
        dialogue="history",
        asks=(Ask(says=("ask-first-day",), keys="#"),),
        says=("no-fills-in-period",),
    ),
    Course(dialogue="ipo-results", says=("no-ipo-results",)),
    Course(dialogue="transfer-flows", says=("no-transfers",)),
    Course(
        dialogue="quotes",
        asks=(
            Ask(says=("ask-quote-code",), keys="600000#"),
            replace(choice(*_QUOTE), back=words_of(TOP)),
        ),
        then=_QUOTE,
    ),
    _transfer("in", password("ask-bank-password", "112358#")),
    _transfer("out", password("ask-fund-password", "135790#")),
    Course(
        dialogue="bank-balance",
        asks=(password("ask-bank-password", "112358#"),),
        says=("bank-balance",),
    ),
    Course(dialogue="transfer-results", says=("no-transfers-today",)),
    Course(dialogue="list-alerts", says=("no-alerts",)),
    _ALERT,
    Course(
        dialogue="delete-alerts",
        before=(_ALERT,),
        asks=(_to_delete("alert-above", "alerts"),),
        says=("subscription-deleted", "no-more-subscriptions"),
    ),
    Course(
        dialogue="execution-reports",
        asks=(choice("executions-are-off"),),
        says=("executions-turned-on", "no-delivery-yet"),
    ),
    Course(dialogue="list-daily-quotes", says=("no-daily-quotes",)),
    _DAILY,
    Course(
        dialogue="delete-daily-quotes",
        before=(_DAILY,),
        asks=(_to_delete("daily-quote", "daily-quotes"),),
        says=("subscription-deleted", "no-more-subscriptions"),
    ),
    Course(
        dialogue="monthly-statement",
        asks=(choice("statement-is-off"),),
        says=("statement-turned-on",),
    ),
    Course(
        dialogue="delivery",
        asks=(choice("no-delivery-yet", "choose-delivery", keys="2"),),
        says=("delivery-changed", "delivered-by-email"),
    ),
    Course(
        dialogue="statement",
        asks=(
            choice("choose-period"),
            choice("choose-statement-delivery"),
            read_back(
                *("read-back-statement", "statement-by-email"),
                dropped="statement-dropped",
                no=("choose-period",),
            ),
        ),
        says=("statement-queued", "statement-by-email"),
    ),
    _new_password("trade", "246810"),
    _new_password("fund", "135790"),
    Course(dialogue="list-numbers", says=("no-bound-numbers",)),
    _BIND,
    Course(
        dialogue="remove-number",
        before=(_BIND,),
        asks=(
            replace(
                choice("bound-number", "number-to-remove"),
                pound=("no-more-bound-numbers", *words_of("numbers")),
            ),
            read_back(
                *("read-back-unbind", "unbind-last"),
                dropped="binding-dropped",
                no=("binding-dropped", *words_of("numbers")),
                choices="confirm-or-give-up",
            ),
        ),
        says=("number-unbound",),
    ),
    Course(dialogue="language"),
)
