"""The archive: one file, bounded, safe at a power cut, and never believed when it is damaged."""

import shutil
import sqlite3
from contextlib import suppress

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from maquette.errors import ArchiveError
from maquette.feeds import archive as archive_module
from maquette.feeds.archive import KEPT_S, Archive
from maquette.feeds.archive_file import set_aside
from tests.feeds.archives import BATCH, POND, START, entries, entry, full_disk, killed_writer, stored

EVER = (0.0, 1e12)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "state" / "history.sqlite"


@pytest.fixture
def archive(path):
    archive = Archive(path)
    yield archive
    archive.close()


def past(archive, name="level", key=None, terms="t1", since=0.0, until=1e12, most=1000):
    columns = archive.past("pond", terms, [name], since, until, most).get((name, key))
    return [] if columns is None else columns.values.tolist()


# -- what is kept


def test_what_was_written_is_there_again_with_what_was_said_of_it(path, archive):
    archive.write([entry(2, 812.5), entry(1, 3, key="a"), entry(3, -1, name="flow")])
    archive.close()
    again = Archive(path)
    assert list(again.points("pond", *EVER)) == [
        entry(1, 3, key="a"),
        entry(2, 812.5),
        entry(3, -1, name="flow"),
    ]
    assert again.origins == (POND,)
    again.close()


def test_the_past_of_a_value_is_columns_in_order(archive):
    archive.write([entry(3), entry(1), entry(2), entry(2, 9, key="a")])
    columns = archive.past("pond", "t1", ["level"], *EVER, 1000)
    assert set(columns) == {("level", None), ("level", "a")}
    level = columns["level", None]
    assert level.values.tolist() == [1.0, 2.0, 3.0]
    assert level.times.tolist() == [START + 60, START + 120, START + 180]
    assert (level.until - level.times).tolist() == [3600.0] * 3


def test_a_value_that_comes_again_is_mended_and_one_that_says_the_same_costs_nothing(archive):
    archive.write([entry(1), entry(2)])
    archive.write([entry(1, 7)])
    assert past(archive) == [7.0, 2.0]
    before = archive._db.total_changes
    archive.write([entry(1, 7), entry(2)])
    assert archive._db.total_changes == before


def test_only_the_stretch_and_the_names_that_are_asked_for_come_and_the_newest_when_there_are_too_many(archive):
    archive.write([*entries(0, 10), *entries(0, 10, name="flow")])
    assert past(archive, since=START + 120, until=START + 240) == [2.0, 3.0, 4.0]
    assert past(archive, most=3) == [7.0, 8.0, 9.0]
    assert set(archive.past("pond", "t1", ["flow"], *EVER, 1000)) == {("flow", None)}
    assert [point.value for point in archive.points("pond", START, START + 60)] == [0.0, 0.0]


def test_another_source_under_the_same_name_does_not_inherit_yet_all_stays_for_recordings(archive):
    other = POND._replace(terms="t2", source="Elsewhere", licence="ODbL")
    archive.write([entry(1), entry(2, 5, origin=other)])
    assert past(archive, terms="t2") == [5.0]
    assert past(archive, terms="t3") == []
    assert {(p.value, p.origin.licence) for p in archive.points("pond", *EVER)} == {(1.0, "LO 2.0"), (5.0, "ODbL")}


def test_other_words_leave_the_past_whole_and_each_value_keeps_those_it_came_with(archive):
    renamed = POND._replace(licence="LO 3.0")
    archive.write([entry(1), entry(2), entry(2, 8, origin=renamed), entry(3, origin=renamed)])
    assert past(archive) == [1.0, 8.0, 3.0]  # what came last counts
    assert [(p.value, p.origin.licence) for p in archive.points("pond", *EVER)] == [
        (8.0, "LO 3.0"), (3.0, "LO 3.0"), (1.0, "LO 2.0"), (2.0, "LO 2.0"),
    ]  # fmt: skip


# -- bounds


def test_what_is_too_old_goes_unless_no_clock_can_be_believed(archive):
    archive.write(entries(0, 100))
    archive.trim(None)
    archive.trim(START + KEPT_S - 1)
    assert len(past(archive)) == 100
    archive.trim(START + KEPT_S + 90 * 60 - 1)
    assert past(archive) == [float(number) for number in range(90, 100)]


def test_when_it_is_too_large_the_oldest_of_the_largest_go_and_the_space_comes_back(path, monkeypatch):
    monkeypatch.setattr(archive_module, "_SPARE_PAGES", 16)
    archive = Archive(path, most_bytes=1_000_000)
    rare = POND._replace(feed="lake", terms="t2")
    archive.write(entries(0, 300, origin=rare))
    for start in range(0, 60_000, 5000):
        archive.write(entries(start, start + 5000))
        archive.trim(None)
        assert archive._bytes() <= 1_000_000
    kept = past(archive, most=100_000)
    assert 25_000 < len(kept) < 45_000
    assert kept[-1] == 59_999.0
    assert len(list(archive.points("lake", *EVER))) == 300
    archive.forget({"t1"}, set())
    while archive._pragma("freelist_count") > 16:
        archive.trim(None)
    archive.close()
    assert path.stat().st_size < 150_000
    assert stored(path) == []


def test_values_of_one_time_go_together(path, monkeypatch):
    monkeypatch.setattr(archive_module, "AT_ONCE", 10)
    archive = Archive(path, most_bytes=100_000)
    for number in range(6):
        archive.write([entry(number, key=str(key)) for key in range(1000)])
        archive.trim(None)
    times = {point.time for point in archive.points("pond", *EVER)}
    assert max(times) == START + 5 * 60
    assert 0 < len(times) < 6
    archive.trim(START + KEPT_S + 300)
    assert past(archive, key="7") == []
    archive.close()


def test_what_may_not_be_stored_is_let_go_of(archive):
    secret = POND._replace(terms="t2", licence="Read only")
    lent = POND._replace(feed="lake", terms="t3", licence="Read only")
    archive.write([entry(1), entry(2, origin=secret), entry(3, origin=lent)])
    archive.forget(set(), {("Test", "Read only")})
    assert archive.origins == (POND,)
    assert list(archive.points("lake", *EVER)) == []
    archive.write([entry(4, origin=secret)])
    assert [point.value for point in archive.points("pond", *EVER)] == [4.0, 1.0]
    archive.forget({"t1", "t2"}, set())
    assert archive.origins == ()


# -- power cuts


def test_a_writer_killed_again_and_again_leaves_every_write_that_it_told_of(path):
    written = 0
    for after in (1, 2, 5):
        told = killed_writer(path, written, after=after)
        found = stored(path)
        assert found == [float(number) for number in range(len(found))]
        assert len(found) % BATCH == 0
        assert len(found) // BATCH - written >= told >= after
        written = len(found) // BATCH


@pytest.mark.parametrize("steps", [1, 1000, 20_000])
def test_a_write_that_is_cut_off_leaves_nothing_of_itself(path, steps):
    for round_ in range(2):
        assert killed_writer(path, 2 * round_, steps=steps) == 2
        assert stored(path) == [float(number) for number in range((2 * round_ + 2) * BATCH)]


@pytest.fixture(scope="module")
def logged(tmp_path_factory):
    """Return a file and its log as they lie there while a process that wrote three batches still lives."""
    folder = tmp_path_factory.mktemp("logged")
    archive = Archive(folder / "history.sqlite")
    for number in range(3):
        archive.write(entries(number * 100, (number + 1) * 100))
    copy = folder / "copy"
    copy.mkdir()
    for file in folder.glob("history.sqlite*"):
        shutil.copy(file, copy)
    archive.close()
    return copy


@settings(deadline=None, max_examples=40)
@given(share=st.floats(0, 1), damage=st.binary(max_size=64))
def test_a_log_whose_end_never_reached_the_disk_gives_the_writes_before_it(logged, tmp_path_factory, share, damage):
    path = tmp_path_factory.mktemp("cut") / "history.sqlite"
    shutil.copy(logged / "history.sqlite", path)
    log = (logged / "history.sqlite-wal").read_bytes()
    path.with_name("history.sqlite-wal").write_bytes(log[: int(share * len(log))] + damage)
    found = stored(path)
    assert found == [float(number) for number in range(len(found))]
    assert len(found) in (0, 100, 200, 300)


# -- damage


@pytest.fixture(scope="module")
def sound(tmp_path_factory):
    path = tmp_path_factory.mktemp("sound") / "history.sqlite"
    archive = Archive(path)
    archive.write([*entries(0, 1500), *entries(0, 500, name="flow", key="é")])
    archive.trim(None)
    archive.close()
    return path.read_bytes()


def use(path):
    """Do everything with an archive that may be damaged; what it holds may be wrong, but is made of numbers."""
    archive = Archive(path, most_bytes=40_000)
    try:
        for columns in archive.past("pond", "t1", ["level", "flow"], *EVER, 10_000).values():
            assert np.isfinite(columns.values).all()
            assert (np.diff(columns.times) > 0).all()
        list(archive.points("pond", *EVER))
        archive.write(entries(1000, 2000))
        archive.trim(START + KEPT_S + 3600)
        archive.forget({"t1"}, set())
    finally:
        archive.close()


@settings(deadline=None, max_examples=60)
@given(
    damage=st.lists(st.tuples(st.floats(0, 1), st.binary(min_size=1, max_size=200)), min_size=1, max_size=5),
    kept=st.just(1.0) | st.floats(0, 1),
)
def test_whatever_a_file_holds_the_only_error_is_ours_and_set_aside_it_makes_room_for_another(
    sound, tmp_path_factory, damage, kept
):
    spoilt = bytearray(sound)
    for share, chunk in damage:
        place = int(share * (len(spoilt) - 1))
        spoilt[place : place + len(chunk)] = chunk
    del spoilt[int(kept * len(spoilt)) :]
    path = tmp_path_factory.mktemp("spoilt") / "history.sqlite"
    path.write_bytes(spoilt)
    with suppress(ArchiveError):
        use(path)
    set_aside(path)
    use(path)


def test_a_name_in_the_file_that_is_no_text_is_damage_like_any_other(path, sound):
    assert sound.count(b"tablepointspoints") == 1
    path.parent.mkdir()
    path.write_bytes(sound.replace(b"tablepointspoints", b"table\x80ointspoints"))
    with pytest.raises(ArchiveError) as caught:
        use(path)
    assert caught.value.damaged


@pytest.mark.parametrize("content", [b"no database", b"\0" * 5000, b"SQLite format 3\0" + b"\xff" * 500])
def test_what_is_no_archive_is_left_as_it_is(path, content):
    path.parent.mkdir()
    path.write_bytes(content)
    with pytest.raises(ArchiveError) as caught:
        Archive(path)
    assert caught.value.damaged
    assert path.read_bytes() == content


def test_a_database_of_somebody_else_is_left_as_it_is(path):
    path.parent.mkdir()
    with sqlite3.connect(path) as db:
        db.execute("CREATE TABLE points (x)")
    db.close()
    before = path.read_bytes()
    with pytest.raises(ArchiveError) as caught:
        Archive(path)
    assert caught.value.damaged
    assert path.read_bytes() == before


def test_a_file_that_is_empty_is_begun(path):
    path.parent.mkdir()
    path.touch()
    assert stored(path) == []


def test_what_was_set_aside_takes_its_log_with_it(path, logged):
    path.parent.mkdir()
    for file in logged.iterdir():
        shutil.copy(file, path.parent)
    aside = set_aside(path)
    assert stored(path) == []
    assert stored(aside) == [float(number) for number in range(300)]


# -- disks


def test_a_full_disk_refuses_a_write_whole_and_takes_it_later(path):
    archive = Archive(path)
    archive.write(entries(0, 10))
    with full_disk(path.with_name("history.sqlite-wal").stat().st_size), pytest.raises(ArchiveError) as caught:
        archive.write(entries(10, 5000))
    assert not caught.value.damaged
    archive.close()
    assert stored(path) == [float(number) for number in range(10)]
    again = Archive(path)
    again.write(entries(10, 5000))
    again.close()
    assert len(stored(path)) == 5000


def test_a_database_that_may_not_grow_is_the_disk_s_trouble(archive):
    archive._db.execute(f"PRAGMA max_page_count = {archive._pragma('page_count')}")
    with pytest.raises(ArchiveError) as caught:
        archive.write(entries(0, 50_000))
    assert not caught.value.damaged


def test_where_no_folder_can_be_there_is_no_archive(path):
    path.parent.write_text("a file where the folder should be")
    with pytest.raises(ArchiveError) as caught:
        Archive(path)
    assert not caught.value.damaged


def test_another_process_may_read_while_one_writes(path, archive):
    archive.write(entries(0, 10))
    reader = Archive(path, reading=True)
    points = reader.points("pond", *EVER)
    assert next(points).value == 0.0
    archive.write(entries(10, 20))
    archive.trim(None)
    assert [point.value for point in points] == [float(number) for number in range(1, 10)]
    with pytest.raises(ArchiveError):
        reader.write(entries(20, 30))
    reader.close()
    assert len(past(archive)) == 20


def test_to_read_what_is_not_there_makes_nothing(path):
    with pytest.raises(ArchiveError) as caught:
        Archive(path, reading=True)
    assert not caught.value.damaged
    assert not path.exists()
