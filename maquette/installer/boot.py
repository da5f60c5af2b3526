"""The texts that a Raspberry Pi reads when it starts: config.txt and cmdline.txt, with lines of ours and without them."""

import re
from collections.abc import Sequence

_BEGIN = "# -- maquette: these lines are written by systemd/install --"
_END = "# -- maquette: end --"
_BLOCK = re.compile(rf"\n*^{re.escape(_BEGIN)}$.*?^{re.escape(_END)}$\n?", re.MULTILINE | re.DOTALL)


def with_lines(config: str, lines: Sequence[str]) -> str:
    """Return config.txt with these lines of ours at its end instead of those that were there; without any, none of ours.

    They stand under ``[all]``, so that no filter above them counts, and after an empty ``dtoverlay=``, so that a ``dtparam`` is not
    taken for one of the last overlay above.
    """
    before = _BLOCK.sub("\n", config).rstrip("\n")
    before = before + "\n" if before else ""
    if not lines:
        return before
    return "\n".join([before, _BEGIN, "[all]", "dtoverlay=", *lines, _END, ""])


def with_words(command_line: str, words: Sequence[str]) -> str:
    """Return cmdline.txt, which is one line, with these words; one of the same name gives way."""
    names = {word.partition("=")[0] for word in words}
    kept = [word for word in command_line.split() if word.partition("=")[0] not in names]
    return " ".join([*kept, *words]) + "\n"


def without_words(command_line: str, unwanted: str) -> str:
    """Return cmdline.txt without a word."""
    return " ".join(word for word in command_line.split() if word != unwanted) + "\n"
