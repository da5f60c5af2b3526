"""The broker's certificates are looked at when documents are checked; what is wrong with them is told and stops no light."""

import subprocess
from pathlib import Path

import pytest

from maquette.config.broker_check import with_absolute_files
from maquette.config.check import Registries, check
from maquette.config.documents import InstallationMqttDocument, MqttDocument
from tests.certificates import make_certificates


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("certificates")
    make_certificates(made)
    lock = ["openssl", "pkey", "-in", "model.key", "-aes128", "-passout", "pass:hall", "-out", "locked.key"]
    subprocess.run(lock, cwd=made, check=True)
    return made


@pytest.mark.parametrize(
    ("ca", "certificate", "key", "where", "reason"),
    [
        ("ca.pem", "model.pem", "model.key", None, None),
        ("ca.pem", None, None, None, None),
        ("nowhere.pem", None, None, "ca", "no such file or directory"),
        (".", None, None, "ca", "it is a folder"),
        ("ca.key", None, None, "ca", "it holds no certificate in PEM form"),
        ("ca.pem", "model.key", "model.key", "certificate", "it holds no certificate in PEM form"),
        (
            "ca.pem",
            "model.pem",
            "model.pem",
            "key",
            "it holds no key in PEM form, or one that is locked with a password",
        ),
        (
            "ca.pem",
            "model.pem",
            "locked.key",
            "key",
            "it holds no key in PEM form, or one that is locked with a password",
        ),
        ("ca.pem", "model.pem", "broker.key", "key", "it is the key of another certificate"),
    ],
)
def test_a_certificate_that_cannot_serve_is_told(
    folder: Path,
    registries: Registries,
    certificates: Path,
    ca: str,
    certificate: str | None,
    key: str | None,
    where: str | None,
    reason: str | None,
):
    for path in certificates.iterdir():
        (folder / path.name).write_bytes(path.read_bytes())
    own = "" if certificate is None else f", certificate: {certificate}, key: {key}"
    line = f'mqtt: {{host: broker, tls: true, ca: "{ca}"{own}}}'
    config = folder / "config.yaml"
    config.write_text(f"{config.read_text('utf-8')}{line}\n", "utf-8")
    problems = check(config, registries).problems
    if reason is None:
        assert problems == ()
        return
    (found,) = problems
    assert (found.code, found.severity) == ("E257", "error")
    assert line[: found.column - 1].endswith(f"{where}: ")
    assert reason in found.heading("en")
    running = check(config, registries, folder / "state")
    assert running.installation is not None
    assert running.installation.mqtt is not None
    assert running.installation.mqtt.ca == str(folder / ca)
    assert [alert.code for alert in running.alerts] == ["secret_missing"]


def test_a_feed_gets_a_broker_whose_files_have_absolute_paths():
    written = InstallationMqttDocument(
        host="hall.local", tls=True, ca="ca.pem", certificate="/etc/model.pem", key="keys/model.key"
    )
    expected = MqttDocument(
        host="hall.local", tls=True, ca="/hall/ca.pem", certificate="/etc/model.pem", key="/hall/keys/model.key"
    )
    assert with_absolute_files(written, Path("/hall")) == expected
