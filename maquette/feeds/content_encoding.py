"""The packing of HTTP bodies (gzip, deflate): unpacked piece by piece, and only whole. The network library takes half for the whole."""

import zlib
from collections.abc import Iterable, Iterator

from maquette.feeds.problems import fault

_PIECE = 65_536
_GZIP, _ZLIB, _BARE = 31, 15, -15  # zlib's names for the forms, as window sizes
_MEMBER = b"\x1f"
"""How each member of a gzip begins."""
_NOT_PACKED = ("", "identity")


def unpacked_body(chunks: Iterable[bytes], encoding: str) -> Iterator[bytes]:
    """Yield what was packed, in pieces of `_PIECE` bytes at most.

    Args:
        chunks: as they come.
        encoding: the header Content-Encoding.

    Raises:
        FeedError: ``wrong_encoding`` when it is packed in another way than said, ``cut_short`` when its end is missing.
    """
    match encoding.strip().lower():
        case name if name in _NOT_PACKED:
            yield from chunks
        case "gzip" | "x-gzip":
            yield from _inflated(chunks, _GZIP)
        case "deflate":
            yield from _inflated(chunks, None)
        case _:
            raise fault("wrong_encoding", "packed in a way that nobody asked for")


def _inflated(chunks: Iterable[bytes], form: int | None) -> Iterator[bytes]:
    inflate = None
    for chunk in chunks:
        rest, more = chunk, bool(chunk)
        while more:
            if inflate is None or inflate.eof:
                if inflate is not None and (form != _GZIP or rest[:1] != _MEMBER):
                    break  # what some servers fill their blocks up with
                if form is None:  # deflate is zlib's form by the book, and often the bare one
                    form = _ZLIB if rest[0] & 0x0F == zlib.DEFLATED else _BARE
                inflate = zlib.decompressobj(form)
            try:
                piece = inflate.decompress(rest, _PIECE)
            except zlib.error as error:
                raise fault("wrong_encoding", "packed wrongly") from error
            rest = inflate.unused_data if inflate.eof else inflate.unconsumed_tail
            more = bool(rest) or (len(piece) == _PIECE and not inflate.eof)
            if piece:
                yield piece
    if inflate is not None and not inflate.eof:
        raise fault("cut_short", "the end of what was packed is missing")
