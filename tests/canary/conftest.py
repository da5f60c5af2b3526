import pytest

from tests.feeds.server import Server


@pytest.fixture
def server(monkeypatch):
    monkeypatch.setenv("NO_PROXY", "127.0.0.1,localhost")
    server = Server()
    yield server
    server.stop()
