"""The connection of `http_json`: whole answers, answers in pages, answers read row by row, and counts in a header."""

import io
import json
import re
from dataclasses import replace
from typing import Any
from urllib.parse import urljoin, urlsplit

from maquette.feeds.json_paths import names_in, path_of
from maquette.feeds.json_text import read_json
from maquette.feeds.picks import read_number
from maquette.feeds.problems import fault
from maquette.feeds.request import Request, form_request, json_request
from maquette.feeds.rows import Wanted, compiled, terms_of
from maquette.feeds.source import Payload
from maquette.feeds.sources.http_json import HELD_BYTES, Gathered, HttpJsonDocument, PagingDocument
from maquette.feeds.transport import Answer, client_of, same_place

MOST_ROWS = 100_000
"""Rows that count, of an answer that is read row by row, at most."""
_COUNT = re.compile(r"/\s*([0-9]{1,15})\s*\Z")
_NO_CONTENT = 204
_UTF_8 = ("utf-8", "utf8", "us-ascii", "ascii")
_MARK = b"\xef\xbb\xbf"


class JsonConnection:
    """One feed's way to its JSON."""

    def __init__(self, document: HttpJsonDocument) -> None:
        """Prepare, without touching the network.

        Raises:
            FeedError: ``no_key``.
        """
        self._document = document
        self._client = client_of(document)
        self._request = _request(document)
        self._terms = terms_of("", document)
        self._rows = compiled(document.rows.pick) if document.rows is not None else None
        self._names = names_in(_picks_of_rows(document))

    def fetch(self) -> Payload:
        """Ask once, page by page where there are pages.

        Raises:
            FeedError: no usable answer.
        """
        with self._client.turn():
            if self._document.reads == "content_range":
                return self._count()
            if self._document.paging is not None:
                return self._pages(self._document.paging)
            with self._client.ask(self._request) as answer:
                content = self._streamed(answer) if self._document.streamed else _decoded(answer)
            return Payload(content, answer.server_time)

    def close(self) -> None:
        """End a request that is under way."""
        self._client.close()

    def _count(self) -> Payload:
        with self._client.ask(self._request, keep=False, statuses=(_NO_CONTENT,)) as answer:
            total = _COUNT.search(answer.headers.get("Content-Range", ""))
            if total is None and answer.status != _NO_CONTENT:
                raise fault("bad_shape", "no count in Content-Range")
            return Payload({"total": int(total[1]) if total else 0}, answer.server_time)

    def _pages(self, paging: PagingDocument) -> Payload:
        param = paging.param or paging.by
        first = paging.first if paging.first is not None else int(paging.by == "page")
        total_of = compiled(paging.total) if paging.total is not None else None
        request = self._request if paging.by == "next" else _counted(self._request, param, first)
        kept, wanted, whole = list[Any](), Wanted(self._terms), None
        for number in range(paging.most):
            with self._client.ask(request, keep=False) as answer:
                content = _decoded(answer)
            whole = content if number == 0 else whole
            page = self._rows(content) if self._rows is not None else None
            if not isinstance(page, list):
                raise fault("bad_shape", "no list of rows where the document says")
            kept += [row for row in page if wanted(row)]
            total = read_number(total_of(content)) if total_of is not None else None
            link = compiled(paging.next)(content) if paging.next is not None else None
            if not page or wanted.seen == total or (paging.by == "next" and not link):
                if total is not None and wanted.seen < total:
                    raise fault("cut_short", f"{wanted.seen} of {total:g} rows")
                return Payload(Gathered(tuple(kept), wanted, whole), answer.server_time)
            match paging.by:
                case "page":
                    request = _counted(self._request, param, first + number + 1)
                case "offset":
                    request = _counted(self._request, param, first + wanted.seen)
                case "next":
                    request = _linked(request, link)
        raise fault("too_large", f"more than {paging.most} pages")

    def _streamed(self, answer: Answer) -> Any:
        """Return the whole answer if it is small after all, else the rows that count."""
        from maquette.feeds.json_stream import stream_rows  # noqa: PLC0415  # most installations never need it

        text = answer.stream()
        head = text.read(HELD_BYTES)
        if len(head) < HELD_BYTES or head.lstrip()[:1] == b"<":
            return read_json(head, answer.charset)
        if (answer.charset or json.detect_encoding(head)).lower().removesuffix("-sig") not in _UTF_8:
            raise fault("wrong_encoding", "an answer of this size must be UTF-8")
        assert self._document.rows is not None
        path = path_of(self._document.rows.pick)
        assert path is not None
        kept, wanted = list[Any](), Wanted(self._terms)
        for row in stream_rows(_Joined(head.removeprefix(_MARK), text), path, self._names):
            if wanted(row):
                kept.append(row)
                if len(kept) > MOST_ROWS:
                    raise fault("too_large", f"more than {MOST_ROWS} rows count")
        return Gathered(tuple(kept), wanted)


class _Joined:
    """What was read already, then the rest."""

    def __init__(self, head: bytes, rest: io.BufferedReader) -> None:
        self._head: io.BytesIO | None = io.BytesIO(head)
        self._rest = rest

    def read(self, size: int = -1) -> bytes:
        if self._head is not None:
            found = self._head.read(size)
            if found or size == 0:
                return found
            self._head = None
        return self._rest.read(size)


def _request(document: HttpJsonDocument) -> Request:
    if document.body is None:
        return Request(document.url, document.params, document.method)
    if document.body.form is not None:
        request = form_request(document.url, document.body.form)
    else:
        request = json_request(document.url, document.body.json_)
    return replace(request, params=document.params)


def _picks_of_rows(document: HttpJsonDocument) -> list[str]:
    """Return all that a document picks out of a row."""
    picks = [document.valid_on, document.valid_from, document.valid_until, document.measured_at]
    for value in document.values.values():
        picks += [value.picked, value.measured_at]
    if document.rows is not None:
        picks += [document.rows.where, document.rows.key, document.rows.group_by]
        if document.rows.zones is not None:
            picks += [document.rows.zones.lat, document.rows.zones.lon]
    return [pick for pick in picks if pick is not None]


def _decoded(answer: Answer) -> Any:
    return read_json(answer.read(), answer.charset)


def _counted(request: Request, param: str, number: int) -> Request:
    return replace(request, params={**request.params, param: str(number)})


def _linked(request: Request, link: Any) -> Request:
    """Return the request for the next page, if it is on the same host."""
    try:
        url = urljoin(request.url, link)
        near = same_place(request.url, url)
    except (TypeError, ValueError):
        raise fault("bad_shape", "the next page has no address") from None
    if not near:
        raise fault("redirected", f"the next page is on {urlsplit(url).hostname}")
    return replace(request, url=url, params={})
