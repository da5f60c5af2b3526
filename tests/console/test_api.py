"""The HTTP interface, asked over a real socket."""

import json

import pytest
import requests

from maquette.core.events import Command, Origin
from tests.console.conftest import Console
from tests.console.fake_stage import ALERT

STATE_KEYS = {
    "state", "scenario", "title", "step", "steps", "step_title", "brightness", "guided", "calm", "quality", "alerts"
}  # fmt: skip

AS_JSON = {"content-type": "application/json"}


@pytest.fixture
def console(shared):
    shared.reset()
    return shared


def get(console: Console, path: str, **kwargs):
    return requests.get(console.url + path, timeout=5, **kwargs)


def post(console: Console, payload: object, path: str = "/api/commands", **kwargs):
    return requests.post(console.url + path, json=payload, timeout=5, **kwargs)


def test_the_state_has_the_public_shape_and_what_pages_need(console):
    state = get(console, "/api/state").json()
    assert set(state) >= STATE_KEYS | {
        "caption",
        "notes",
        "zones",
        "lamps",
        "outputs",
        "supplies",
        "simulated",
        "pending",
    }
    assert (state["state"], state["scenario"], state["title"]) == ("playing", "air", "L'air que l'on respire")
    assert state["caption"] == "Le plus haut des communes est 6. Prévision pour aujourd'hui."
    assert state["step_duration_s"] == 40.0
    assert state["step_elapsed_s"] >= 12.0


def test_texts_come_in_the_language_that_is_asked_for(console):
    assert get(console, "/api/state?lang=en").json()["title"] == "The air we breathe"
    for query, hint in (("lang=fr&lang=en", None), ("lang=xx", None), ("lnag=en", "lang"), ("with=word", None)):
        answer = get(console, f"/api/state?{query}")
        assert answer.status_code == 400
        assert answer.json()["code"] in ("wrong_query", "unknown_query")
        assert (hint or "") in (answer.json()["hint"] or "")
    assert get(console, "/api/scenarios?lang=en").json()[2]["title"] == "The Rhône today"


def test_scenarios_and_readings_are_bare_lists_in_the_public_shape(console):
    scenarios = get(console, "/api/scenarios").json()
    assert scenarios[0] == {
        "id": "air",
        "title": "L'air que l'on respire",
        "steps": 3,
        "duration_s": 130,
        "problems": 0,
    }
    readings = get(console, "/api/readings").json()
    assert {r["feed"] for r in readings} == {"air", "river", "electricity"}
    flow = next(r for r in readings if r["feed"] == "river")
    assert set(flow) == {
        "feed", "name", "key", "value", "unit", "quality", "nature", "measured_at", "fetched_at", "age_s", "valid_until",
        "place", "source", "licence", "attribution", "problem",
    }  # fmt: skip
    missing = next(r for r in readings if r["name"] == "hydro")
    assert (missing["value"], missing["quality"]) == (None, "missing")


def test_a_zone_says_why_it_has_its_colour_in_the_public_shape(console):
    zone = get(console, "/api/zones/rhone").json()
    assert set(zone) == {
        "zone", "title", "colour", "quality", "reading", "scale", "class", "expression", "scenario", "step", "text"
    }  # fmt: skip
    for fact in (
        "Rhône est en bleu parce que",
        "812\u00a0m³/s",
        "Ternay",
        "Hub'Eau",
        "Licence Ouverte 2.0",
        "river.flow",
        "étape 1",
    ):
        assert fact in zone["text"]
    assert zone["reading"]["value"] == 812.0


def test_a_sample_and_a_missing_value_are_called_so(console):
    assert "Exemple fourni avec le logiciel, pas une mesure." in get(console, "/api/zones/harbour").json()["text"]
    dam = get(console, "/api/zones/dam?with=words").json()
    assert "n'est pas connu" in dam["text"]
    assert {"name": "value", "label": "Valeur", "text": "inconnu"} in dam["facts"]
    assert "aucune donnée" in get(console, "/api/zones/a7").json()["text"]


def test_an_unknown_zone_gets_a_404_that_proposes_a_name(console):
    answer = get(console, "/api/zones/fezin")
    assert answer.status_code == 404
    assert answer.json() == {
        "ok": False,
        "code": "unknown_zone",
        "text": "La zone «\u00a0fezin\u00a0» n'existe pas.",
        "hint": "Vouliez-vous dire «\u00a0feyzin\u00a0»\u00a0?",
    }


def test_a_command_reaches_the_stage_and_its_answer_shows_the_new_state(console):
    answer = post(console, {"command": "play", "scenario": "rhone"})
    assert answer.status_code == 200
    body = answer.json()
    assert set(body) == {"ok", "state"}
    assert set(body["state"]) == STATE_KEYS
    assert body["state"]["scenario"] == "rhone"
    command = next(m for m in console.stage.posted if isinstance(m, Command))
    assert (command.name, command.arguments, command.origin) == ("play", {"scenario": "rhone"}, Origin.MEDIATOR)
    assert post(console, {"command": "play", "scenario": "rhone"}).json()["ok"]


@pytest.mark.parametrize(
    ("payload", "status", "code"),
    [
        ({"command": "play", "scenario": "ari"}, 404, "unknown_scenario"),
        ({"command": "plya", "scenario": "air"}, 404, "unknown_command"),
        ({"command": "press", "button": "nobody"}, 404, "unknown_button"),
        ({"command": "play"}, 400, "missing_argument"),
        ({"command": "play", "scenario": 3}, 400, "wrong_type"),
        ({"command": "play", "scenario": "air", "now": True}, 400, "unknown_argument"),
        ({"command": "brightness", "percent": True}, 400, "wrong_type"),
        ({"command": "guide", "on": 1}, 400, "wrong_type"),
        ({"command": "calm", "percent": 1}, 400, "unknown_argument"),
        ({"command": "brightness", "percent": "80"}, 400, "wrong_type"),
        ({"command": "brightness", "percent": 101}, 400, "out_of_range"),
        ({"command": None}, 400, "missing_argument"),
        ({}, 400, "missing_argument"),
        ([1], 400, "not_json"),
    ],
)
def test_a_wrong_command_is_refused_with_its_reason(console, payload, status, code):
    answer = post(console, payload)
    assert (answer.status_code, answer.json()["code"], answer.json()["ok"]) == (status, code, False)
    assert answer.json()["text"]


def test_a_command_that_does_not_fit_the_state_is_a_conflict(console):
    assert post(console, {"command": "stop"}).json()["state"]["state"] == "idle"
    answer = post(console, {"command": "next"})
    assert (answer.status_code, answer.json()["code"]) == (409, "nothing_playing")


def test_half_a_json_and_a_large_body_are_refused(console):
    for body, status, code in (
        (b'{"command": ', 400, "not_json"),
        (b"[" * 4000, 400, "not_json"),
        (b'{"command": "\\ud800"}', 400, "not_json"),
        (b'{"command": "\xff"}', 400, "not_json"),
        (b'{"command": "brightness", "percent": NaN}', 400, "wrong_type"),
        (b"x" * 5000, 413, "too_large"),
    ):
        answer = requests.post(f"{console.url}/api/commands", data=body, headers=AS_JSON, timeout=5)
        assert (answer.status_code, answer.json()["code"]) == (status, code)


def test_an_alert_is_worded_and_goes_when_it_is_over(console):
    console.call(lambda: console.hub.receive(ALERT))
    assert get(console, "/api/state").json()["alerts"] == [
        {"code": "broker_unreachable", "text": "Le serveur MQTT localhost ne répond pas."}
    ]


def test_the_model_places_every_led_of_every_zone(console):
    model = get(console, "/api/model").json()
    assert (len(model["zones"]), model["size_mm"]) == (25, [1600.0, 900.0])
    assert sum(len(zone["leds"]) for zone in model["zones"]) == model["led_count"] >= 480
    assert all(len(zone["leds"]) == len(zone["places"]) for zone in model["zones"])
    assert {servo["looks"] for servo in model["servos"]} == {"needle", "gate", "turbine"}


def test_what_does_not_exist_and_a_wrong_method_are_told_in_json(console):
    assert get(console, "/nothing").json()["code"] == "not_found"
    assert get(console, "/locale/de.json").status_code == 404
    wrong = get(console, "/api/commands")
    assert (wrong.status_code, wrong.json()["code"]) == (405, "wrong_method")
    assert get(console, "/healthz").json() == {"ok": True}


def test_every_answer_carries_the_careful_headers_and_no_page_has_an_inline_script(console):
    for path in ("/", "/model", "/api/state", "/static/base.css", "/nothing"):
        headers = get(console, path).headers
        assert "script-src 'self'" in headers["content-security-policy"]
        assert "unsafe" not in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"
        assert "server" not in headers
    assert get(console, "/api/state").headers["cache-control"] == "no-store"
    for path in ("/", "/model?lang=en"):
        html = get(console, path).text
        assert html.count("<script") == html.count('<script type="module" src="/static/') == 1
        for forbidden in ("<style", " style=", " onclick=", "{{"):
            assert forbidden not in html


def test_the_plan_is_an_svg_that_may_do_nothing(console):
    answer = get(console, "/plan.svg")
    assert answer.headers["content-type"] == "image/svg+xml"
    assert answer.headers["content-security-policy"] == "default-src 'none'; style-src 'unsafe-inline'"
    assert answer.text.startswith("<svg")


def test_readings_come_in_the_order_of_the_documents(console):
    feeds = [reading["feed"] for reading in get(console, "/api/readings").json()]
    assert list(dict.fromkeys(feeds)) == ["air", "river", "electricity"]


def test_readings_in_words_say_value_age_and_quality(console):
    texts = [reading["text"] for reading in get(console, "/api/readings?with=words").json()]
    assert any(text.startswith("Débit du Rhône (Ternay)\u00a0: 812\u00a0m³/s, mesuré") for text in texts)
    assert any("exemple fourni avec le logiciel, pas une mesure" in text for text in texts)
    assert json.dumps(texts)


def test_a_request_that_comes_again_is_answered_and_carried_out_once(console):
    first = post(console, {"command": "next", "request": "n1"})
    again = post(console, {"command": "next", "request": "n1"})
    assert first.json()["ok"]
    assert again.json()["ok"]
    assert [m.name for m in console.stage.posted if isinstance(m, Command)] == ["next"]
    other = post(console, {"command": "back", "request": "n1"})
    assert (other.status_code, other.json()["code"]) == (409, "request_differs")
    for wrong in ("", 7, "x" * 65):
        answer = post(console, {"command": "next", "request": wrong})
        assert (answer.status_code, answer.json()["code"]) == (400, "wrong_request")
    assert post(console, {"command": "next", "request": "n2"}).json()["ok"]
    assert [m.name for m in console.stage.posted if isinstance(m, Command)] == ["next", "next"]
