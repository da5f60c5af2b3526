"""A source without a network: it answers as a script says."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

from maquette.feeds.source import Payload, Source
from maquette.feeds.sources.http_json import SOURCE


class Script:
    """Says what each host answers: content, a payload, or an error that is raised. Counts who was asked, in order."""

    def __init__(self, answer: Callable[[str], Any]) -> None:
        self.answer = answer
        self.asked: list[str] = []

    @property
    def sources(self) -> Mapping[str, Source]:
        """The kinds of feeds, for a coordinator."""
        return {"http_json": replace(SOURCE, connect=lambda document, _wake: _Connection(self, document.url))}

    def ask(self, url: str) -> Payload:
        """Answer one request."""
        self.asked.append(url)
        answer = self.answer(urlsplit(url).hostname or "")
        if isinstance(answer, Exception):
            raise answer.with_traceback(None)  # else one that is raised again and again remembers each time
        return answer if isinstance(answer, Payload) else Payload(answer)


class _Connection:
    def __init__(self, script: Script, url: str) -> None:
        self._script = script
        self._url = url

    def fetch(self) -> Payload:
        return self._script.ask(self._url)

    def close(self) -> None:
        """Nothing is held open."""
