"""Zoning: the shipped hardware document, with zones changed; every other line stays."""

import pytest

from maquette.config.amendment import difference
from maquette.config.build_model import spread_along
from maquette.config.tree import Source
from maquette.config.yaml import read_bytes
from maquette.config.zoning import Zoned, ZoneWish, count_leds, write_zones
from maquette.errors import AmendmentError
from tests.content.shipped import ROOT

FILE = "hardware/vallee-de-la-chimie.yaml"


@pytest.fixture(scope="module")
def shipped() -> Source:
    return source_of((ROOT / FILE).read_bytes())


def source_of(raw: bytes) -> Source:
    source, problems = read_bytes(raw, FILE)
    assert source is not None, problems
    return source


def seen(source: Source, zone: str) -> dict[int, tuple[float, float]]:
    """Where the LEDs of a zone stand now."""
    document = source.root.plain["zones"][zone]
    count = count_leds(document["leds"])
    return {number: (x, y) for number, (x, y) in enumerate(spread_along(document["path"], count)[0].tolist())}


def changed(before: Source, zoned: Zoned) -> list[str]:
    lines = difference(FILE, before.raw, zoned.source.raw).splitlines()
    return [line for line in lines[2:] if line[0] in "+-"]


def test_a_zone_that_lies_where_it_lay_changes_nothing(shipped):
    for name, document in shipped.root.plain["zones"].items():
        wish = ZoneWish(name, tuple(document["leds"]), seen(shipped, name), {})
        assert write_zones(shipped, [wish], []).source.raw == shipped.raw, name


def test_a_zone_that_runs_the_other_way_keeps_its_points(shipped):
    places = seen(shipped, "port_edouard_herriot")
    turned = {5 - number: place for number, place in places.items()}
    wish = ZoneWish("port_edouard_herriot", ("territory 133-128",), turned, {})
    assert changed(shipped, write_zones(shipped, [wish], [])) == [
        "-    leds: [territory 128-133]",
        "-    path: [[246, 444], [324, 412]]",
        "+    leds: [territory 133-128]",
        "+    path: [[324, 412], [246, 444]]",
    ]


def test_a_zone_is_split_and_both_halves_keep_what_is_known_of_it(shipped):
    places = seen(shipped, "feyzin")
    halves = [
        ZoneWish("feyzin", ("territory 50-53",), {n: places[n] for n in range(4)}, {}),
        ZoneWish(
            "feyzin_sud",
            ("territory 54-57",),
            {n: places[n + 4] for n in range(4)},
            {"fr": "Feyzin", "en": "Feyzin"},
            "feyzin",
        ),
    ]
    zoned = write_zones(shipped, halves, [])
    assert changed(shipped, zoned) == [
        "-    leds: [territory 50-57]",
        "-    path: [[643, 204], [655, 192], [655, 176], [643, 165], [627, 165], [616, 176], [616, 192], [627, 204]]",
        "+    leds: [territory 50-53]",
        "+    path: [[643, 204], [654, 193], [655, 177], [644, 166]]",
        "+  feyzin_sud:",
        "+    title: Feyzin",
        "+    leds: [territory 54-57]",
        "+    path: [[628, 165], [616, 176], [616, 192], [627, 204]]",
        "+    attributes:",
        '+      insee: "69276"',
        "-  communes: [lyon, la_mulatiere, oullins_pierre_benite, saint_fons, venissieux, feyzin, irigny, solaize, vernaison,",
        "+  communes: [lyon, la_mulatiere, oullins_pierre_benite, saint_fons, venissieux, feyzin, feyzin_sud, irigny, solaize, vernaison,",
    ]
    assert max(fit.worst_mm for fit in zoned.fits.values()) < 1.0


def test_a_zone_goes_with_its_place_in_the_groups(shipped):
    zoned = write_zones(shipped, [], ["la_mulatiere"])
    assert "la_mulatiere" not in str(zoned.source.root.plain)
    assert "# -- the strip" in zoned.source.raw.decode()
    with pytest.raises(AmendmentError):
        write_zones(shipped, [], ["la_mulatier"])


def test_titles_change_language_by_language(shipped):
    zones = shipped.root.plain["zones"]
    gier = ZoneWish("gier", tuple(zones["gier"]["leds"]), seen(shipped, "gier"), {"fr": "Le Gier", "en": "River Gier"})
    lyon = ZoneWish("lyon", tuple(zones["lyon"]["leds"]), seen(shipped, "lyon"), {"fr": "Lyon", "en": "Lyons"})
    assert changed(shipped, write_zones(shipped, [gier, lyon], [])) == [
        '-      en: "The Gier"',
        '+      en: "River Gier"',
        '-    title: "Lyon-Gerland"',
        "+    title: {fr: Lyon, en: Lyons}",
    ]


def test_the_first_zone_of_a_model_that_has_none():
    bare = source_of(b"maquette: 1\nstrips: {river: {driver: virtual, leds: 9}}\nzones: {}\n")
    wish = ZoneWish("rhone", ("river 0-8",), {0: (0.0, 10.0), 8: (80.0, 10.0)}, {"fr": "Le Rhône", "en": "The Rhône"})
    assert write_zones(bare, [wish], []).source.raw.decode() == (
        "maquette: 1\nstrips: {river: {driver: virtual, leds: 9}}\nzones:\n  rhone:\n    title:\n"
        "      fr: Le Rhône\n      en: The Rhône\n    leds: [river 0-8]\n    path: [[0, 10], [80, 10]]\n"
    )
