"""What docs/menus.md shows can be put into force as it stands there."""

import re
from pathlib import Path
from typing import Final

import pytest

from tests.unit.ivr.hotline_of import menu_reader

PAGE: Final = Path(__file__).parents[4] / "docs/menus.md"
LINES: Final = "lines:\n"
LAST_LINE: Final = "  - {greeting: greeting, menu: main}\n"
MENUS: Final = "menus:\n  main:\n    - {key: 1, name: trade, words: menu-trade, menu: trade}\n"
TRADE: Final = "  trade:\n    - {key: 1, name: buy, words: menu-buy, dialogue: buy}\n"
BLOCKS: Final = re.findall(r"```yaml\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)


def menu_with(block: str) -> str:
    """Return a whole menu around a block of the page."""
    own_trade = TRADE
    if block.startswith("menus:") or block.startswith("lines:"):
        return block + ("" if "\nmenus:" in block else MENUS + TRADE)
    if block.startswith("  trade:"):
        return LINES + LAST_LINE + MENUS + block
    if block.startswith("  - greeting:"):
        return LINES + block + MENUS + TRADE
    if block.startswith("    - key: 4"):
        own_trade = TRADE.replace("trade:", "transfer:", 1) + TRADE
    if block.startswith("    - "):
        return LINES + LAST_LINE + MENUS + block + own_trade
    return LINES + LAST_LINE + MENUS + TRADE + block


def test_the_page_has_examples() -> None:
    assert len(BLOCKS) == 7


@pytest.mark.parametrize("block", BLOCKS)
def test_an_example_of_the_page_is_proved(block: str) -> None:
    assert menu_reader().prove(menu_with(block)).proof.faults == ()
