"""A small bicycle system of our own, told as each version of GBFS tells it."""

from datetime import UTC, datetime
from typing import Any, Literal

from tests.feeds.documents import NOON

Version = Literal["1.0", "2.3", "3.0"]
VERSIONS: tuple[Version, ...] = ("1.0", "2.3", "3.0")
TYPES = {
    "mechanical": ("bicycle", "human"),
    "electric": ("bicycle", "electric_assist"),
    "cargo": ("cargo_bicycle", "electric_assist"),
}
STATIONS: dict[str, dict[str, Any]] = {
    "1001": {"name": "Port", "lat": 45.70, "lon": 4.84, "capacity": 20, "docks": 11, "types": {"mechanical": 4, "electric": 3}},
    "1002": {"name": "Gare", "lat": 45.71, "lon": 4.85, "capacity": 15, "docks": 15, "types": {}},
}  # fmt: skip


def discovery(version: Version, base: str, *, files: tuple[str, ...] | None = None) -> dict[str, Any]:
    """Return gbfs.json, its files beneath an address."""
    names = files or ("system_information", "station_information", "station_status", "vehicle_types")
    feeds = [{"name": name, "url": f"{base}/{name}.json"} for name in names]
    return whole({"feeds": feeds} if version == "3.0" else {"en": {"feeds": feeds}}, version)


def information(version: Version, stations: dict[str, dict[str, Any]] = STATIONS) -> dict[str, Any]:
    """Return station_information.json."""
    return whole(
        {
            "stations": [
                {
                    "station_id": identity,
                    "name": [{"text": one["name"], "language": "fr"}] if version == "3.0" else one["name"],
                    "lat": one["lat"],
                    "lon": one["lon"],
                    "capacity": one["capacity"],
                }
                for identity, one in stations.items()
            ]
        },
        version,
    )


def status(version: Version, stations: dict[str, dict[str, Any]] = STATIONS, *, ttl: int = 60) -> dict[str, Any]:
    """Return station_status.json, in another order than the information."""
    counted = "num_vehicles_available" if version == "3.0" else "num_bikes_available"
    told = []
    for identity, one in reversed(stations.items()):
        closed = one.get("closed", ())
        row = {
            "station_id": identity,
            counted: sum(one["types"].values()),
            "num_docks_available": one["docks"],
            **{f"is_{what}": flag(what not in closed, version) for what in ("installed", "renting", "returning")},
            "last_reported": moment(one.get("reported", NOON), version),
        }
        if version != "1.0":
            row["vehicle_types_available"] = [
                {"vehicle_type_id": name, "count": count} for name, count in one["types"].items()
            ]
        told.append(row)
    return whole({"stations": told}, version, ttl)


def types(version: Version) -> dict[str, Any]:
    """Return vehicle_types.json."""
    listed = [
        {"vehicle_type_id": identity, "form_factor": form, "propulsion_type": propulsion}
        for identity, (form, propulsion) in TYPES.items()
    ]
    return whole({"vehicle_types": listed}, version)


def whole(data: dict[str, Any], version: Version, ttl: int = 60) -> dict[str, Any]:
    """Return a file around its data."""
    return {"last_updated": moment(NOON, version), "ttl": ttl, "version": version, "data": data}


def flag(value: bool, version: Version) -> bool | int:
    """Return a flag as a version writes it."""
    return int(value) if version == "1.0" else value


def moment(when: datetime, version: Version) -> int | str:
    """Return a time as a version writes it."""
    return when.astimezone(UTC).isoformat() if version == "3.0" else int(when.timestamp())
