"""Serial companions in the hardware document: what is wired to them, their ports, and the feeds that take what they measure."""

from collections.abc import Container, Iterator, Mapping

from maquette.config.device_path import leads_elsewhere
from maquette.config.documents import FeedDocument
from maquette.config.draft import Draft
from maquette.config.hardware_check import Hardware
from maquette.config.problems import did_you_mean
from maquette.config.tree import Path
from maquette.core.message import Message, message

MEASURED = ("light", "noise")


def check_companions(draft: Draft, hardware: Hardware) -> None:
    """Check that companions exist where they are named, that nothing is wired twice, and that each port has one owner."""
    companions = hardware.document.companions
    for path, name in _named(hardware):
        if name not in companions:
            draft.report("E256", (*path, "companion"), hint=did_you_mean(name, companions), name=name)
    _check_numbers(draft, hardware)
    owners: dict[str, Message] = {}
    for name, strip in hardware.strips.items():
        if strip.claim is not None and strip.claim.kind == "device":
            owners[strip.claim.where] = message("strip", name=name)
    for name, companion in companions.items():
        owner = owners.setdefault(companion.port, message("companion", name=name))
        if owner != message("companion", name=name):
            draft.report("E254", ("companions", name, "port"), path=companion.port, owner=owner)
        if leads_elsewhere(companion.port):
            where: Path = ("companions", name, "port")
            draft.report("W070", where, hint=message("device_by_id"), path=companion.port)


def _named(hardware: Hardware) -> Iterator[tuple[Path, str]]:
    for block, wired in (("buttons", hardware.document.buttons), ("servos", hardware.servos)):
        for name, document in wired.items():
            if document.on_companion is not None:
                yield (block, name), document.on_companion


def _check_numbers(draft: Draft, hardware: Hardware) -> None:
    owners: dict[tuple[str, str | None, int], str] = {}
    for name, button in hardware.document.buttons.items():
        for key, number in (("input", button.input), ("lamp_output", button.lamp_output)):
            if number is None:
                continue
            owner = owners.setdefault((key, button.companion, number), name)
            if owner != name:
                told = "E253.input" if key == "input" else "E253.lamp_output"
                draft.report(told, ("buttons", name, key), number=number, companion=button.companion or "", owner=owner)


def check_companion_feeds(
    draft: Draft, hardware: Hardware, feeds: Mapping[str, FeedDocument], unread: Container[str]
) -> None:
    """Check that the feeds that take what companions measure are there and take it, and that no feed listens to their ports.

    Args:
        draft: the hardware document.
        hardware: what it says.
        feeds: all feeds, ready-made ones filled in.
        unread: feeds of which nobody knows what they are; they have problems of their own.
    """
    ports = {device: name for name, feed in feeds.items() if isinstance(device := getattr(feed, "device", None), str)}
    for name, companion in hardware.document.companions.items():
        if companion.port in ports:
            owner = message("feed", name=ports[companion.port])
            draft.report("E254", ("companions", name, "port"), path=companion.port, owner=owner)
        if companion.feed is None or companion.feed in unread:
            continue
        where: Path = ("companions", name, "feed")
        feed = feeds.get(companion.feed)
        if feed is None:
            draft.report("E205", where, hint=did_you_mean(companion.feed, feeds), name=companion.feed)
        elif not feed.pushed or feed.keyed:
            draft.report("E255", where, hint=message("push_for_companion"), name=companion.feed)
        elif not any(value in feed.values for value in MEASURED):
            draft.report("E255.values", where, name=companion.feed)
