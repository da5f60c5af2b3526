"""The reference of the documents: the texts under the fields of the models, in English there, in French in ``locale/reference.fr.json``.

That file is a table, English → French: a text that changes in a model has lost its French, and a test says so.
"""

import ast
import inspect
import sys
from collections.abc import Mapping
from functools import cache
from itertools import pairwise

from maquette import languages
from maquette.config.document import Document


def french() -> Mapping[str, str]:
    """Return the French of the reference, by its English."""
    return languages.read("reference", "fr")


def described(english: str) -> dict[str, str]:
    """Return a text as schemas carry it, French first: plain, and as Markdown for editors that show it."""
    words = french().get(english)
    return {"description": english} if words is None else in_two_languages(words, english)


def in_two_languages(words: str, english: str) -> dict[str, str]:
    """Return a text in French and English as schemas carry it."""
    return {
        "description": f"{words}\n\nEnglish: {english}",
        "markdownDescription": f"{words}\n\n*English:* {english}",
    }


def document_text(document: type[Document]) -> str:
    """Return what a document is."""
    return inspect.cleandoc(document.__doc__ or "")


@cache
def field_texts(document: type[Document]) -> Mapping[str, str]:
    """Return the text under each field of a document, by the field's name, those of its bases included."""
    texts: dict[str, str] = {}
    for owner in reversed(document.__mro__):
        if not issubclass(owner, Document) or owner is Document:
            continue
        body = _bodies(owner.__module__)[owner.__name__]
        for field, text in pairwise(body):
            match field, text:
                case ast.AnnAssign(target=ast.Name(id=name)), ast.Expr(value=ast.Constant(value=str(words))):
                    texts[name] = inspect.cleandoc(words)
    return texts


@cache
def _bodies(module: str) -> Mapping[str, list[ast.stmt]]:
    """Return what stands in each class of a module."""
    tree = ast.parse(inspect.getsource(sys.modules[module]))
    return {node.name: node.body for node in ast.walk(tree) if isinstance(node, ast.ClassDef)}
