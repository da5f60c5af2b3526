"""The wiring: what the model uses of this machine, and whether it is there and may be used."""

from collections.abc import Iterator, Sequence

from maquette.config.installation import Installation
from maquette.core.message import Message, message
from maquette.doctor.finding import Finding, note, trouble, warning, well
from maquette.doctor.needs import Kind, Need, needs_of, uses_the_sound_s_clock
from maquette.ops.board import is_a_pi, pi_generation
from maquette.ops.machine import Machine
from maquette.stage.outputs.spi import most_leds, transfer_bytes
from maquette.ws281x.protocol import spi_bytes, spi_leds

BUFFER_SIZE = "/sys/module/spidev/parameters/bufsiz"
CONFIG, COMMAND_LINE = "/boot/firmware/config.txt", "/boot/firmware/cmdline.txt"
LARGE_BUFFER = 32768
FRAMES_PER_SECOND = 60
_MISSING: dict[Kind, str] = {
    "spi": "sudo raspi-config nonint do_spi 0",
    "i2c": "sudo raspi-config nonint do_i2c 0",
    "pio": "echo 'dtoverlay=ws2812-pio,gpio=18,num_leds={leds},brightness=0' | sudo tee -a /boot/firmware/config.txt && sudo reboot",
    "serial": "ls -l /dev/serial/by-id/",
    "gpio": "ls -l /dev/gpiochip*",
    "pwm": "echo 'dtoverlay=pwm-2chan' | sudo tee -a /boot/firmware/config.txt && sudo reboot",
    "input": "ls -l /dev/input/by-id/",
    "root": "systemctl status maquette-ws281x",
}


def look_at_wiring(machine: Machine, installation: Installation) -> Iterator[Finding]:
    """Give what the hardware document asks of the machine, and what of it is there."""
    needs = list(needs_of(installation))
    for path in dict.fromkeys(need.path for need in needs):
        yield from _device(machine, [need for need in needs if need.path == path])
    yield from _buffer(machine, [need for need in needs if need.kind == "spi"])
    yield from _sound(machine, [need for need in needs if uses_the_sound_s_clock(need)])
    yield from _core_clock(machine, [need for need in needs if need.kind == "spi"])
    yield from _pins(machine, [need for need in needs if need.kind == "gpio"])
    yield from _pace(installation)
    yield from _supplies(installation)


def _device(machine: Machine, needs: Sequence[Need]) -> Iterator[Finding]:
    """Say of one device whether it is there, and whether it may be used."""
    need = needs[0]
    if need.kind == "root":
        yield from _other_unit(machine, needs)
        return
    there = _pwm_is_there(machine, need.path) if need.kind == "pwm" else machine.exists(need.path)
    users = _users(needs)
    if not there:
        found = message("doctor_device_missing", path=need.path)
        if not is_a_pi(machine) and need.kind not in ("serial", "input"):
            yield note(need.kind, found, message("doctor_device_elsewhere_means", users=users))
            return
        mend = _MISSING[need.kind].format(leds=getattr(need.document, "leds", ""))
        yield trouble(need.kind, found, message("doctor_device_missing_means", users=users), mend)
    elif need.kind != "pwm" and not machine.may_use(need.path):
        group = machine.group_of(need.path) or "?"
        found = message("doctor_device_forbidden", path=need.path, user=machine.user)
        means = message("doctor_device_forbidden_means", users=users, group=group)
        yield trouble(need.kind, found, means, f"sudo usermod -aG {group} {machine.user}")
    else:
        yield well(need.kind, message("doctor_device", path=need.path, users=users))


def _other_unit(machine: Machine, needs: Sequence[Need]) -> Iterator[Finding]:
    """Say of strips that only root can drive whether the unit that does it is there."""
    users = _users(needs)
    if machine.exists("/run/maquette-ws281x"):
        yield well("root", message("doctor_root_unit", users=users))
    elif machine.user == "root":
        yield warning("root", message("doctor_as_root", users=users), message("doctor_as_root_means"))
    else:
        found, means = message("doctor_no_root_unit", users=users), message("doctor_no_root_unit_means")
        yield trouble("root", found, means, "sudo systemd/install")


def _pwm_is_there(machine: Machine, chip: str) -> bool:
    """Tell whether one of the kernel's PWM chips belongs to a device, or is of a driver, of this name."""
    for number in machine.names("/sys/class/pwm"):
        device = machine.at(f"/sys/class/pwm/{number}/device").resolve()
        if chip in (device.name, (device / "driver").resolve().name):
            return True
    return False


def _buffer(machine: Machine, needs: Sequence[Need]) -> Iterator[Finding]:
    size = machine.number(BUFFER_SIZE)
    if size is None or not needs:
        return
    most = max(needs, key=_spi_bytes)
    asked = _spi_bytes(most)
    if asked <= size:
        yield well("spi_buffer", message("doctor_buffer", size=size, asked=asked))
        return
    channels = len(most.document.order)
    fits = spi_leds(size) if most.document.driver == "rpi_ws281x" else most_leds(size, channels)
    found = message("doctor_buffer_small", size=size, asked=asked, strip=most.who)
    mend = f"sudo sed -i '1 s/$/ spidev.bufsiz={LARGE_BUFFER}/' {COMMAND_LINE} && sudo reboot"
    yield trouble("spi_buffer", found, message("doctor_buffer_means", fits=fits), mend)


def _spi_bytes(need: Need) -> int:
    strip = need.document
    return spi_bytes(strip.leds) if strip.driver == "rpi_ws281x" else transfer_bytes(strip.leds, len(strip.order))


def _sound(machine: Machine, needs: Sequence[Need]) -> Iterator[Finding]:
    if needs and "bcm2835" in (machine.text("/proc/asound/cards") or ""):
        mend = f"sudo sed -i 's/^dtparam=audio=on/dtparam=audio=off/' {CONFIG} && sudo reboot"
        means = message("doctor_sound_means", users=_users(needs))
        yield trouble("sound", message("doctor_sound"), means, mend)


def _core_clock(machine: Machine, needs: Sequence[Need]) -> Iterator[Finding]:
    """SPI's clock follows the core's, which a Pi 3 and a Pi 4 change with their load unless they are told not to."""
    wanted = {3: ("core_freq=250",), 4: ("core_freq=500", "core_freq_min=500")}.get(pi_generation(machine) or 0)
    if not needs or wanted is None:
        return
    lines = (machine.text(CONFIG) or "").split()
    lacking = [line for line in wanted if line not in lines]
    if lacking:
        written = "\\n".join(lacking)
        mend = f"printf '{written}\\n' | sudo tee -a {CONFIG} && sudo reboot"
        means = message("doctor_core_clock_means", users=_users(needs))
        yield warning("core_clock", message("doctor_core_clock", lines=" ".join(lacking)), means, mend)
    else:
        yield well("core_clock", message("doctor_core_clock_well"))


def _pins(machine: Machine, needs: Sequence[Need]) -> Iterator[Finding]:
    if not needs:
        return
    if machine.has_module("lgpio"):
        yield well("pins", message("doctor_lgpio"))
    elif is_a_pi(machine):
        means = message("doctor_no_lgpio_means", users=_users(needs))
        yield trouble("pins", message("doctor_no_lgpio"), means, "sudo apt-get install -y python3-lgpio")
    else:
        yield note("pins", message("doctor_no_lgpio"), message("doctor_device_elsewhere_means", users=_users(needs)))


def _pace(installation: Installation) -> Iterator[Finding]:
    """Say how many frames a second the longest strip can show."""
    if not installation.strips:
        return
    slowest = max(installation.strips, key=lambda name: installation.strips[name].wire_time_s)
    seconds = installation.strips[slowest].wire_time_s
    found = message(
        "doctor_pace",
        strip=slowest,
        leds=installation.strips[slowest].leds,
        milliseconds=f"{seconds * 1000:.0f}",
        rate=f"{1 / seconds:.0f}",
    )
    if seconds * FRAMES_PER_SECOND <= 1:
        yield well("pace", found)
    else:
        yield note("pace", found, message("doctor_pace_means"))


def _supplies(installation: Installation) -> Iterator[Finding]:
    """Say of each supply what its strips could draw, and what it may give."""
    model = installation.show.model
    for supply in model.supplies.values():
        strips = [strip for strip in model.strips.values() if strip.supply == supply.id]
        idle_a = sum(strip.leds * strip.idle_ma for strip in strips) / 1000
        most_a = idle_a + sum(strip.leds * strip.channels * strip.channel_ma for strip in strips) / 1000
        figures = {
            "supply": supply.id,
            "limit": f"{supply.limit_a:g}",
            "most": f"{most_a:.1f}",
            "idle": f"{idle_a:.1f}",
        }
        found = message("doctor_supply", **figures)
        if not strips:
            yield note("supply", message("doctor_supply_unused", supply=supply.id))
        elif idle_a >= supply.limit_a:
            yield trouble("supply", found, message("doctor_supply_dark_means"))
        elif most_a > supply.limit_a:
            share = (supply.limit_a - idle_a) / (most_a - idle_a)
            yield well("supply", found, message("doctor_supply_means", percent=f"{100 * share:.0f}"))
        else:
            yield well("supply", found)
    loose = [name for name, strip in model.strips.items() if strip.supply is None]
    if loose:
        found, means = message("doctor_no_supply", strips=tuple(loose)), message("doctor_no_supply_means")
        yield warning("supply", found, means)


def _users(needs: Sequence[Need]) -> Message | str:
    """Return who uses something, the first three by name."""
    first = needs[0].who
    if len(needs) == 1:
        return first
    return message("doctor_users", first=first, count=len(needs) - 1)
