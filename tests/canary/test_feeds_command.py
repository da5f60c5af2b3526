"""`maquette feeds`: each feed once, told on a page or as JSON; trouble in one sentence, never a traceback."""

import json
import os
import signal
import subprocess
import sys
import threading
from datetime import UTC, datetime, timedelta

import pytest

from maquette import cli
from maquette.config.check import check
from maquette.core.clock import Clock
from maquette.feeds.source import Arrival
from maquette.feeds.sources import http_json
from maquette.feeds.store import Store
from maquette.house import registries
from tests.canary.played import feeds, fresh, play
from tests.daemon import ROOT, Installation, Strip
from tests.feeds.documents import PARIS


@pytest.fixture
def installation(tmp_path, server, monkeypatch):
    monkeypatch.setenv("MAQUETTE_CLOCK", "trusted")
    strip = Strip()
    yield Installation(tmp_path, strip, feeds=feeds(server))
    strip.close()


@pytest.fixture
def asked(installation, capsys):
    """Return what the verb prints, with its exit code."""

    def ask(*arguments):
        code = cli.main(["feeds", str(installation.config), "--state", str(installation.state), *arguments])
        printed = capsys.readouterr()
        assert "Traceback" not in printed.out + printed.err
        return code, printed.out.replace("\u00a0", " ").replace("\u202f", " "), printed.err

    return ask


def test_the_page_says_how_every_feed_is_doing(asked):
    code, page, _ = asked()
    assert code == 0, page
    lines = page.splitlines()
    assert lines[0].startswith("Vallée de la Chimie : ses flux le ")
    assert "  À jour, mesuré il y a 4 min. Source : Hub'Eau, Vigicrues (mesure)." in lines
    assert "  Débit  812 m³/s" in lines
    assert "  À jour, estimé il y a 19 min. Source : RTE via ODRÉ (estimation)." in lines
    assert any(line.split() == ["Production", "nucléaire", "10", "450", "MW"] for line in lines)
    assert "À jour, prévision pour le" in page
    assert "jusqu'au" in page
    assert "3 valeurs : Lyon-Gerland 3, Saint-Fons 4, Feyzin 2" in page
    assert "  ODbL 1.0 : Indice ATMO, Atmo France et les AASQA" in lines
    assert page.count("Licence Ouverte 2.0") == 1
    assert "  va bien  river        Débit de la rivière : Débit 812 m³/s, mesuré il y a 4 min" in lines
    assert lines[-1] == "Les 3 flux vont bien."
    assert "\x1b" not in page


def test_a_field_that_was_renamed_is_told_with_the_new_name_and_what_to_do(asked, server):
    now = datetime.now(UTC)
    renamed = json.dumps(fresh("eco2mix_region", now)).replace("nucleaire", "nucleaire_mw")
    play(server, "electricity", json.loads(renamed))
    code, page, _ = asked()
    assert code == 1
    lines = page.splitlines()
    change = "`results[1].nucleaire` a disparu ; le plus proche : `nucleaire_mw`"
    assert f"La source a changé ses réponses : {change}." in " ".join(page.split())
    assert any(line.startswith("  à voir   electricity  Électricité dans la région : `results[1]") for line in lines)
    assert any(line.split() == ["Consommation", "7", "120", "MW"] for line in lines), "the others go on"
    assert any(line.split()[:3] == ["Production", "nucléaire", "inconnu"] for line in lines)
    assert "Changer ce que le flux prend, dans config.yaml" in page
    assert lines[-1] == "2 flux sur 3 vont bien ; à voir : electricity."
    code, told, _ = asked("--json", "--language", "en", "electricity")
    (feed,) = json.loads(told)
    assert (code, feed["feed"], feed["state"]) == (1, "electricity", "trouble")
    assert feed["problems"] == [
        {
            "code": "feed_shape",
            "text": "The source has changed its answers: `results[1].nucleaire` is gone; nearest: `nucleaire_mw`",
        }
    ]
    assert {reading["name"]: reading["quality"] for reading in feed["readings"]}["nuclear"] == "missing"


def test_json_is_the_public_shape_of_each_reading(asked):
    code, told, _ = asked("--json", "river")
    (feed,) = json.loads(told)
    (reading,) = feed["readings"]
    assert (code, feed["state"], feed["problems"], feed["title"]) == (0, "well", [], "Débit de la rivière")
    assert 240 <= reading.pop("age_s") < 300
    assert reading.pop("measured_at").endswith("Z")
    assert reading.pop("fetched_at").endswith("Z")
    assert reading == {
        "feed": "river", "name": "flow", "key": None, "value": 812.0, "unit": "m³/s", "quality": "live", "nature": "measured",
        "valid_until": None, "place": None, "source": "Hub'Eau, Vigicrues", "licence": "Licence Ouverte 2.0",
        "attribution": "Hub'Eau, Eaufrance, SCV (Vigicrues)", "problem": None,
    }  # fmt: skip


def test_a_named_feed_tells_every_key_and_a_key_that_did_not_come(asked, server):
    answer = fresh("atmo_communes", datetime.now(UTC))
    answer["features"] = [f for f in answer["features"] if f["properties"]["code_zone"] != "69199"]
    play(server, "air", answer)
    code, page, _ = asked("air", "--language", "en")
    told = " ".join(page.split())
    assert code == 0, "one commune of three may be late"
    assert "2 values of 3: Lyon-Gerland 3, Feyzin 2. Unknown: Saint-Fons" in told
    assert told.count("Unknown: Saint-Fons") == 5
    assert "At a glance" not in page
    assert page.splitlines()[-1] == "The feed is well."


@pytest.fixture
def without_network(installation, server):
    text = installation.config.read_text()
    installation.config.write_text(text.replace(server.url, "http://maquette.invalid"))


@pytest.mark.usefixtures("without_network")
def test_without_network_every_feed_says_so_once_and_shows_its_sample_as_such(asked):
    code, page, _ = asked()
    assert code == 1
    details, glance = page.split("En bref")
    assert details.count("Pas de réseau.") == 3
    assert details.count("Exemple fourni avec le logiciel, pas une mesure.") == 3
    assert "À jour" not in page
    assert glance.count("à voir") == 4
    assert page.count("Vérifier le réseau") == 1


@pytest.mark.usefixtures("without_network")
def test_what_the_running_model_knew_last_is_shown_with_its_age_and_nothing_is_written(asked, installation):
    checked = check(installation.config, registries(), installation.state).installation
    assert checked is not None
    river, now = checked.feeds["river"], datetime.now(PARIS)
    content = fresh("hubeau_flow", now - timedelta(hours=3))
    readings = http_json.SOURCE.digest("river", river, content, Arrival(Clock(now, trusted=True), 0.0))
    Store(installation.state / "readings", lambda _alert: None).keep("river", river, readings, 0.0)
    before = {path: path.read_bytes() for path in installation.state.rglob("*.json")}
    assert before
    code, page, _ = asked("river", "electricity")
    assert code == 1
    assert "Pas de réseau. Dernières valeurs connues : mesuré il y a 3 h, valeur périmée." in " ".join(page.split())
    assert "  Débit  812 m³/s" in page.splitlines()
    assert {path: path.read_bytes() for path in installation.state.rglob("*") if path.is_file()} == before


def test_an_unknown_name_is_refused_with_the_nearest_one(asked):
    code, page, error = asked("rivr", "--language", "en")
    assert (code, page, error) == (2, "", "maquette: unknown feed 'rivr'; did you mean 'river'?\n")


def test_names_may_stand_before_and_after_options(asked):
    assert asked("--json", "river")[0] == 0
    told = asked("air", "--json", "river")[1]
    assert [feed["feed"] for feed in json.loads(told)] == ["river", "air"]
    with pytest.raises(SystemExit, match="2"):
        asked("--jsn", "river")


def test_wrong_documents_are_told_as_by_check(asked, installation):
    installation.config.write_text(
        installation.config.read_text().replace("time_zone: Europe/Paris", "time_zone: Paris")
    )
    code, page, error = asked("--language", "en")
    assert (code, page) == (1, "")
    assert "config.yaml:" in error


def test_ctrl_c_ends_it_at_once_without_a_word(installation, server):
    begun = threading.Event()
    server.at("/river", lambda handler: handler.hang(begun))
    process = subprocess.Popen(
        [sys.executable, "-m", "maquette", "feeds", str(installation.config), "--state", str(installation.state)],
        cwd=ROOT, env={**os.environ, "MAQUETTE_CLOCK": "trusted"}, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        # Whoever runs the tests in the background ignores Ctrl-C, and so would what they start.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509 - no thread of ours forks here
    )  # fmt: skip
    assert begun.wait(60)
    process.send_signal(signal.SIGINT)
    out, error = process.communicate(timeout=60)
    assert (process.returncode, out, error) == (-signal.SIGINT, "", "")
