"""Where the nodes of an expression stand in its text, and the faults found there.

Python counts columns in bytes; people and editors count characters. This is the only module that knows.
"""

import ast

from maquette.core.message import Message, message
from maquette.errors import ExpressionError

# Words of other languages, and other ways to write ours.
_MEANT_WORDS = {
    "et": "and",
    "ou": "or",
    "non": "not",
    "si": "if",
    "sinon": "else",
    "AND": "and",
    "OR": "or",
    "NOT": "not",
}


class Places:
    """Knows the place of each of Python's nodes: ``text`` is one line, and begins at ``start`` in what people wrote."""

    def __init__(self, text: str, start: int) -> None:
        self._bytes = text.encode()
        self._start = start

    def column(self, node: ast.expr) -> int:
        """Return the offset at which a node begins, in characters."""
        return self._start + len(self._bytes[: node.col_offset].decode())

    def end(self, node: ast.expr) -> int:
        """Return the offset just after a node, in characters."""
        return self._start + len(self._bytes[: node.end_col_offset].decode())

    def source(self, node: ast.expr) -> str:
        """Return a node as it was written."""
        return self._bytes[node.col_offset : node.end_col_offset].decode()

    def name_column(self, node: ast.Attribute) -> int:
        """Return the offset of the name after the point."""
        return self.end(node) - len(node.attr)

    def fault(self, node: ast.expr, fault: Message, hint: Message | None = None) -> ExpressionError:
        """Return an error at the beginning of a node."""
        return ExpressionError(fault, column=self.column(node), hint=hint)

    def strange(self, node: ast.expr) -> ExpressionError:
        """Return the error for a construction that is not of the language."""
        match node:
            case ast.Tuple():
                return self.fault(node, message("E302.comma"), message("point_or_function"))
            case ast.Subscript(value=ast.Attribute(value=ast.Name(id=feed), attr=value)):
                hint = message("write_plain", written=f"{feed}[{self.source(node.slice)}].{value}")
                return self.fault(node, message("E302.key_place"), hint)
            case ast.Subscript(value=ast.Name()):
                hint = message("write_plain", written=f"{self.source(node)}.value")
                return self.fault(node, message("E302.no_value", written=self.source(node)), hint)
            case ast.List():
                return self.fault(node, message("E302.list"), message("give_to_function"))
        return self.fault(node, message("E302.other", written=self.source(node)))


def unreadable(text: str, column: int, hint: Message | None = None) -> ExpressionError:
    """Return the error for a text whose signs are all known, but in an order that means nothing; ``hint`` when one is known already."""
    end = len(text.rstrip())
    if column >= end:
        return ExpressionError(message("E301.early"), column=end)
    sign = text[column:].split(maxsplit=1)[0]
    word = next((word for word in text.split() if word in _MEANT_WORDS), None)
    meant = message("just_before") if word is None else message("write_for", written=_MEANT_WORDS[word], word=word)
    return ExpressionError(message("E301.order", sign=sign), column=column, hint=hint or meant)
