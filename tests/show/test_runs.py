"""Runs: what an effect knows of where its LEDs are."""

import numpy as np

from maquette.show.model import Zone
from maquette.show.runs import lay_out


def zone(name: str, leds: list[int], distances: list[float], seed: int = 0) -> Zone:
    along = np.array(distances, dtype=np.float32)
    places = np.stack([along, np.zeros_like(along)], axis=1)
    return Zone(name, {"": name}, np.array(leds, dtype=np.intp), places, along, seed=seed)


QUAY = zone("quay", [4, 3, 2], [5.0, 15.0, 35.0], seed=8)
LOCK = zone("lock", [0, 1], [0.0, 20.0], seed=9)
LAMP = zone("lamp", [9], [70.0], seed=3)


def test_each_zone_has_a_run_of_its_own():
    layout = lay_out([QUAY, LOCK, LAMP], together=False)
    assert layout.leds.tolist() == [0, 1, 2, 3, 4, 9]
    assert layout.zone.tolist() == [1, 1, 0, 0, 0, 2]
    assert layout.run.index.tolist() == [0, 1, 2, 1, 0, 0]
    assert layout.run.length.tolist() == [2, 2, 3, 3, 3, 1]
    assert layout.run.distance.tolist() == [0, 20, 30, 10, 0, 0]
    np.testing.assert_allclose(layout.run.position, [0, 1, 1, 1 / 3, 0, 0], rtol=1e-6)
    assert layout.run.seed.tolist() == [9, 9, 8, 8, 8, 3]


def test_together_they_share_one_run_in_the_order_given():
    layout = lay_out([QUAY, LOCK, LAMP], together=True)
    assert layout.leds.tolist() == [0, 1, 2, 3, 4, 9]
    assert layout.run.index.tolist() == [3, 4, 2, 1, 0, 5]
    assert set(layout.run.length.tolist()) == {6.0}
    assert layout.run.distance.tolist() == [45, 65, 30, 10, 0, 85]
    assert layout.run.position[[4, 5]].tolist() == [0.0, 1.0]
    assert set(layout.run.seed.tolist()) == {8}


def test_neighbours_are_one_block_and_scattered_leds_a_list():
    assert lay_out([QUAY, LOCK], together=False).place == slice(0, 5)
    place = lay_out([LOCK, LAMP], together=False).place
    assert not isinstance(place, slice)
    assert place.tolist() == [0, 1, 9]


def test_no_zone_at_all_is_an_empty_run():
    for together in (False, True):
        layout = lay_out([], together=together)
        assert layout.leds.size == layout.run.index.size == layout.run.length.size == 0


def test_chance_depends_on_seed_and_place_alone_and_is_spread_evenly():
    many = zone("many", list(range(2000)), [float(n) for n in range(2000)], seed=8)
    one, other = lay_out([many], together=False).run.chance, lay_out([QUAY, many], together=False).run.chance
    np.testing.assert_array_equal(one[:, 5:], other[:, 8:])
    for draws in one:
        counts, _ = np.histogram(draws, bins=10, range=(0, 1))
        assert counts.min() > 150
    assert abs(np.asarray(np.corrcoef(one))[0, 1]) < 0.1
    assert abs(np.asarray(np.corrcoef(one[0, :-1], one[0, 1:]))[0, 1]) < 0.1
