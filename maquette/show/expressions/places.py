"""Where the nodes of an expression stand in its text, and the faults found there, in words that help.

Python counts columns in bytes; people and editors count characters. This is the only module that knows.
"""

import ast

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

    def fault(self, node: ast.expr, message: str, hint: str | None = None, code: str = "E302") -> ExpressionError:
        """Return an error at the beginning of a node."""
        return ExpressionError(message, column=self.column(node), hint=hint, code=code)

    def strange(self, node: ast.expr) -> ExpressionError:
        """Return the error for a construction that is not of the language."""
        match node:
            case ast.Tuple():
                hint = "decimals take a point, such as 0.5; several values stand in a function, such as max(a.x, b.x)"
                return self.fault(node, "a comma may only stand between a function's arguments", hint)
            case ast.Subscript(value=ast.Attribute(value=ast.Name(id=feed), attr=value)):
                hint = f"write {feed}[{self.source(node.slice)}].{value}"
                return self.fault(node, "the key stands after the feed, not after the value", hint)
            case ast.Subscript(value=ast.Name()):
                return self.fault(node, f"{self.source(node)} names no value", f"write {self.source(node)}.value")
            case ast.List():
                return self.fault(node, "a list may not stand here", "give the values to a function: max(a.x, b.x)")
        return self.fault(node, f"'{self.source(node)}' is not part of the language of expressions")


def unreadable(text: str, column: int, hint: str | None = None) -> ExpressionError:
    """Return the error for a text whose signs are all known, but in an order that means nothing; ``hint`` when one is known already."""
    end = len(text.rstrip())
    if column >= end:
        return ExpressionError("the expression stops too early", column=end)
    sign = text[column:].split(maxsplit=1)[0]
    meant = next((f"write '{_MEANT_WORDS[word]}' for '{word}'" for word in text.split() if word in _MEANT_WORDS), None)
    hint = hint or meant or "something is missing or too much just before"
    return ExpressionError(f"'{sign}' cannot stand here", column=column, hint=hint)
