"""GBFS, the files of shared vehicles: stations of any version (1.x, 2.x, 3.0) become rows of one set of names. Pure.

    {station_id, name, lat, lon, capacity, vehicles, docks, installed, renting, returning, reported_at, forms, propulsions}

Status and information are joined by id, never by order. A station that rents nothing has no vehicle to rent and one that takes nothing
back no free dock, whatever stands in it. What a file does not say is None: unknown is not zero.
"""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, NamedTuple

from maquette.core.readings import iso
from maquette.feeds.picks import read_moment, read_number
from maquette.feeds.problems import fault

SHORTEST_TTL_S = 60.0
"""Seconds before a file is asked for again, for one that says 0 or nothing."""
LONGEST_TTL_S = 86_400.0
"""Seconds that a file may ask us to wait, at most."""


class VehicleType(NamedTuple):
    """A type of vehicle: its form (``bicycle``, ``cargo_bicycle``…) and its propulsion (``human``, ``electric_assist``…), where known."""

    form: str | None
    propulsion: str | None


def file_addresses(discovery: Any, language: str) -> dict[str, str]:
    """Return the address of each file that a discovery file (gbfs.json) names.

    Args:
        discovery: the file.
        language: which is preferred, where each has its own files.

    Raises:
        FeedError: ``bad_shape`` when it is no such file.
    """
    data = _mapping(_mapping(discovery).get("data"))
    if "feeds" not in data:
        languages = [name for name, one in data.items() if isinstance(one, dict) and "feeds" in one]
        if not languages:
            raise fault("bad_shape", "no list of feeds in gbfs.json")
        chosen = next((one for one in languages if _base(one) == _base(language)), languages[0])
        data = data[chosen]
    files = {
        file["name"]: file["url"]
        for file in _mappings(data["feeds"])
        if isinstance(file.get("name"), str) and isinstance(file.get("url"), str)
    }
    if not files:
        raise fault("bad_shape", "an empty list of feeds in gbfs.json")
    return files


def ttl_s(file: Any) -> float:
    """Return the seconds before which a file does not want to be asked for again: at least `SHORTEST_TTL_S`."""
    seconds = read_number(_mapping(file).get("ttl"))
    return min(max(seconds or 0.0, SHORTEST_TTL_S), LONGEST_TTL_S)


def vehicle_types(file: Any) -> dict[str, VehicleType]:
    """Return the types of vehicles, by id."""
    listed = _mappings(_mapping(_mapping(file).get("data")).get("vehicle_types"))
    return {
        identity: VehicleType(_text(one.get("form_factor")), _text(one.get("propulsion_type")))
        for one in listed
        if (identity := _identity(one.get("vehicle_type_id"))) is not None
    }


def stations_of(file: Any, what: str) -> dict[str, dict[str, Any]]:
    """Return the stations of a file of status or information, by id.

    Raises:
        FeedError: ``bad_shape`` when there is no list of them.
    """
    listed = _mapping(_mapping(file).get("data")).get("stations")
    if not isinstance(listed, list):
        raise fault("bad_shape", f"no list of stations in {what}")
    return {identity: one for one in _mappings(listed) if (identity := _identity(one.get("station_id"))) is not None}


def station_rows(
    status: Mapping[str, Mapping[str, Any]],
    information: Mapping[str, Mapping[str, Any]],
    types: Mapping[str, VehicleType],
    language: str,
) -> Iterator[dict[str, Any]]:
    """Yield a row for each station that either file knows.

    Args:
        status: by id, as of `stations_of`.
        information: by id, as of `stations_of`.
        types: of vehicles, by id; empty where nobody says.
        language: which is preferred in names.
    """
    for identity in dict.fromkeys((*information, *status)):
        known, now = information.get(identity, {}), status.get(identity, {})
        installed, renting, returning = (_flag(now.get(f"is_{what}")) for what in ("installed", "renting", "returning"))
        vehicles = _count(now.get("num_vehicles_available", now.get("num_bikes_available")))
        row: dict[str, Any] = {
            "station_id": identity,
            "name": _name(known.get("name"), language),
            "lat": read_number(known.get("lat")),
            "lon": read_number(known.get("lon")),
            "capacity": _count(known.get("capacity")),
            "vehicles": _open(vehicles, installed, renting),
            "docks": _open(_count(now.get("num_docks_available")), installed, returning),
            "installed": installed,
            "renting": renting,
            "returning": returning,
            "reported_at": _moment(now.get("last_reported")),
        }
        by_type = _by_type(now.get("vehicle_types_available"), vehicles)
        for field, kind in (("forms", 0), ("propulsions", 1)):
            told = _by_kind(by_type, types, kind, vehicles)
            row[field] = {name: _open(count, installed, renting) for name, count in told.items()}
        yield row


def rows_of(files: Mapping[str, Any], language: str) -> list[dict[str, Any]]:
    """Return a row for each station of a system.

    Args:
        files: by name: ``station_status``, ``station_information`` and, where there is one, ``vehicle_types``, each as it came.
        language: which is preferred in names.

    Raises:
        FeedError: ``bad_shape`` when there is no list of stations.
    """
    status, information = (stations_of(files.get(name), name) for name in ("station_status", "station_information"))
    return list(station_rows(status, information, vehicle_types(files.get("vehicle_types")), language))


def last_updated(file: Any) -> str | None:
    """Return when a file says that it was made (ISO 8601 in UTC), or None."""
    return _moment(_mapping(file).get("last_updated"))


def _open(count: int | None, installed: bool | None, working: bool | None) -> int | None:
    """Return a count as it holds for people: none where the station is closed, unknown where nobody says whether it is."""
    if installed is False or working is False:
        return 0
    return count if installed and working else None


def _by_type(raw: Any, total: int | None) -> dict[str, int]:
    """Return the vehicles of each type that a station names; empty when their number is not that of the station."""
    counts: dict[str, int] = {}
    for one in _mappings(raw):
        identity, count = _identity(one.get("vehicle_type_id")), _count(one.get("count"))
        if identity is None or count is None:
            return {}
        counts[identity] = counts.get(identity, 0) + count
    return counts if counts and sum(counts.values()) == total else {}


def _by_kind(
    by_type: Mapping[str, int], types: Mapping[str, VehicleType], kind: int, total: int | None
) -> dict[str, int]:
    """Return how many vehicles there are of each form (0) or propulsion (1). Kinds that a station does not name are 0, if all are known."""
    kinds = [types[identity][kind] if identity in types else None for identity in by_type]
    if (total != 0 and not by_type) or any(
        one is None and count for one, count in zip(kinds, by_type.values(), strict=True)
    ):
        return {}
    counts = {name: 0 for one in types.values() if (name := one[kind]) is not None}
    for name, count in zip(kinds, by_type.values(), strict=True):
        if name is not None:
            counts[name] += count
    return counts


def _mapping(raw: Any) -> dict[str, Any]:
    return raw if isinstance(raw, dict) else {}


def _mappings(raw: Any) -> list[dict[str, Any]]:
    return [one for one in raw if isinstance(one, dict)] if isinstance(raw, list) else []


def _identity(raw: Any) -> str | None:
    if isinstance(raw, int) and not isinstance(raw, bool) and abs(raw) < 1 << 63:
        return str(raw)
    return _text(raw)


def _text(raw: Any) -> str | None:
    return raw if isinstance(raw, str) and raw else None


def _name(raw: Any, language: str) -> str | None:
    """Return a name: a text, or since 3.0 a list of texts and their languages."""
    names = {_base(one.get("language")): text for one in _mappings(raw) if (text := _text(one.get("text"))) is not None}
    return names.get(_base(language), next(iter(names.values()), None)) if isinstance(raw, list) else _text(raw)


def _base(language: Any) -> str:
    return str(language).replace("_", "-").partition("-")[0].lower()


def _flag(raw: Any) -> bool | None:
    """Return a boolean, which 1.x writes as 0 or 1."""
    return bool(raw) if isinstance(raw, int) and raw in (0, 1) else None


def _count(raw: Any) -> int | None:
    number = read_number(raw)
    return int(number) if number is not None and number >= 0 and number.is_integer() else None


def _moment(raw: Any) -> str | None:
    """Return a time in ISO 8601: 1.x and 2.x write seconds since 1970, 3.0 writes RFC 3339. 0 is how some say never."""
    if raw == 0:
        return None
    return iso(read_moment(raw, UTC, None) or _epoch(raw))


def _epoch(raw: Any) -> datetime | None:
    seconds = read_number(raw)
    try:
        return None if seconds is None else datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError):
        return None
