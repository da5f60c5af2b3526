"""Languages: the word files of ``locale/``. A language is there when its file is; no list in the code names it.

| file | whose words | where a language has none |
|---|---|---|
| ``<lang>.json`` | what visitors and mediators read: pages, alerts, reports, MQTT; how days and hours are written | French, the first |
| ``legend.<lang>.json`` | the printed legend and wiring plan | English |
| ``problems.<lang>.json`` | what is wrong with documents, explained, for maintainers | English |
| ``retelling.<lang>.json`` | the sentences that retell a scenario, for maintainers | English |
| ``reference.fr.json`` | the French of the documents' reference, for editors; its English stands in the code | English |
| ``api.<lang>.json`` | the description of the HTTP interface; its English stands in the code | English |

A further language needs ``<lang>.json`` alone, named as ISO 639 does (``de.json``); what it lacks is said in English.
"""

import json
import logging
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

ENGLISH = "en"

_log = logging.getLogger(__name__)


@cache
def known(family: str = "", first: str = ENGLISH) -> tuple[str, ...]:
    """Return the languages that a family of files has, such as ``problems``, one of them first and the others sorted.

    Args:
        family: what the names of the files begin with; nothing for the words of the interface.
        first: the language that stands in for those which have no file.
    """
    names = (file.name.removesuffix(".json") for file in files("maquette").joinpath("locale").iterdir())
    begin = f"{family}." if family else ""
    found = {name.removeprefix(begin) for name in names if name.startswith(begin)}
    return tuple(sorted({one for one in found if one.isalpha() and len(one) <= 3}, key=lambda one: (one != first, one)))


@cache
def read(family: str, language: str) -> Mapping[str, Any]:
    """Return what a file holds; one that cannot be read is told in the log and holds nothing: English stands in for it."""
    name = f"{family}.{language}.json" if family else f"{language}.json"
    try:
        entries = json.loads(files("maquette").joinpath("locale", name).read_text("utf-8"))
    except (OSError, ValueError) as error:
        _log.error("locale/%s is not used: %s", name, error)
        return {}
    if not isinstance(entries, dict):
        _log.error("locale/%s is not used: it must hold an object, from keys to words", name)
        return {}
    return entries
