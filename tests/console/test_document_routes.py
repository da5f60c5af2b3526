"""The documents over HTTP: what may be read, tried and written, and how each refusal says why and leaves everything as it is."""

import io
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from maquette.console.documents.store import fingerprint
from maquette.core.alerts import Alert, Severity
from tests.console.conftest import Console, running
from tests.console.small_house import House, scenario


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> House:
    house = House(tmp_path_factory.mktemp("house"))
    house.put("scenarios/rhone.yaml", scenario("Le Rhône"))
    return house


@pytest.fixture(scope="module")
def console(house: House) -> Iterator[Console]:
    with running(store=house.store) as console:
        yield console


class Desk:
    """Asks for documents as pages do."""

    def __init__(self, console: Console) -> None:
        self._url = f"{console.url}/api/documents"

    def ask(self, method: str, path: str = "", body: Any = None, **headers: str) -> requests.Response:
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        return requests.request(method, self._url + path, json=body, headers=sent, params={"lang": "en"}, timeout=30)

    def told(self, method: str, path: str = "", body: Any = None, **headers: str) -> tuple[int, Any]:
        answer = self.ask(method, path, body, **headers)
        return answer.status_code, answer.json()

    def mark(self, name: str) -> str:
        return f'"{self.told("GET", f"/{name}")[1]["fingerprint"]}"'


@pytest.fixture
def desk(console: Console) -> Desk:
    return Desk(console)


def test_the_documents_are_listed_with_what_is_wrong_with_them(desk: Desk, house: House):
    house.put("scenarios/wrong.yaml", "maquette: 1\ntitle: Faux\n")
    status, rows = desk.told("GET")
    assert status == 200
    told = {
        row["name"]: (row["kind"], row["title"], row["errors"], row["writable"]) for row in rows if not row["deleted"]
    }
    assert told["air"] == ("scenario", "air", 0, True)
    assert told["wrong"] == ("scenario", "Faux", 1, True)
    assert told["config.yaml"] == ("config", None, 0, False)
    assert told["hardware:vallee-de-la-chimie.yaml"][::3] == ("hardware", False)
    (house.folder / "scenarios/wrong.yaml").unlink()


def test_what_is_saved_is_checked_first_and_the_version_before_can_be_had_again(desk: Desk, house: House):
    before, mark = house.text("scenarios/rhone.yaml"), desk.mark("rhone")
    status, told = desk.told("PUT", "/rhone", {"text": "maquette: 1\ntitle: Le fleuve\nstep: []\n"}, If_Match=mark)
    assert (status, told["code"]) == (422, "document_wrong")
    assert [(p["line"], p["column"], p["code"]) for p in told["problems"]][-1] == (3, 1, "E102")
    assert house.text("scenarios/rhone.yaml") == before
    status, told = desk.told("PUT", "/rhone", {"text": scenario("Le fleuve")}, If_Match=mark)
    assert (status, told["taken_over"], told["reasons"]) == (200, True, [])
    assert told["fingerprint"] == fingerprint(scenario("Le fleuve").encode())
    assert [problem["code"] for problem in told["problems"]] == ["W031", "W032"]
    (kept,) = desk.told("GET", "/rhone/versions")[1]
    assert kept["size"] == len(before.encode())
    assert desk.told("GET", f"/rhone/versions/{kept['number']}") == (200, {"text": before})
    assert desk.told("GET", "/rhone/versions/99")[0] == 404


def test_whoever_edited_an_older_version_is_told_and_nothing_is_written(desk: Desk, house: House):
    mark = desk.mark("air")
    house.put("scenarios/air.yaml", scenario("by somebody else"))
    status, told = desk.told("PUT", "/air", {"text": scenario("mine")}, If_Match=mark)
    assert (status, told["code"]) == (412, "document_changed")
    assert desk.told("DELETE", "/air", If_Match=mark)[0] == 412
    assert desk.told("PUT", "/air", {"text": scenario("mine")})[1]["code"] == "fingerprint_missing"
    assert desk.told("PUT", "/air", {"text": scenario("mine")}, If_None_Match="*")[1]["code"] == "document_exists"
    assert house.text("scenarios/air.yaml") == scenario("by somebody else")


@pytest.mark.parametrize(
    "name",
    ["..", "../config", "..%2Fconfig", "%2Fetc%2Fpasswd", "a%00b", "Air", "all", "nul", ".hidden", "a" * 300, "é"],
)
def test_no_name_leads_out_of_the_folder(desk: Desk, house: House, name: str):
    before = sorted(house.folder.rglob("*"))
    status, told = desk.told("PUT", f"/{name}", {"text": scenario("x")}, If_None_Match="*")
    assert status in (400, 404, 405, 409)
    assert told["ok"] is False
    assert sorted(house.folder.rglob("*")) == before


def test_what_lies_elsewhere_is_read_and_never_written(desk: Desk, house: House, tmp_path: Path):
    other = tmp_path / "other.yaml"
    other.write_text(scenario("elsewhere"))
    (house.folder / "scenarios/linked.yaml").symlink_to(other)
    assert (
        desk.told("PUT", "/linked", {"text": scenario("x")}, If_Match=desk.mark("linked"))[1]["code"]
        == "document_elsewhere"
    )
    assert desk.told("DELETE", "/linked", If_Match=desk.mark("linked"))[1]["code"] == "document_elsewhere"
    config = desk.told("GET", "/config.yaml")[1]
    assert desk.told("PUT", "/config.yaml", {"text": config["text"]}, If_Match=config["fingerprint"])[0] == 409
    assert other.read_text() == scenario("elsewhere")
    (house.folder / "scenarios/linked.yaml").unlink()


def test_too_much_and_the_wrong_things_are_refused(desk: Desk):
    assert desk.told("POST", "/air/check", {"text": "#" * 300_000})[0] == 413
    assert desk.told("POST", "/air/check", {"txt": ""})[1]["hint"] == "Did you mean “text”?"
    assert desk.told("POST", "/air/check", {"text": 5})[0] == 400
    bomb = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
        f"{b}: &{b} [{','.join([f'*{a}'] * 9)}]\n" for a, b in zip("abcdefgh", "bcdefghi", strict=True)
    )
    assert not desk.told("POST", "/air/check", {"text": bomb})[1]["passed"]


def test_a_text_is_checked_and_played_without_being_saved(desk: Desk, house: House):
    before = house.text("scenarios/air.yaml")
    told = desk.told("POST", "/air/check", {"text": scenario("Anew")})[1]
    assert (told["passed"], told["retelling"]["title"]) == (True, "Anew")
    told = desk.told("POST", "/fresh/dry_run", {"text": scenario("Anew")})[1]
    assert told["played"]["steps"] == [{"title": None, "waits": False, "asks": False}]
    assert desk.told("POST", "/config.yaml/dry_run", {"text": ""})[1]["code"] == "no_scenario"
    assert house.text("scenarios/air.yaml") == before


def test_a_new_name_goes_where_others_name_it_and_versions_go_along(desk: Desk, house: House):
    desk.told("PUT", "/old", {"text": scenario("first")}, If_None_Match="*")
    desk.told("PUT", "/old", {"text": scenario("second")}, If_Match=desk.mark("old"))
    desk.told("PUT", "/before", {"text": scenario("before", "ends: old\n")}, If_None_Match="*")
    assert desk.told("DELETE", "/old", If_Match=desk.mark("old"))[1]["problems"][0]["code"] == "E211"
    assert (
        desk.told("POST", "/old/rename", {"to": "Été"}, If_Match=desk.mark("old"))[1]["hint"] == "Did you mean “ete”?"
    )
    assert desk.told("POST", "/old/rename", {"to": "air"}, If_Match=desk.mark("old"))[0] == 409
    status, told = desk.told("POST", "/old/rename", {"to": "young"}, If_Match=desk.mark("old"))
    assert (status, told["name"], told["rewritten"]) == (200, "young", ["scenarios/before.yaml"])
    assert not (house.folder / "scenarios/old.yaml").exists()
    assert house.text("scenarios/young.yaml") == scenario("second")
    assert "ends: young" in house.text("scenarios/before.yaml")
    assert len(desk.told("GET", "/young/versions")[1]) == 2
    told = desk.told("POST", "/veille/rename", {"to": "night"}, If_Match=desk.mark("veille"))[1]
    assert "config.yaml:8" in told["text"]


def test_what_is_deleted_can_be_had_again(desk: Desk, house: House):
    desk.told("PUT", "/gone", {"text": scenario("gone")}, If_None_Match="*")
    assert desk.told("DELETE", "/gone", If_Match=desk.mark("gone")) == (200, {"ok": True})
    assert not (house.folder / "scenarios/gone.yaml").exists()
    row = next(row for row in desk.told("GET")[1] if row["name"] == "gone")
    assert row["deleted"]
    (kept,) = desk.told("GET", "/gone/versions")[1]
    assert desk.told("GET", f"/gone/versions/{kept['number']}")[1] == {"text": scenario("gone")}
    assert desk.told("GET", "/gone")[0] == 404


def test_a_save_says_why_it_is_not_played_yet(desk: Desk, console: Console):
    failed = Alert("dry_run_failed", "air", Severity.ERROR, (("scenario", "air"), ("step", "1"), ("problem", "x")))
    console.call(lambda: console.hub.raise_alert(failed))
    told = desk.told("PUT", "/other", {"text": scenario("other")}, If_None_Match="*")[1]
    assert not told["taken_over"]
    assert len(told["reasons"]) == 1
    console.call(lambda: console.hub.raise_alert(Alert("dry_run_failed", "air", Severity.ERROR, over=True)))


def test_all_documents_come_in_one_file_and_every_code_is_explained(desk: Desk, console: Console):
    packed = zipfile.ZipFile(io.BytesIO(desk.ask("GET", ".zip").content))
    assert {"config.yaml", "scenarios/air.yaml", "hardware/vallee-de-la-chimie.yaml"} <= set(packed.namelist())
    told = requests.get(f"{console.url}/api/problems/e204", params={"lang": "fr"}, timeout=5).json()
    assert told["code"] == "E204"
    assert "zone" in told["text"]
    assert requests.get(f"{console.url}/api/problems/E999", timeout=5).status_code == 404
