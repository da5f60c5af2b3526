"""The printed wiring sheet: every LED, pin and supply is on it, inside the margins."""

import shutil
from pathlib import Path

from maquette.cli import main
from maquette.config.check import check
from maquette.config.installation import Installation
from maquette.legend.drawing import Sheet
from maquette.legend.sheet import wiring as wiring_sheet
from maquette.legend.typist import LENGTH, MARGIN, WIDTH
from maquette.legend.wiring import Wiring, fuse_a, gather_wiring
from maquette.legend.wiring_layout import lay_out_wiring
from maquette.letters import measure
from tests.config.conftest import BASE, registries_for
from tests.content.shipped import checked
from tests.legend.test_legend import extent, said


def shipped(language: str) -> Wiring:
    installation = checked().installation
    assert installation is not None
    return gather_wiring(installation, language)


def within_the_margins(sheet: Sheet) -> bool:
    for page in sheet.pages:
        for left, top, right, bottom in map(extent, page.shapes):
            if left < MARGIN - 0.2 or top < MARGIN - 0.2 or right > WIDTH - MARGIN + 0.2 or bottom > LENGTH - 8:
                return False
    return True


def test_every_led_of_every_strip_of_the_shipped_model_stands_there_once():
    for table in (table for table in shipped("fr").tables if table.bar is not None):
        leds = [number for row in table.rows for number in numbers(row[0])]
        assert leds == list(range(table.bar.leds if table.bar else 0))


def numbers(written: str) -> range:
    first, _, last = written.partition("-")
    return range(int(first), int(last or first) + 1)


def test_pins_supplies_and_servos_are_told_in_the_chosen_language():
    for language, words in (
        ("fr", ("Plan de câblage", "GPIO\u00a05 (broche\u00a029)", "10\u00a0A", "host\u00a0192.168.4.20", "Éolienne", "−90° … 90°")),
        ("en", ("Wiring as built", "GPIO\u00a05 (pin\u00a029)", "10\u00a0A", "host\u00a0192.168.4.20", "−90° … 90°")),
    ):  # fmt: skip
        sheet = lay_out_wiring(shipped(language), measure)
        for word in words:
            assert word in said(sheet)
        assert within_the_margins(sheet)


def test_a_fuse_carries_what_the_supply_may_give_for_hours():
    assert [fuse_a(limit) for limit in (0.5, 0.8, 0.81, 8.0, 32.0, 33.0)] == [1.0, 1.0, 2.0, 10.0, 40.0, None]


def built(folder: Path, *changes: tuple[str, str]) -> Installation:
    shutil.copytree(BASE, folder, dirs_exist_ok=True)
    document = folder / "hardware.yaml"
    text = document.read_text()
    for before, after in changes:
        assert before in text
        text = text.replace(before, after)
    document.write_text(text)
    installation = check(folder / "config.yaml", registries_for(folder)).installation
    assert installation is not None
    return installation


def test_leds_against_the_strip_and_nobodys_leds_are_told(tmp_path):
    wiring = gather_wiring(built(tmp_path), "en")
    river, towns = (table for table in wiring.tables if table.bar is not None)
    assert [row[:2] for row in river.rows] == [("0-29", "rhone"), ("59-30", "canal")]
    assert [row[:2] for row in towns.rows] == [
        ("0-9", "feyzin"), ("10-19", "solaize"), ("20-24", "port"), ("25-29", "—"), ("30", "port"), ("31-39", "—"),
    ]  # fmt: skip


def test_pins_of_the_header_are_told_in_its_order_and_shared_lines_once(tmp_path):
    told = {table.title: table.rows for table in shipped("en").tables}["Pins of the header"]
    assert [int(row[0]) for row in told] == sorted(int(row[0]) for row in told)
    assert told[0] == ("3", "2", "the I²C bus 1", "SDA, needle, lock_gate, turbine")
    assert ("29", "5", "the button 'air'", "pin") in told
    assert ("31", "6", "the lamp of the button 'air'", "lamp") in told
    wired = ("{pin: 5, lamp: 6,", "{pin: 5, active: high, pull: down, lamp: 6,")
    wiring = gather_wiring(
        built(tmp_path, wired, ("buttons:\n", "sensors:\n  door: {kind: presence, pin: 1}\nbuttons:\n")), "fr"
    )
    assert {table.title: table.rows for table in wiring.tables}["Boutons"][0][2:4] == (
        "GPIO\u00a05 (broche\u00a029) · active\u00a0high · pull\u00a0down",
        "GPIO\u00a06 (broche\u00a031)",
    )
    assert {table.title: table.rows for table in wiring.tables}["Capteurs"] == (
        ("door", "kind\u00a0presence · pin\u00a0GPIO\u00a01 (broche\u00a028)"),
    )


def test_a_long_name_breaks_and_a_long_model_takes_more_pages(tmp_path):
    name = "/dev/serial/by-id/usb-" + "x" * 120
    wired = ("{pin: 5, lamp: 6,", "{pin: 5, active: high, pull: down, lamp: 6,")
    wiring = gather_wiring(built(tmp_path, wired, ("title: Solaize", f"title: {name}")), "en")
    sheet = lay_out_wiring(Wiring(wiring.model, wiring.title, wiring.foot, "en", wiring.tables * 6), measure)
    assert len(sheet.pages) > 3
    assert within_the_margins(sheet)


def test_it_is_written_as_svg_and_as_pdf_and_not_of_a_scenario(tmp_path, capsys):
    installation = built(tmp_path)
    assert "Wiring as built" in wiring_sheet(installation, "en", ".svg").decode()
    assert wiring_sheet(installation, "fr", ".pdf").startswith(b"%PDF")
    assert main(["legend", "air", "--wiring", "-o", "w.svg"]) == 2
    assert main(["legend", "-o", "w.svg"]) == 2
    assert "name a scenario" in capsys.readouterr().err


def test_what_is_on_a_companion_is_told_with_its_place_there(tmp_path):
    wired = ("{pin: 5, lamp: 6,", "{companion: edge, input: 3, lamp: 6,")
    companions = ("buttons:\n", "companions:\n  edge: {port: /dev/serial/by-id/usb-board}\nbuttons:\n")
    wiring = gather_wiring(built(tmp_path, wired, companions), "en")
    told = {table.title: table.rows for table in wiring.tables}
    assert told["Buttons"][0][2:4] == ("edge · input\u00a03", "GPIO\u00a06 (pin\u00a031)")
    assert told["Companions"] == (("edge", "port\u00a0/dev/serial/by-id/usb-board"),)
