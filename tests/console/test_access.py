"""Who may see and who may act."""

import pytest
import requests
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from maquette.console.access.access import COOKIE, SESSION_S, Role, flaw_of_pin, host_name, is_loopback, seen_here
from maquette.console.access.attempts import FREE_ATTEMPTS
from maquette.core.alerts import NEW_PIN, Alert
from maquette.core.exhibition import ConsoleSettings
from maquette.ops.scrypt import record_of
from tests.console.asked import PHONE, Asked

PLAY = {"command": "play", "scenario": "rhone"}
PIN, PASSWORD = "246813", "correct horse"
RECORD = record_of(PIN, b"salt")
OPEN = {"/api/session", "/api/pin"}
"""Where visitors may act: they become somebody else."""


@pytest.fixture(autouse=True)
def cheap(monkeypatch):
    """Records that cost little: what they cost elsewhere is no matter here."""
    monkeypatch.setattr("maquette.ops.scrypt._N", 16)


@pytest.fixture
def console(shared):
    shared.reset()
    return shared


def settings(pin: str | None = None, password: str | None = None) -> ConsoleSettings:
    return ConsoleSettings(host="0.0.0.0", pin=pin, password=password, names=("maquette.local",))


def test_whoever_may_open_the_socket_may_act_but_what_a_proxy_passes_on_still_comes_from_elsewhere():
    asked = Asked(settings())
    answer = asked.ask("POST", "/api/commands", PLAY, host="evil.example", origin="http://evil.example")
    assert answer[1]["code"] == "unknown_host"
    asked.app = seen_here(asked.app)
    assert asked.ask("POST", "/api/commands", PLAY, host="evil.example", origin="http://evil.example")[0] == 200
    assert asked.ask("POST", "/api/commands", PLAY, **{"content-type": "text/plain"})[0] == 200
    passed_on = {"x-forwarded-for": "10.0.0.1"}
    assert asked.ask("POST", "/api/commands", PLAY, **passed_on)[1]["code"] == "pin_not_configured"
    assert asked.ask("GET", "/api/state", host="evil.example", **passed_on)[1]["code"] == "unknown_host"


def test_anybody_may_look_from_the_models_own_network():
    status, state, _ = Asked(settings()).ask("GET", "/api/state")
    assert (status, state["scenario"]) == (200, "air")


def test_without_a_pin_nobody_may_act_over_the_network():
    asked = Asked(settings())
    for client in (PHONE, "127.0.0.1"):
        assert asked.ask("POST", "/api/commands", PLAY, client)[:2][0] == 403
        assert asked.ask("POST", "/api/commands", PLAY, client)[1]["code"] == "pin_not_configured"
    assert asked.ask("POST", "/api/session", {"pin": "0"})[1]["code"] == "pin_not_configured"
    assert asked.ask("POST", "/api/session", {"password": "0"})[1]["code"] == "password_not_configured"
    assert asked.stage.posted == []


def test_this_machine_itself_needs_no_pin_in_a_simulation_and_only_there():
    for client in ("127.0.0.1", "::1", "127.8.8.8"):
        assert Asked(settings(PIN), simulated=True).ask("POST", "/api/commands", PLAY, client)[0] == 200
        assert Asked(settings(PIN)).ask("POST", "/api/commands", PLAY, client)[1]["code"] == "pin_required"
    assert Asked(settings(PIN), simulated=True).ask("POST", "/api/commands", PLAY)[1]["code"] == "pin_required"


@pytest.mark.parametrize("header", ["x-forwarded-for", "forwarded", "x-real-ip", "via"])
def test_what_a_proxy_of_this_machine_passes_on_is_not_local(header):
    asked = Asked(settings(PIN), simulated=True)
    for client in ("127.0.0.1", PHONE):
        answer = asked.ask("POST", "/api/commands", PLAY, client, **{header: "127.0.0.1"})
        assert answer[1]["code"] == "pin_required"
    assert asked.stage.posted == []


@pytest.mark.parametrize("pin", [PIN, RECORD], ids=["in clear", "its record"])
def test_the_right_pin_opens_a_session_whose_cookie_lets_act(pin):
    asked = Asked(settings(pin))
    assert asked.ask("POST", "/api/commands", PLAY)[1]["code"] == "pin_required"
    assert asked.ask("POST", "/api/session", {"pin": RECORD})[1]["code"] == "wrong_pin"
    before = asked.browse("GET", "/api/session")
    assert before == {
        "ok": True, "role": "visitor", "may_act": False, "code": "pin_required", "signed_in": False, "may_set_pin": False,
    }  # fmt: skip
    opened = asked.browse("POST", "/api/session", {"pin": PIN})
    assert opened == before | {"role": "mediator", "may_act": True, "code": None, "signed_in": True}
    assert asked.browse("GET", "/api/session") == opened
    assert asked.browse("POST", "/api/commands", PLAY)["ok"]


def test_cookies_are_kept_from_scripts_other_sites_and_plain_lines():
    asked = Asked(settings(PIN))
    for headers, secure in (
        ({}, False),
        ({"x-forwarded-proto": "https"}, True),
        ({"origin": "https://maquette.local"}, True),
    ):
        cookie = asked.ask("POST", "/api/session", {"pin": PIN}, **headers)[2]["set-cookie"]
        assert "HttpOnly" in cookie
        assert "SameSite=strict" in cookie
        assert ("Secure" in cookie) is secure


def test_a_mediator_changes_no_documents_and_a_maintainer_may_do_everything():
    asked = Asked(settings(PIN, PASSWORD))
    asked.browse("POST", "/api/session", {"pin": PIN})
    assert asked.browse("POST", "/api/session", {"password": "correct hors"})["code"] == "wrong_password"
    assert asked.browse("GET", "/api/session")["role"] == "mediator"
    assert asked.browse("POST", "/api/session", {"password": PASSWORD})["role"] == "maintainer"
    assert asked.browse("POST", "/api/commands", PLAY)["ok"]


def test_every_row_of_the_table_that_acts_refuses_a_visitor_and_what_a_maintainer_does_a_mediator():
    asked = Asked(settings(PIN, PASSWORD))
    rows = [row for row in asked.web.endpoints if row.path not in OPEN]
    assert {row.method for row in rows if row.role is Role.VISITOR} == {"GET"}
    table = {row.path for row in asked.web.endpoints}
    for route in asked.web.routes:
        assert getattr(route, "path", "") in table or getattr(route, "methods", None) in (None, {"GET", "HEAD"}), route
    for row in rows:
        path = row.path.replace("{", "").replace("}", "")
        if row.role > Role.VISITOR:
            status, answer, _ = asked.ask(row.method, path, {})
            assert (status, answer["code"]) == (
                403,
                f"{'pin' if row.role is Role.MEDIATOR else 'password'}_required",
            ), row.path
    asked.browse("POST", "/api/session", {"pin": PIN})
    for row in rows:
        if row.role is Role.MAINTAINER:
            path = row.path.replace("{", "").replace("}", "")
            assert asked.browse(row.method, path, {})["code"] == "password_required", row.path
    assert asked.stage.posted == []


def test_signing_out_ends_the_session_wherever_its_cookie_has_got_to():
    asked = Asked(settings(PIN))
    asked.browse("POST", "/api/session", {"pin": PIN})
    copied = dict(asked.browser)
    assert asked.browse("DELETE", "/api/session") == {"ok": True}
    assert asked.browser[COOKIE] == ""
    asked.browser = copied
    assert asked.browse("POST", "/api/commands", PLAY)["code"] == "pin_required"


def test_a_session_ends_after_its_day_and_a_forged_one_never_begins():
    asked = Asked(settings(PIN))
    asked.browse("POST", "/api/session", {"pin": PIN})
    session = asked.browser[COOKIE]
    for forged in (f"{session}0", session.replace("1.", "2.", 1), "1.boot.0.-.x.", "2.boot.nan.-.x.0", "..", ""):
        asked.browser[COOKIE] = forged
        assert asked.browse("POST", "/api/commands", PLAY)["code"] == "pin_required"
    asked.browser[COOKIE] = session
    asked.at(SESSION_S - 1.0)
    assert asked.browse("POST", "/api/commands", PLAY)["ok"]
    asked.at(SESSION_S + 1.0)
    assert asked.browse("POST", "/api/commands", PLAY)["code"] == "pin_required"


def test_a_request_with_a_session_says_where_it_comes_from():
    asked = Asked(settings(PIN))
    asked.browse("POST", "/api/session", {"pin": PIN})
    cookie = {"cookie": f"{COOKIE}={asked.browser[COOKIE]}"}
    assert asked.ask("POST", "/api/commands", PLAY, **cookie)[1]["code"] == "foreign_page"
    same = {"sec-fetch-site": "same-origin"}
    assert asked.ask("POST", "/api/commands", PLAY, **cookie, **same)[0] == 200
    for evil in ({"sec-fetch-site": "cross-site"}, {"sec-fetch-site": "same-site"}, {"origin": "http://evil.example"}):
        assert asked.ask("POST", "/api/commands", PLAY, **cookie, **evil)[1]["code"] == "foreign_page"
    assert asked.ask("GET", "/api/state", **cookie)[0] == 200


@pytest.mark.parametrize(
    "kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", ""]
)
def test_no_form_can_act(kind):
    asked = Asked(settings(PIN), simulated=True)
    for path, payload in (
        ("/api/commands", PLAY),
        ("/api/session", {"pin": PIN}),
        ("/api/feeds/canteen", {"served": 1}),
    ):
        status, answer, _ = asked.ask("POST", path, payload, "127.0.0.1", **{"content-type": kind})
        assert (status, answer["code"]) == (415, "not_json_type")
    assert asked.stage.posted == []


def test_wrong_pins_have_to_wait_longer_and_longer():
    asked = Asked(settings(PIN))
    for _ in range(FREE_ATTEMPTS):
        assert asked.ask("POST", "/api/session", {"pin": "000000"})[1]["code"] == "wrong_pin"
    status, answer, headers = asked.ask("POST", "/api/session", {"pin": PIN})
    assert (status, answer["code"]) == (429, "too_many_attempts")
    assert int(headers["retry-after"]) >= 2
    assert asked.ask("POST", "/api/session", {"pin": PIN}, client="192.168.4.34")[0] == 200
    asked.at(3.0)
    assert asked.ask("POST", "/api/session", {"pin": PIN})[0] == 200


def test_however_many_guess_whoever_has_signed_in_before_gets_in_and_a_session_is_never_slowed():
    asked = Asked(settings(PIN))
    asked.browse("POST", "/api/session", {"pin": PIN})
    guessed = [asked.ask("POST", "/api/session", {"pin": "000000"}, f"192.168.5.{n}")[1]["code"] for n in range(1, 30)]
    assert guessed[0] == "wrong_pin"
    assert guessed[-1] == "too_many_attempts"
    assert asked.browse("POST", "/api/commands", PLAY)["ok"]
    asked.browse("DELETE", "/api/session")
    assert asked.browse("POST", "/api/session", {"pin": PIN})["ok"]
    assert asked.ask("POST", "/api/session", {"pin": PIN}, "127.0.0.1")[0] == 200
    asked.browser = {"maquette_known": "x.y"}
    assert asked.browse("POST", "/api/session", {"pin": PIN})["code"] == "too_many_attempts"


def test_behind_a_proxy_each_device_waits_for_its_own_mistakes_and_all_for_those_of_all():
    asked = Asked(settings(PIN))

    def tried(pin: str, address: str) -> str | None:
        passed_on = {"x-forwarded-for": f"6.6.6.6, {address}"}
        code: str | None = asked.ask("POST", "/api/session", {"pin": pin}, "127.0.0.1", **passed_on)[1].get("code")
        return code

    assert [tried("000000", "10.0.0.1") for _ in range(4)] == ["wrong_pin"] * 3 + ["too_many_attempts"]
    assert tried(PIN, "10.0.0.2") is None
    assert "too_many_attempts" in {tried("000000", f"10.0.1.{n}") for n in range(20)}


@pytest.mark.parametrize("pin", [None, 246813, ["246813"], {"a": 1}, "", "1" * 201])
def test_a_pin_that_is_no_text_is_refused(pin):
    assert Asked(settings(PIN)).ask("POST", "/api/session", {"pin": pin})[0] == 400


def test_either_a_pin_or_a_password_is_given():
    asked = Asked(settings(PIN, PASSWORD))
    wrong: tuple[object, ...] = ({}, {"pin": PIN, "password": PASSWORD}, [], "x")
    for payload in wrong:
        assert asked.ask("POST", "/api/session", payload)[0] == 400


def test_a_new_pin_is_set_by_whoever_asked_for_it_at_the_model_once(tmp_path):
    file = tmp_path / "access.json"
    asked = Asked(settings(RECORD, PASSWORD), file=file)
    asked.browse("POST", "/api/session", {"pin": PIN})
    assert asked.browse("PUT", "/api/pin", {"pin": "975310"})["code"] == "pin_not_asked_for"
    former = dict(asked.browser)
    asked.hub.receive(Alert(NEW_PIN))
    assert asked.browse("GET", "/api/session", client="10.0.0.9")["may_set_pin"]
    for wrong, code in (("12345", "pin_not_digits"), ("777777", "pin_too_plain"), ("456789", "pin_too_plain")):
        assert asked.browse("PUT", "/api/pin", {"pin": wrong})["code"] == code
    asked.browser = {}
    told = asked.browse("PUT", "/api/pin", {"pin": "975310"}, client="10.0.0.9")
    assert (told["role"], told["may_act"], told["may_set_pin"]) == ("mediator", True, False)
    assert asked.browse("POST", "/api/commands", PLAY)["ok"]
    assert Alert(NEW_PIN, over=True) in asked.stage.posted
    assert asked.browse("PUT", "/api/pin", {"pin": "864209"})["code"] == "pin_not_asked_for"
    asked.browser = former
    assert asked.browse("POST", "/api/commands", PLAY)["code"] == "pin_required", "sessions of the former PIN are over"
    again = Asked(settings(RECORD, PASSWORD), file=file)
    assert again.browse("POST", "/api/session", {"pin": PIN})["code"] == "wrong_pin"
    assert again.browse("POST", "/api/session", {"pin": "975310"})["ok"]


def test_the_maintainer_may_set_a_pin_and_stays_the_maintainer():
    asked = Asked(settings(None, PASSWORD))
    asked.browse("POST", "/api/session", {"password": PASSWORD})
    assert asked.browse("PUT", "/api/pin", {"pin": "975310"})["role"] == "maintainer"
    assert asked.browse("GET", "/api/session")["role"] == "maintainer"
    asked.browser = {}
    assert asked.browse("POST", "/api/session", {"pin": "975310"})["role"] == "mediator"


def test_a_pin_that_the_disk_does_not_keep_holds_and_that_is_told(tmp_path):
    asked = Asked(settings(PIN), file=tmp_path / "no" / "access.json")
    (tmp_path / "no").rename(tmp_path / "gone")
    (tmp_path / "no").write_text("a file where a folder was")
    asked.hub.receive(Alert(NEW_PIN))
    assert asked.browse("PUT", "/api/pin", {"pin": "975310"})["ok"]
    assert [(alert.code, alert.subject) for alert in asked.hub.alerts] == [("state_not_saved", "pin")]
    asked.browser = {}
    assert asked.browse("POST", "/api/session", {"pin": "975310"})["ok"]


@pytest.mark.parametrize(
    ("pins", "flaw"),
    [
        (("246813", "100000", "111112"), None),
        (("12345", "1234567890123", "24681a", "２４６８１３", "-24681", ""), "pin_not_digits"),
        (("000000", "123456", "890123", "654321"), "pin_too_plain"),
    ],
)
def test_a_pin_is_six_digits_that_nobody_guesses_at_once(pins, flaw):
    assert {flaw_of_pin(pin) for pin in pins} == {flaw}


@pytest.mark.parametrize("host", ["evil; script-src *", "evil' *", "évil"])
def test_a_host_that_is_no_name_never_reaches_the_policy(console, host):
    headers = {"host": host.encode("latin-1")}
    policy = requests.get(f"{console.url}/", headers=headers, timeout=5).headers["content-security-policy"]
    assert "connect-src 'self';" in policy


@pytest.mark.parametrize(
    "host", ["maquette.local", "MAQUETTE.local:8080", "maquette.local.", "localhost:8080", "192.168.4.1"]
)
def test_our_own_names_are_known(host):
    assert Asked(settings()).ask("GET", "/healthz", host=host)[0] == 200


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "evil.example:8080",
        "192.168.4.2",
        "maquette.local.evil.example",
        "",
        "a@localhost",
        "localhost/x",
    ],
)
def test_a_foreign_host_name_is_refused_before_anything_else(host):
    asked = Asked(settings())
    for method, path in (("GET", "/"), ("GET", "/api/state"), ("POST", "/api/commands")):
        status, answer, _ = asked.ask(method, path, PLAY, client="127.0.0.1", host=host)
        assert (status, answer["code"]) == (403, "unknown_host")
    assert asked.stage.posted == []


def test_dns_rebinding_reaches_nothing_over_a_real_socket(console):
    for path in ("/", "/api/state", "/static/base.css"):
        assert requests.get(console.url + path, headers={"host": "evil.example"}, timeout=5).status_code == 403


@pytest.mark.parametrize(
    "origin", ["http://evil.example", "null", "http://127.0.0.1:1", "file://", "http://127.0.0.1.evil.example"]
)
def test_a_page_of_another_site_may_neither_post_nor_listen(console, origin):
    answer = requests.post(f"{console.url}/api/commands", json=PLAY, headers={"origin": origin}, timeout=5)
    assert (answer.status_code, answer.json()["code"]) == (403, "foreign_page")
    with pytest.raises(InvalidStatus) as refused:
        connect(f"ws://127.0.0.1:{console.port}/api/live", origin=origin)
    assert refused.value.response.status_code == 403


def test_a_page_of_ours_and_a_command_line_may_post(console):
    for headers in ({}, {"origin": console.url, "sec-fetch-site": "same-origin"}):
        assert requests.post(f"{console.url}/api/commands", json=PLAY, headers=headers, timeout=5).status_code == 200
    cross = requests.post(f"{console.url}/api/commands", json=PLAY, headers={"sec-fetch-site": "cross-site"}, timeout=5)
    assert cross.json()["code"] == "foreign_page"


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("127.0.0.1", True),
        ("::1", True),
        ("::ffff:127.0.0.1", True),
        ("192.168.1.2", False),
        ("", False),
        (None, False),
        ("localhost", False),
    ],
)
def test_loopback_is_told_from_the_network(address, expected):
    assert is_loopback(address) is expected


def test_a_host_header_is_read_without_port_and_brackets():
    assert [host_name(h) for h in ("a.b:80", "[::1]:8080", "A.B", "a:b", "a b/c")] == ["a.b", "::1", "a.b", None, None]
