"""The client of a running model: its HTTP interface over a Unix socket, with the standard library alone."""

import contextlib
import grp
import http.client
import json
import socket
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from maquette.core.message import message
from maquette.errors import RemoteError
from maquette.ops.here import PATH_BYTES, fitting

PATIENCE_S = 10.0
"""Seconds that a model has to answer; it gives up on its own stage sooner."""


class Remote:
    """A running model. Every method may raise `RemoteError`."""

    def __init__(self, path: Path, language: str) -> None:
        """Describe it; nothing is opened yet.

        Args:
            path: its socket.
            language: of the texts in its answers.
        """
        self._path = path
        self._language = language

    def state(self) -> Any:
        """Return the state of the show, as ``GET /api/state`` gives it; without ``state`` while the model is starting."""
        return self._ask("GET", "/api/state")

    def command(self, command: Mapping[str, Any]) -> Any:
        """Return what became of a command, as ``POST /api/commands`` answers."""
        return self._ask("POST", "/api/commands", json.dumps(dict(command)).encode())

    def _ask(self, method: str, path: str, body: bytes | None = None) -> Any:
        connection = _Connection(self._path)
        try:
            connection.request(method, f"{path}?lang={self._language}", body)
            return json.loads(connection.getresponse().read())
        except (FileNotFoundError, ConnectionRefusedError) as error:
            raise RemoteError(message("no_model_runs")) from error
        except PermissionError as error:
            raise RemoteError(
                message("socket_not_permitted", path=str(self._path), group=_group(self._path))
            ) from error
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise RemoteError(message("model_silent", reason=str(error) or type(error).__name__)) from error
        finally:
            connection.close()


def running_model(sockets: Iterable[Path], language: str) -> Remote:
    """Return the first model that listens.

    Args:
        sockets: where it may listen, the likeliest first.
        language: of the texts in its answers.

    Raises:
        RemoteError: none listens, or this user may not speak to it.
    """
    too_long: Path | None = None
    for path in sockets:
        with socket.socket(socket.AF_UNIX) as line:
            try:
                line.connect(fitting(path))
            except PermissionError as error:
                raise RemoteError(message("socket_not_permitted", path=str(path), group=_group(path))) from error
            except (FileNotFoundError, NotADirectoryError, ConnectionRefusedError):
                continue
            except OSError:
                too_long = path
                continue
        return Remote(path, language)
    reason = message("no_model_runs")
    if too_long is not None:
        reason = message(
            "no_model_runs_there", path=str(too_long), reason=message("socket_path_long", limit=PATH_BYTES)
        )
    raise RemoteError(reason)


def _group(path: Path) -> str:
    """Return the group that may speak to a model; its number where it has no name."""
    number = 0
    with contextlib.suppress(OSError, KeyError):
        number = path.stat().st_gid
        return grp.getgrgid(number).gr_name
    return str(number)


class _Connection(http.client.HTTPConnection):
    """HTTP over a Unix socket."""

    def __init__(self, path: Path) -> None:
        super().__init__("localhost", timeout=PATIENCE_S)
        self._path = path

    def connect(self) -> None:
        """Open the socket."""
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(self.timeout)
        self.sock.connect(fitting(self._path))
