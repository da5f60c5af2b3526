"""The address of the visitors' page for their own phones, and the code that they scan. Phones are on the network of the hall, not here."""

import io
import ipaddress

from maquette.console.access.access import host_name, is_loopback
from maquette.core.exhibition import ConsoleSettings

_LOCAL = "localhost"
_WEB_PORT = 80
_QUIET = 2  # modules around the code: light, so that it is found on a dark screen


def phone_address(settings: ConsoleSettings) -> str | None:
    """Return where a phone finds the visitors' page, or None where none can reach it.

    The first name of the settings that is none of this machine alone; else the address listened on, unless that is every address, or this
    machine's own.
    """
    if _is_here(settings.host):
        return None
    known = [name for name in (*settings.names, settings.host) if not _is_here(name) and not _is_any(name)]
    if not known:
        return None
    host = f"[{known[0]}]" if ":" in known[0] else known[0]
    port = "" if settings.port == _WEB_PORT else f":{settings.port}"
    address = f"http://{host}{port}/display"
    return address if host_name(f"{host}{port}") is not None else None


def code(address: str) -> bytes:
    """Return an address as a code to be scanned, in SVG: dark on light, as every phone reads it."""
    import segno  # noqa: PLC0415  # most consoles are never asked for a code

    drawn = io.BytesIO()
    made = segno.make_qr(address, error="m")
    made.save(drawn, kind="svg", border=_QUIET, xmldecl=False, dark="#171411", light="#ece5d9", omitsize=True)
    return drawn.getvalue()


def _is_here(host: str) -> bool:
    return host.lower().rstrip(".") == _LOCAL or is_loopback(host)


def _is_any(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_unspecified
    except ValueError:
        return False
