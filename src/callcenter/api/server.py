"""The HTTP server of the daemon: health and metrics, on loopback unless set otherwise."""

from collections.abc import Mapping

from aiohttp import web

from callcenter.api.health import Check, healthz, readyz
from callcenter.api.metrics import Metrics


class HttpServer:
    def __init__(self, host: str, port: int, metrics: Metrics, checks: Mapping[str, Check]) -> None:
        self._host = host
        self._port = port
        app = web.Application()
        app.router.add_get("/healthz", healthz)
        app.router.add_get("/readyz", readyz(checks))
        app.router.add_get("/metrics", metrics.handle)
        self._runner = web.AppRunner(app, access_log=None)

    async def start(self) -> None:
        """Listen. Raise OSError if the address cannot be had."""
        await self._runner.setup()
        await web.TCPSite(self._runner, self._host, self._port).start()

    async def stop(self) -> None:
        await self._runner.cleanup()
