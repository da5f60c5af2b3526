"""Packed files: what stands in a zip or a gzip, read as it unpacks and never past a cap, whatever the file says of itself."""

import gzip
import io
import struct
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from difflib import get_close_matches
from typing import IO, TYPE_CHECKING, BinaryIO, Protocol

from maquette.feeds.problems import fault

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

LARGEST_READ = 1_000_000
"""Bytes that are read of a zip at once, at most: its list of files is, so this bounds how many there may be (some ten thousand)."""
LARGEST_HELD = 8_000_000
"""Bytes of a zip that are held in memory while it is read; a larger one is put aside on the disk."""
_CHUNK = 65_536
_GZIP = b"\x1f\x8b"
_ZIP = (b"PK\x03\x04", b"PK\x05\x06")
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)  # the others unpack a block of any size at once
_ENCRYPTED = 0x1
_DAMAGED = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    OSError,
    ValueError,
    IndexError,
    NotImplementedError,
    RuntimeError,
)
"""What the libraries raise, each at another kind of damage."""


@contextmanager
def unpacked(stream: BinaryIO, member: str | None, most_bytes: int) -> Iterator[BinaryIO]:
    """Give what stands in a file: its member if it is a zip, its content if it is gzip, else itself.

    Args:
        stream: the file, from its beginning. A zip has its list of files at its end: one that cannot be sought is first put aside.
        member: the path within the zip; None: its only file.
        most_bytes: that may be read, packed or unpacked.

    Raises:
        FeedError: there or while it is read: ``no_file`` when the zip has no such member, ``bad_shape`` when it is no zip or packed in
            another way, ``cut_short`` when it is damaged, ``too_large`` when it is larger than allowed.
    """
    start = stream.read(len(_ZIP[0]))
    whole = _bounded(_Rejoined(start, stream), most_bytes)
    if start.startswith(_ZIP):
        with _at_hand(stream, whole) as file, _opened(file, member) as inside:
            yield _bounded(inside, most_bytes)
    elif member is not None:
        raise fault("bad_shape", "it is not a zip")
    elif start.startswith(_GZIP):
        with gzip.GzipFile(fileobj=whole) as inside:
            yield _bounded(inside, most_bytes)
    else:
        yield whole


@contextmanager
def _at_hand(stream: BinaryIO, whole: BinaryIO) -> Iterator[IO[bytes]]:
    """Give a file that can be sought: the stream itself, or a copy that needs no more memory than `LARGEST_HELD`."""
    if stream.seekable():
        yield stream
        return
    with tempfile.SpooledTemporaryFile(LARGEST_HELD) as copy:
        while chunk := whole.read(_CHUNK):
            try:
                copy.write(chunk)
            except OSError as error:
                raise fault("no_file", f"no room to unpack it: {error.strerror}") from error
        yield copy


@contextmanager
def _opened(stream: IO[bytes], member: str | None) -> Iterator[IO[bytes]]:
    with ExitStack() as opened:
        try:
            archive = opened.enter_context(zipfile.ZipFile(_Zip(stream)))
            inside = opened.enter_context(archive.open(_member(archive, member)))
        except _DAMAGED as error:
            raise fault("cut_short", f"zip: {str(error)[:80]}") from error
        yield inside


def _member(archive: zipfile.ZipFile, name: str | None) -> zipfile.ZipInfo:
    files = {info.filename: info for info in archive.infolist() if not info.is_dir()}
    if name is None:
        if len(files) != 1:
            raise fault("no_file", f"the zip has {len(files)} files, such as {_some(files)}; `member` says which")
        name = next(iter(files))
    if name not in files:
        near = get_close_matches(name, files, n=1)
        told = f"nearest: {near[0]!r}" if near else f"there are {_some(files)}" if files else "it is empty"
        raise fault("no_file", f"no {name!r} in the zip; {told}")
    info = files[name]
    if info.flag_bits & _ENCRYPTED or info.compress_type not in _METHODS:
        raise fault("bad_shape", f"{name!r} is encrypted, or packed in an unusual way")
    return info


def _some(names: "dict[str, zipfile.ZipInfo]") -> str:
    return ", ".join(repr(name) for name in sorted(names)[:8]) or "none"


class _Readable(Protocol):
    def read(self, size: int, /) -> bytes: ...


class _Rejoined(io.RawIOBase):
    """A stream of which the first bytes were read already."""

    def __init__(self, start: bytes, stream: BinaryIO) -> None:
        super().__init__()
        self._start = start
        self._stream = stream

    def read(self, size: int = -1) -> bytes:
        start, self._start = self._start, b""
        return start or self._stream.read(size)


class _Zip(io.RawIOBase):
    """A zip's file that refuses to be read in large pieces: a list of a million files would fill the memory."""

    def __init__(self, stream: IO[bytes]) -> None:
        super().__init__()
        self._stream = stream

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        return self._stream.seek(offset, whence)

    def tell(self) -> int:
        return self._stream.tell()

    def read(self, size: int = -1) -> bytes:
        if size > LARGEST_READ:
            raise fault("too_large", "the zip's list of files")
        return self._stream.read(LARGEST_READ if size < 0 else size)


class _Bounded(io.RawIOBase):
    """A stream that ends in an error where it is larger than allowed, or damaged."""

    def __init__(self, stream: _Readable, most_bytes: int) -> None:
        super().__init__()
        self._stream = stream
        self._left = self._most = most_bytes

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "WriteableBuffer") -> int:
        target = memoryview(buffer).cast("B")
        try:
            chunk = self._stream.read(len(target))
        except _DAMAGED as error:
            raise fault("cut_short", f"it cannot be read on: {str(error)[:80]}") from error
        self._left -= len(chunk)
        if self._left < 0:
            raise fault("too_large", f"more than {self._most} bytes")
        target[: len(chunk)] = chunk
        return len(chunk)


def _bounded(stream: _Readable, most_bytes: int) -> BinaryIO:
    return io.BufferedReader(_Bounded(stream, most_bytes), _CHUNK)
