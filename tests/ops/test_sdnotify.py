"""The service manager's socket, spoken to for real."""

import socket

from maquette.ops.sdnotify import notify


def test_without_a_service_manager_nothing_is_sent(monkeypatch):
    monkeypatch.delenv("NOTIFY_SOCKET", raising=False)
    assert not notify("READY=1")


def test_the_state_arrives_as_one_datagram(monkeypatch, tmp_path):
    path = tmp_path / "notify"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(str(path))
        monkeypatch.setenv("NOTIFY_SOCKET", str(path))
        assert notify("READY=1\nSTATUS=air")
        assert manager.recv(100) == b"READY=1\nSTATUS=air"


def test_an_abstract_address_is_understood(monkeypatch):
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind("\0maquette-test-notify")
        monkeypatch.setenv("NOTIFY_SOCKET", "@maquette-test-notify")
        assert notify("WATCHDOG=1")
        assert manager.recv(100) == b"WATCHDOG=1"


def test_a_socket_that_is_gone_is_no_trouble(monkeypatch, tmp_path):
    monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "gone"))
    assert not notify("READY=1")
