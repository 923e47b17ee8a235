"""The report of a load run: one page that needs no network and no explanation."""

from callcenter.load.report.page import page, write

__all__ = ["page", "write"]
