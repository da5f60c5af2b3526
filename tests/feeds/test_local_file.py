"""Files that somebody else writes."""

import os

import pytest

from maquette.errors import FeedError
from maquette.feeds.local_file import LocalFile

LATER = 4e9
"""A time (s since 1970) at which every file of the tests has long been still."""


class Reader:
    """Reads a file's text and counts how often."""

    def __init__(self):
        self.times = 0

    def __call__(self, stream):
        self.times += 1
        return stream.read().decode()


@pytest.fixture
def reader():
    return Reader()


def test_a_file_is_read_again_only_when_it_has_changed(tmp_path, reader):
    path = tmp_path / "a.txt"
    path.write_text("one")
    file = LocalFile(path, reader, now=lambda: LATER)
    assert [file.content(), file.content()] == ["one", "one"]
    assert reader.times == 1
    path.write_text("three")
    assert file.content() == "three"
    beside = tmp_path / "b.txt"
    beside.write_text("seven")  # as long as the other, and dated like it
    os.utime(beside, ns=(path.stat().st_atime_ns, path.stat().st_mtime_ns))
    beside.rename(path)
    assert file.content() == "seven"
    assert reader.times == 3


def test_what_is_too_large_to_keep_is_read_each_time(tmp_path, reader):
    (tmp_path / "a.txt").write_text("one")
    file = LocalFile(tmp_path / "a.txt", reader, lambda content, size: size < 3, now=lambda: LATER)
    assert [file.content(), file.content()] == ["one", "one"]
    assert reader.times == 2


def test_a_file_that_has_just_changed_is_left_alone_until_it_is_still(tmp_path, reader):
    path = tmp_path / "a.txt"
    path.write_text('{"half":')
    looks = []

    def now():
        looks.append(path.stat().st_mtime)
        path.write_text('{"half": 2}')  # the writer goes on meanwhile
        return looks[-1] + (0.95 if len(looks) == 1 else 5.0)

    assert LocalFile(path, reader, now=now).content() == '{"half": 2}'
    assert reader.times == 1


def test_a_file_that_is_never_still_is_read_all_the_same(tmp_path, reader):
    path = tmp_path / "a.txt"
    path.write_text("line\n")
    file = LocalFile(path, reader, now=lambda: path.stat().st_mtime + 0.999)
    assert file.content() == "line\n"


def test_a_file_dated_ahead_of_the_clock_is_read(tmp_path, reader):
    (tmp_path / "a.txt").write_text("one")
    assert LocalFile(tmp_path / "a.txt", reader, now=lambda: 0.0).content() == "one"


def test_closing_ends_the_wait(tmp_path, reader):
    path = tmp_path / "a.txt"
    path.write_text("one")
    looks = []

    def now():
        looks.append(path.stat().st_mtime)
        return looks[-1]  # written this instant, whenever one looks

    file = LocalFile(path, reader, now=now)
    file.close()
    assert file.content() == "one"
    assert len(looks) == 1


def test_a_file_that_is_not_there_or_is_no_file_is_told(tmp_path, reader):
    os.mkfifo(tmp_path / "pipe")
    for name in ("none.txt", ".", "pipe", "a\0b"):
        with pytest.raises(FeedError) as caught:
            LocalFile(tmp_path / name, reader).content()
        assert caught.value.code == "no_file"
        assert str(tmp_path) not in str(caught.value)


def test_a_failure_of_the_reader_is_not_kept(tmp_path):
    (tmp_path / "a.txt").write_text("one")
    answers = iter([OSError(5, "Input/output error"), "one"])

    def read(_stream):
        answer = next(answers)
        if isinstance(answer, Exception):
            raise answer
        return answer

    file = LocalFile(tmp_path / "a.txt", read, now=lambda: LATER)
    with pytest.raises(FeedError):
        file.content()
    assert file.content() == "one"
