"""Certificates for a broker and its client, made by openssl for one run of the tests."""

import subprocess
from pathlib import Path

INSTALL = "openssl is missing: sudo apt-get install openssl"


def make_certificates(folder: Path) -> None:
    """Write an authority ``ca.pem`` and what it vouches for, ``broker.pem`` and ``model.pem``, each with its ``….key``; and a stranger."""
    _make(folder, "ca", "-x509")
    _make(folder, "stranger", "-x509")
    for name in ("broker", "model"):
        _make(folder, name, "-x509", "-CA", "ca.pem", "-CAkey", "ca.key", "-addext", "subjectAltName=IP:127.0.0.1")


def _make(folder: Path, name: str, *options: str) -> None:
    command = ["openssl", "req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-noenc", "-days", "2"]
    command += ["-subj", f"/CN={name}", "-keyout", f"{name}.key", "-out", f"{name}.pem", *options]
    try:
        subprocess.run(command, cwd=folder, check=True, capture_output=True)
    except FileNotFoundError:
        raise AssertionError(INSTALL) from None
