import pytest

from tests.feeds.server import Server
from tests.feeds.world import World


@pytest.fixture
def serve(monkeypatch):
    """Return servers at addresses of the loopback, each a host of its own; they end with the test."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.0/8,localhost")
    servers = []

    def build(host="127.0.0.1"):
        servers.append(Server(host))
        return servers[-1]

    yield build
    for one in servers:
        one.stop()


@pytest.fixture
def server(serve):
    return serve()


@pytest.fixture
def world():
    """Return worlds that end with the test, all their threads too."""
    worlds = []

    def build(feeds, **options):
        worlds.append(World(feeds, **options))
        return worlds[-1]

    yield build
    for one in worlds:
        one.coordinator.close()
        for ask in one.coordinator._pool.under_way:
            ask.thread.join(30)
