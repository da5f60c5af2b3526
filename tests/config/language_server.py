"""The YAML language server, spoken to as an editor does: JSON-RPC over its standard input and output."""

import json
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Self

ROOT = Path(__file__).parents[2]
SERVER = ROOT / ".cache/yaml-language-server/node_modules/yaml-language-server/bin/yaml-language-server"
"""Where `tests/peers` installs it."""

# Nothing is asked from the Internet: the documents name their schemas.
_SETTINGS = {"yaml": {"schemaStore": {"enable": False}, "validate": True, "hover": True, "completion": True}}


class LanguageServer:
    """A language server that has been greeted; a context manager.

    Documents are opened under the address of a file, which need not hold the same text, nor exist.
    """

    def __enter__(self) -> Self:
        assert SERVER.is_file(), "the YAML language server is missing: run tests/peers"
        self._process = subprocess.Popen(["node", SERVER, "--stdio"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self._asked = 0
        self._versions: dict[str, int] = {}
        self._diagnostics: dict[str, list[dict[str, Any]]] = {}
        markdown = {"contentFormat": ["markdown"]}
        item = {"completionItem": {"documentationFormat": ["markdown"], "snippetSupport": True}}
        capabilities = {"textDocument": {"hover": markdown, "completion": item}, "workspace": {"configuration": True}}
        self._ask("initialize", {"processId": None, "rootUri": ROOT.as_uri(), "capabilities": capabilities})
        self._tell("initialized", {})
        self._tell("workspace/didChangeConfiguration", {"settings": _SETTINGS})
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.communicate()

    def open(self, file: Path, text: str) -> list[dict[str, Any]]:
        """Open a document, or another text of it, and return what the server finds wrong with it."""
        uri = file.as_uri()
        self._diagnostics.pop(uri, None)
        self._versions[uri] = self._versions.get(uri, 0) + 1
        document = {"uri": uri, "languageId": "yaml", "version": self._versions[uri], "text": text}
        if document["version"] == 1:
            self._tell("textDocument/didOpen", {"textDocument": document})
        else:
            self._tell("textDocument/didChange", {"textDocument": document, "contentChanges": [{"text": text}]})
        while uri not in self._diagnostics:
            self._read()
        return self._diagnostics[uri]

    def completions(self, file: Path, line: int, column: int) -> dict[str, dict[str, Any]]:
        """Return what the server offers at a place (line and column from 0), by label."""
        answer = self._ask("textDocument/completion", _place(file, line, column))
        items = answer["items"] if isinstance(answer, Mapping) else answer
        return {item["label"]: item for item in items}

    def hover(self, file: Path, line: int, column: int) -> str:
        """Return what the server tells of a place (line and column from 0), in Markdown."""
        answer = self._ask("textDocument/hover", _place(file, line, column))
        return "" if answer is None else str(answer["contents"]["value"])

    def _ask(self, method: str, parameters: Mapping[str, Any]) -> Any:
        self._asked += 1
        self._write({"id": self._asked, "method": method, "params": parameters})
        while True:
            message = self._read()
            if message.get("id") == self._asked and "method" not in message:
                assert "error" not in message, message
                return message["result"]

    def _tell(self, method: str, parameters: Mapping[str, Any]) -> None:
        self._write({"method": method, "params": parameters})

    def _write(self, message: Mapping[str, Any]) -> None:
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        assert self._process.stdin is not None
        self._process.stdin.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)
        self._process.stdin.flush()

    def _read(self) -> dict[str, Any]:
        """Read one message; answer it if it is a question."""
        assert self._process.stdout is not None
        length = 0
        while (header := self._process.stdout.readline().strip()) != b"":
            name, _, value = header.partition(b":")
            if name.lower() == b"content-length":
                length = int(value)
        assert length, "the language server has gone"
        message: dict[str, Any] = json.loads(self._process.stdout.read(length))
        if message.get("method") == "textDocument/publishDiagnostics":
            self._diagnostics[message["params"]["uri"]] = message["params"]["diagnostics"]
        elif "method" in message and "id" in message:
            asked = message["params"].get("items", ()) if message["method"] == "workspace/configuration" else ()
            settings = [_SETTINGS.get(item.get("section"), {}) for item in asked]
            self._write({"id": message["id"], "result": settings if asked else None})
        return message


def _place(file: Path, line: int, column: int) -> dict[str, Any]:
    return {"textDocument": {"uri": file.as_uri()}, "position": {"line": line, "character": column}}
