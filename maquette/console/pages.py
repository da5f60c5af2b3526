"""Pages: HTML templates, and the headers that every answer carries. No script is inline.

In a template ``{{key}}`` is a word of the locale files, ``{{> part}}`` another template, set in as it stands, and ``{{links}}`` the
links to all pages. ``{{page_title}}`` is what the locale files call the page.
"""

import html
import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from maquette.console.wording import Wording, catalogue

PAGES = {
    "mediator": "/",
    "display": "/display",
    "model": "/model",
    "health": "/health",
    "scenarios": "/scenarios",
    "map": "/map",
    "api": "/api",
}
"""The pages: the template's stem, and where it is. The locale files call it ``page_<stem>``."""

_HOST = re.compile(r"[A-Za-z0-9.:-]+")
_ENTRY = re.compile(r"\{\{([a-z0-9_]+)\}\}")
_NAME, _BEGINNING = re.compile(r"[a-z][a-z0-9_]*"), re.compile(r"`([a-z_]+_)\$\{")
_PART = re.compile(r"\{\{> ([a-z]+)\}\}\n")

PLAN_POLICY = "default-src 'none'; style-src 'unsafe-inline'"
"""Content security policy of the plan: a drawing may be styled and do nothing else."""


def render(page: str, wording: Wording, **values: str) -> str:
    """Return a page in one language.

    Args:
        page: the template's stem in ``pages/``.
        wording: gives the words.
        values: texts for keys that are not in the locale files: ``title``, ``language``, ``interface``.

    Raises:
        KeyError: the locale files have no such key.
    """
    values["page_title"] = wording.say(f"page_{page}")
    template = _PART.sub(lambda m: _template(m[1]), _template(page))
    template = template.replace("{{links}}", _links(page, wording, values["language"]))
    return _ENTRY.sub(lambda m: html.escape(values.get(m[1]) or wording.say(m[1])), template)


def _links(page: str, wording: Wording, language: str) -> str:
    def link(name: str, path: str) -> str:
        here = ' aria-current="page"' if name == page else ""
        return f'<a href="{path}?lang={html.escape(language)}"{here}>{html.escape(wording.say(f"page_{name}"))}</a>'

    return "\n    ".join(link(name, path) for name, path in PAGES.items())


@cache
def script_words(language: str) -> Mapping[str, str]:
    """Return the entries of the locale file that scripts can ask for: those that they name, or whose beginning they name."""
    scripts = files("maquette.console").joinpath("pages", "static").iterdir()
    source = "".join(script.read_text("utf-8") for script in scripts if script.name.endswith(".js"))
    named, begun = set(_NAME.findall(source)), tuple(_BEGINNING.findall(source))
    return {key: text for key, text in catalogue(language).items() if key in named or key.startswith(begun)}


def _template(name: str) -> str:
    return files("maquette.console").joinpath("pages", f"{name}.html").read_text("utf-8")


_NO_DEVICES = "camera=(), microphone=(), geolocation=(), payment=(), usb=(), serial=(), midi=()"
"""Permissions policy of every answer: no page of ours asks for any of these."""


def _policy(host: str) -> str:
    # Older Safari does not count a WebSocket as 'self'. Anything may stand in a Host header, and the policy knows no IPv6 address.
    sources = f"'self' ws://{host} wss://{host}" if _HOST.fullmatch(host) else "'self'"
    return (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; manifest-src 'self'; "
        f"connect-src {sources}; base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
    )


class Headers:
    """Adds the headers that keep browsers careful; APIs are never stored."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on and add to its answer what is not there yet."""
        host = next((value.decode("latin-1") for name, value in scope["headers"] if name == b"host"), "")
        fresh = "no-store" if scope["path"].startswith("/api/") or scope["path"] == "/healthz" else "no-cache"

        async def send_with_headers(message: Message) -> None:
            if message["type"] in ("http.response.start", "websocket.http.response.start"):
                headers = MutableHeaders(scope=message)
                headers.setdefault("content-security-policy", _policy(host))
                headers.setdefault("cache-control", fresh)
                headers["x-content-type-options"] = "nosniff"
                headers["referrer-policy"] = "no-referrer"
                headers["cross-origin-opener-policy"] = "same-origin"
                headers["cross-origin-resource-policy"] = "same-origin"
                headers["permissions-policy"] = _NO_DEVICES
            await send(message)

        await self._app(scope, receive, send_with_headers)
