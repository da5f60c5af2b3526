"""Advice: what is found on machines of all sorts, what it means, and the command that mends it."""

import json
import socket

import pytest

from maquette import cli
from maquette.config.words import LANGUAGES
from maquette.core.message import message
from maquette.doctor.command import examine
from maquette.doctor.finding import Finding, Level
from maquette.doctor.page import page, plain
from maquette.ops.board import pi_generation
from maquette.ops.machine import Machine
from tests.daemon import ROOT
from tests.doctor.conftest import BOOKWORM, PI_5


def test_a_fresh_pi_with_a_virtual_strip_is_well(pi, installation, advice):
    found = advice(pi(), installation())
    assert {subject for subject, (level, *_) in found.items() if level in ("warning", "trouble")} == set()
    assert found["board"][1] == "Raspberry Pi 4 Model B Rev 1.4"
    assert found["heat"][1] == "48 °C"
    assert found["gpio"][:2] == ("well", "/dev/gpiochip0 is there: the button 'go'.")


def test_what_the_model_senses_with_is_looked_for(pi, installation, advice):
    senses = """river: {driver: virtual, leds: 10, supply: main}
sensors:
  roof: {kind: light}
  door: {kind: presence, pin: 23}
encoders:
  knob: {a: 17, b: 27, does: dim}
keys:
  clicker: {device: /dev/input/by-id/clicker, commands: {pagedown: next}}"""
    found = advice(pi(), installation(senses))
    assert found["gpio"][:2] == ("well", "/dev/gpiochip0 is there: the button 'go' and 2 others.")
    assert found["i2c"][0] == "trouble"
    assert found["i2c"][1].endswith("Nothing reaches the sensor 'roof'.")
    assert found["input"][0] == "trouble"
    assert found["input"][1].endswith("Nothing reaches the keys 'clicker'.")
    assert found["input"][2] == "ls -l /dev/input/by-id/"


def test_off_a_pi_it_says_so_and_complains_of_nothing_that_only_a_pi_has(root, installation, advice):
    machine = Machine(root({"/etc/os-release": BOOKWORM}), architecture="x86_64", modules=frozenset())
    found = advice(machine, installation("river: {driver: virtual, leds: 10, supply: main}"))
    assert found["board"][0] == "note"
    assert found["board"][1].startswith("This is no Raspberry Pi (x86_64).")
    assert found["board"][2] == "maquette run --simulate"
    assert {level for level, *_ in found.values()} <= {"well", "note"}


@pytest.mark.parametrize(
    ("model", "generation"),
    [
        ("Raspberry Pi 3 Model B Plus Rev 1.3", 3), ("Raspberry Pi 5 Model B Rev 1.0", 5), ("Raspberry Pi Zero 2 W Rev 1.0", 3),
        ("Raspberry Pi Compute Module 4 Rev 1.0", 4), ("Raspberry Pi Model B Rev 2", None), ("Some Board", None),
    ],
)  # fmt: skip
def test_a_board_tells_its_generation(root, model, generation):
    assert pi_generation(Machine(root({"/proc/device-tree/model": model}))) == generation


@pytest.mark.parametrize(
    ("bits", "subject", "level"),
    [
        ("0x0", "power", "well"), ("1", "power", "trouble"), ("10000", "power", "warning"), ("50005", "power", "trouble"),
        ("4", "speed", "warning"), ("80000", "speed", "note"), ("nonsense", "power", "note"),
    ],
)  # fmt: skip
def test_the_firmware_s_word_on_power_and_speed(pi, installation, advice, bits, subject, level):
    machine = pi({"/sys/devices/platform/soc/soc:firmware/get_throttled": f"{bits}\n"})
    assert advice(machine, installation())[subject][0] == level


@pytest.mark.parametrize(("milli", "level"), [(69_000, "well"), (70_000, "note"), (80_000, "warning")])
def test_heat(pi, installation, advice, milli, level):
    assert advice(pi({"/sys/class/thermal/thermal_zone0/temp": str(milli)}), installation())["heat"][0] == level


def test_a_clock_that_nothing_confirms_and_one_that_forgets(pi, installation, advice, tmp_path):
    machine = pi()
    (machine.root / "sys/class/rtc/rtc0/since_epoch").unlink()
    (machine.root / "sys/class/rtc/rtc0").rmdir()
    found = advice(machine, installation(), clock_trusted=False)
    assert found["clock"][0] == "warning"
    assert found["hardware_clock"][0] == "note"
    assert "i2c-rtc,ds3231" in (found["hardware_clock"][2] or "")


def test_the_battery_of_a_pi_5_is_not_charged_unless_told(pi, installation, advice):
    found = advice(pi({"/proc/device-tree/model": PI_5}), installation())
    assert "rtc_bbat_vchg" in (found["hardware_clock"][2] or "")
    charged = pi({"/proc/device-tree/model": PI_5, "/boot/firmware/config.txt": "dtparam=rtc_bbat_vchg=3000000\n"})
    assert advice(charged, installation())["hardware_clock"][0] == "well"


@pytest.mark.parametrize(
    ("changes", "subject"),
    [({"architecture": "armv7l"}, "system"), ({"python": (3, 10, 0)}, "python"), ({"modules": frozenset()}, "pins")],
)
def test_what_the_program_needs_of_the_system(pi, installation, advice, changes, subject):
    assert advice(pi(**changes), installation())[subject][0] in ("warning", "trouble")


def test_a_root_that_forgets_is_told(pi, installation, advice):
    found = advice(pi({"/proc/mounts": "overlayroot / overlay rw,relatime 0 0\n"}), installation())
    assert (found["state"][0], "lost at each power cut" in found["state"][1]) == ("note", True)


def test_no_supply_is_no_limit(pi, installation, advice):
    found = advice(pi(), installation("river: {driver: virtual, leds: 10}"))
    assert found["supply"][:2] == (
        "warning",
        "No supply is named for 'river'. Their current is not limited. Write `supply:` for each strip.",
    )


def test_a_supply_says_what_white_comes_to(pi, installation, advice):
    found = advice(pi(), installation("river: {driver: virtual, leds: 100, supply: main}"))
    assert found["supply"][1].startswith("main: 2 A at most; its strips draw 0.1 A dark and 5.6 A in full white")
    assert "dimmed to 35 %" in found["supply"][1]


def test_a_supply_that_cannot_feed_dark_leds(pi, installation, advice):
    found = advice(pi(), installation("river: {driver: virtual, leds: 2000, supply: main}"))
    assert found["supply"][0] == "trouble"
    assert found["pace"][:2] == (
        "note",
        "The longest strip (river, 2000 LEDs) takes 60 ms to fill: at most 17 frames a second. Motion on it is less smooth"
        " than on the others, and none of them waits for it. Two shorter strips are faster.",
    )


def test_a_broker_that_does_not_answer_and_one_that_does(pi, installation, advice):
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        made = installation(config=f"mqtt: {{host: 127.0.0.1, port: {port}}}\n")
        assert advice(pi(), made)["broker"][:2] == ("well", f"127.0.0.1:{port} takes connections.")
    level, text, mend = advice(pi(), made)["broker"]
    assert (level, mend) == ("warning", "sudo systemctl start mosquitto")
    assert text.startswith(f"127.0.0.1:{port} does not answer: ")


def test_the_alerts_of_the_running_model_are_told(pi, installation, advice):
    state = {"alerts": [{"code": "feed_failed", "text": "The river does not answer."}]}
    found = advice(pi(), installation(), state)
    assert found["model"] == ("warning", "The river does not answer.", None)
    assert found["feeds"][0] == "warning"
    assert advice(pi(), installation(), {"alerts": []})["model"][0] == "well"


def test_wrong_documents_are_trouble(pi, tmp_path):
    (finding,) = (f for f in examine(pi(), None, 2, tmp_path, None, clock_trusted=True) if f.subject == "documents")
    assert (finding.level, finding.mend) == (Level.TROUBLE, "maquette check")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_keeps_to_its_width_and_commands_whole(language):
    command = "sudo sed -i '1 s/$/ spidev.bufsiz=32768/' /boot/firmware/cmdline.txt && sudo reboot"
    means = message("doctor_core_clock_means", users=message("strip", name="river"))
    findings = [Finding("core_clock", Level.WARNING, message("doctor_no_rtc_means"), means, command)]
    lines = page(findings, language, width=60, colour=False).splitlines()
    assert any(line.endswith(command) for line in lines)
    assert all(len(line) <= 60 for line in lines if command not in line)


def test_machines_read_the_same(pi, installation, tmp_path):
    found = tuple(examine(pi(), installation(), 0, tmp_path, None, clock_trusted=True))
    told = json.loads(json.dumps(plain(found, "fr")))
    assert [line["subject"] for line in told] == [finding.subject for finding in found]
    assert {frozenset(line) for line in told} == {frozenset({"subject", "level", "found", "meaning", "mend"})}


def test_the_verb_works_on_whatever_machine_this_is(capsys, tmp_path):
    arguments = ["doctor", str(ROOT / "config.yaml"), "--state", str(tmp_path), "--language", "en"]
    code = cli.main([*arguments, "--json"])
    told = json.loads(capsys.readouterr().out)
    assert code == int(any(line["level"] == "trouble" for line in told))
    assert {"board", "system", "python", "clock", "disk", "documents", "supply", "feeds"} <= {
        line["subject"] for line in told
    }


def test_the_verb_with_wrong_documents(capsys, tmp_path):
    (tmp_path / "config.yaml").write_text("maquette: 1\n")
    assert cli.main(["doctor", str(tmp_path / "config.yaml"), "--language", "en"]) == 1
    assert "The documents have" in capsys.readouterr().out


def test_nothing_is_written(pi, installation, advice):
    machine = pi()

    def files():
        return {path: path.stat().st_mtime_ns for path in machine.root.rglob("*")}

    before = files()
    advice(machine, installation())
    assert files() == before
