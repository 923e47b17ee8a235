"""
How a slot's value is spoken, by the name that a template gives after the colon.

* money    yuan to the fen: 四千五百六十七元八角九分
* price    a decimal number: 十点零五
* count    an integer before a measure word: 两股, 三万二千
* number   a place in a row, or any integer where 两 is wrong: 第二笔
* percent  百分之三点五, 负百分之二
* change   per cent, up or down: 上涨百分之三点五, 下跌百分之二, 持平
* digits   a long number called out in groups: 六零零零 零零零幺
* code     a security code, called out in one breath
* name     a name in the caller's language
* text     words that come from outside
* date     二零二六年十一月二十日
* time     十点零五分
* key      one telephone key, said inside its sentence: 请按一
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Generic, TypeVar

from callcenter.domain.calls import Language
from callcenter.ivr.spoken import english, mandarin, values

T = TypeVar("T")

INLINE: Final = "key"


@dataclass(frozen=True, slots=True)
class Spec(Generic[T]):
    check: Callable[[object], T]
    zh: Callable[[T], list[str]]
    en: Callable[[T], list[str]]
    figure: Callable[[T], str] | None = None

    def phrases(self, value: object, language: Language) -> list[str]:
        """Say the value. Raise TypeError or ValueError if it is not what the spec says."""
        checked = self.check(value)
        return self.zh(checked) if language is Language.ZH else self.en(checked)

    def figures(self, value: object) -> tuple[str, ...]:
        """Return the value as a bare numeral, if it is a number."""
        return (self.figure(self.check(value)),) if self.figure else ()


SPECS: Final[Mapping[str, Spec[Any]]] = {
    "money": Spec(values.money, mandarin.money, english.money, values.plain),
    "price": Spec(values.decimal, mandarin.price, english.price, values.plain),
    "count": Spec(values.count, mandarin.count, english.count, values.plain),
    "number": Spec(values.count, mandarin.number, english.count, values.plain),
    "percent": Spec(values.decimal, mandarin.percent, english.percent, values.plain),
    "change": Spec(values.decimal, mandarin.change, english.change, values.plain),
    "digits": Spec(values.numerals, mandarin.digits, english.digits, str),
    "code": Spec(values.numerals, mandarin.code, english.code, str),
    "name": Spec(values.words, mandarin.name, english.text),
    "text": Spec(values.words, mandarin.text, english.text),
    "date": Spec(values.day, mandarin.day, english.day),
    "time": Spec(values.moment, mandarin.moment, english.moment),
    INLINE: Spec(values.key, mandarin.key, english.key),
}
