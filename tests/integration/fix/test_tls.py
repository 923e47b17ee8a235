"""The line to the counter is encrypted, and only to the counter that we were told of."""

import shutil
import ssl
import subprocess
from pathlib import Path

import pytest

from callcenter.domain.errors import CounterUnavailable
from callcenter.gateways.fix import Address, tls_context
from tests import make
from tests.fix.counterparty import connected, running, terms
from tests.fix.wire import cable

ORDER = make.order()

pytestmark = pytest.mark.skipif(shutil.which("openssl") is None, reason="no openssl command")


def authority(folder: Path, name: str) -> tuple[Path, Path]:
    """Make a certificate that signs itself; return it and its key."""
    certificate, key = folder / f"{name}.pem", folder / f"{name}.key"
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"),
            *(
                "-nodes",
                "-days",
                "2",
                "-subj",
                f"/CN={name}",
                "-addext",
                f"subjectAltName=DNS:{name}",
            ),
            *("-keyout", str(key), "-out", str(certificate)),
        ],
        check=True,
        capture_output=True,
    )
    return certificate, key


def server(folder: Path, wants: Path | None = None) -> tuple[ssl.SSLContext, Path]:
    certificate, key = authority(folder, "counter.test")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    if wants is not None:
        context.load_verify_locations(wants)
        context.verify_mode = ssl.CERT_REQUIRED
    return context, certificate


async def test_orders_go_over_tls_to_a_counter_that_knows_us(tmp_path: Path) -> None:
    ours, key = authority(tmp_path, "hotline.test")
    context, trusted = server(tmp_path, wants=ours)
    client = tls_context(trusted, certificate_file=ours, key_file=key)

    async with (
        running(tmp_path / "counter") as counter,
        cable(counter.port, tls=context) as (_, port),
        connected(terms(tmp_path, port, address=to(port, client))) as entry,
    ):
        assert (await entry.place(ORDER)).accepted


@pytest.mark.parametrize("fault", ["another authority", "another name", "no certificate of ours"])
async def test_no_order_goes_to_a_stranger(tmp_path: Path, fault: str) -> None:
    ours, _ = authority(tmp_path, "hotline.test")
    context, trusted = server(tmp_path, wants=ours if fault == "no certificate of ours" else None)
    client = tls_context(ours if fault == "another authority" else trusted)
    name = "other.test" if fault == "another name" else "counter.test"

    async with (
        running(tmp_path / "counter") as counter,
        cable(counter.port, tls=context) as (line, port),
        connected(terms(tmp_path, port, address=to(port, client, name)), wait=False) as entry,
    ):
        with pytest.raises(CounterUnavailable):
            await entry.place(ORDER)
        assert line.passed == 0


def to(port: int, client: ssl.SSLContext, name: str = "counter.test") -> Address:
    return Address(host="127.0.0.1", port=port, tls=client, server_name=name)
