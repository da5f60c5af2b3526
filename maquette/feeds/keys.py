"""Keys: what ``${NAME}`` in a feed's document stands for, read when its source is about to use it.

No key ever stands in the text of an error, in a log or in a file of ours.
"""

from maquette.config.credentials import look_up, secret_name
from maquette.core.message import message
from maquette.errors import FeedError
from maquette.feeds.problems import PROBLEMS


def key_of(written: str) -> str:
    """Return what a document's text stands for: the key that it names, else itself.

    Raises:
        FeedError: ``no_key``, which names the variable.
    """
    name = secret_name(written)
    if name is None:
        return written
    try:
        key = (look_up(name) or "").strip()
    except (OSError, UnicodeDecodeError):
        key = ""
    # What is sent in a header is printable; a line break in a key would begin another header.
    if not key or not key.isprintable():
        raise FeedError("no_key", f"{PROBLEMS['no_key']} ({name})", told=message("key_not_set", name=name))
    return key
