"""The running program on a recording: what was is told again, marked as a replay, and nothing of it is kept as if it had come."""

import re

import pytest

from tests.daemon import Installation, Strip, running

RECORDING = """# Maquette recording 1
# model: lyon
# from: 2026-11-25T08:00:00Z
# until: 2026-11-25T09:00:00Z
#
# feed: river
# nature: measured
# source: Hub'Eau
# licence: LO 2.0
# unit of flow: m³/s
#
time,feed,name,key,value
2026-11-25T07:55:00Z,river,flow,,812
2026-11-25T08:10:00Z,river,flow,,900
"""


@pytest.fixture
def strip():
    strip = Strip()
    yield strip
    strip.close()


def test_a_recording_is_played_round_and_round_and_leaves_no_trace(tmp_path, strip):
    installation = Installation(tmp_path, strip)
    recording = tmp_path / "day.csv"
    recording.write_text(RECORDING)

    def flow(value):
        return lambda readings: any((r["feed"], r["name"], r["value"]) == ("river", "flow", value) for r in readings)

    with running(installation, "--speed", "600x", verb=("replay", str(recording))) as daemon:
        for value in (812.0, 900.0, 812.0):  # the hour lasts six seconds, then it begins again
            readings = daemon.wait_for("/api/readings", flow(value))
            (reading,) = [r for r in readings if (r["feed"], r["name"]) == ("river", "flow")]
            assert (reading["quality"], reading["source"], reading["problem"]) == ("replay", "Hub'Eau", None)
            assert re.fullmatch(r"2026-11-25T0[78]:[15][05]:00Z", reading["measured_at"])
        assert not [alert for alert in daemon.get("/api/state")["alerts"] if alert["code"] == "feed_failed"]
    assert not (installation.state / "history.sqlite").exists()
    assert not (installation.state / "readings").exists()
