"""TLS towards the counter: its authority is ours to name, never the system's list."""

import ssl
from pathlib import Path


def tls_context(
    ca_file: Path, *, certificate_file: Path | None = None, key_file: Path | None = None
) -> ssl.SSLContext:
    """Trust what `ca_file` has signed, and nothing else; show our certificate if there is one."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.load_verify_locations(ca_file)
    if certificate_file is not None:
        context.load_cert_chain(certificate_file, key_file)
    return context
