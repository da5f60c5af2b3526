"""Zips and gzips, also such as nobody should send."""

import gzip
import io
import zipfile
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maquette.errors import FeedError
from maquette.feeds import packed

TABLE = b"site;jobs\nnorth;12\n"


def zipped(files, **options):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", **{"compression": zipfile.ZIP_DEFLATED, **options}) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return file.getvalue()


class Line(io.RawIOBase):
    """What comes over a network: it cannot be sought, and comes in pieces as it likes."""

    def __init__(self, data, pieces=7):
        self._data, self._pieces = data, pieces

    def readable(self):
        return True

    def readinto(self, buffer):
        piece = self._data[: min(len(buffer), self._pieces)]
        self._data = self._data[len(piece) :]
        buffer[: len(piece)] = piece
        return len(piece)


def local(data):
    return io.BufferedReader(io.BytesIO(data))


def remote(data):
    return io.BufferedReader(Line(data))


def unpack(stream, member=None, most_bytes=100_000):
    with packed.unpacked(stream, member, most_bytes) as inside:
        return inside.read()


def refused(*arguments, **options):
    with pytest.raises(FeedError) as caught:
        unpack(*arguments, **options)
    return caught.value


@pytest.mark.parametrize("way", [local, remote])
def test_a_plain_file_a_gzip_and_a_zip_of_one_file_are_read_alike(way):
    for data in (TABLE, gzip.compress(TABLE), zipped({"folder/": "", "folder/sites.csv": TABLE})):
        assert unpack(way(data)) == TABLE
    assert unpack(way(b"")) == b""
    assert unpack(way(b"P")) == b"P"


@pytest.mark.parametrize("way", [local, remote])
def test_a_member_of_a_zip_is_read_by_its_path(way):
    data = zipped({"2023/emissions.csv": b"old", "2024/emissions.csv": TABLE, "readme.txt": b"read me"})
    assert unpack(way(data), "2024/emissions.csv") == TABLE
    error = refused(way(data), "2025/emissions.csv")
    assert (error.code, "nearest: '2024/emissions.csv'" in str(error)) == ("no_file", True)
    error = refused(way(data), "zzz")
    assert (error.code, "there are '2023/emissions.csv', '2024/emissions.csv', 'readme.txt'" in str(error)) == (
        "no_file",
        True,
    )
    error = refused(way(data))
    assert (error.code, "3 files" in str(error)) == ("no_file", True)
    assert refused(way(zipped({})), "a.csv").code == "no_file"


def test_a_member_of_what_is_no_zip_is_refused():
    assert refused(local(TABLE), "a.csv").code == "bad_shape"


@pytest.mark.parametrize("way", [local, remote])
@pytest.mark.parametrize("pack", [bytes, gzip.compress, lambda data: zipped({"a": data})], ids=["plain", "gzip", "zip"])
def test_nothing_grows_past_the_cap(way, pack):
    assert refused(way(pack(b"0" * 400_000))).code == "too_large"


def test_a_zip_with_a_million_files_is_refused_before_they_are_listed(monkeypatch):
    monkeypatch.setattr(packed, "LARGEST_READ", 10_000)
    assert refused(
        local(zipped({f"{n}.csv": b"" for n in range(1000)}, compression=zipfile.ZIP_STORED)), "1.csv"
    ).code == ("too_large")


def test_a_large_zip_is_put_aside_on_the_disk(monkeypatch):
    monkeypatch.setattr(packed, "LARGEST_HELD", 10)
    assert unpack(remote(zipped({"a.csv": TABLE}))) == TABLE


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_ways_of_packing_that_unpack_without_bounds_are_refused(method):
    assert refused(local(zipped({"a.csv": TABLE}, compression=method))).code == "bad_shape"


def test_an_encrypted_member_is_refused():
    data = bytearray(zipped({"a.csv": TABLE}))
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(mark) + offset] |= 1
    assert refused(local(bytes(data))).code == "bad_shape"


def test_a_truncated_gzip_is_cut_short():
    data = gzip.compress(bytes(range(256)) * 20)
    assert refused(local(data[:-20])).code == "cut_short"


def test_a_damaged_member_is_cut_short():
    data = bytearray(zipped({"a.csv": TABLE * 50}, compression=zipfile.ZIP_STORED))
    data[60] ^= 1
    assert refused(local(bytes(data))).code == "cut_short"


@given(
    st.binary(max_size=300),
    st.sampled_from([b"", b"PK\x03\x04", b"PK\x05\x06", b"\x1f\x8b", b"\x1f\x8b\x08\x00"]),
    st.booleans(),
)
def test_whatever_comes_is_read_or_refused(data, start, by_name):
    with suppress(FeedError):
        unpack(remote(start + data), "a.csv" if by_name else None)


@given(st.data())
def test_a_spoilt_zip_is_read_or_refused(data):
    whole = bytearray(zipped({"a.csv": TABLE, "b.csv": TABLE}))
    for _ in range(data.draw(st.integers(1, 4))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    end = data.draw(st.integers(0, len(whole)))
    for content in (bytes(whole), bytes(whole[:end])):
        with suppress(FeedError):
            unpack(local(content), "a.csv")
