import pytest

from tests.feeds.server import Server
from tests.feeds.world import World


@pytest.fixture
def server(monkeypatch):
    monkeypatch.setenv("NO_PROXY", "127.0.0.1,localhost")
    server = Server()
    yield server
    server.stop()


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
        one.coordinator._workers.shutdown(wait=True)
