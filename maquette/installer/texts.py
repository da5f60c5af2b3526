"""The small files that an installation writes outside its own folders."""

from collections.abc import Mapping

UDEV = """\
# Written by systemd/install. LEDs of a Raspberry Pi 5 (/dev/leds0 to 3), and the kernel's PWM wherever its chip is: for the group gpio.
SUBSYSTEM=="ws2812-pio-rp1", GROUP="gpio", MODE="0660"
SUBSYSTEM=="pwm", ACTION=="add|change", RUN+="/bin/chgrp -R gpio /sys%p", RUN+="/bin/chmod -R g=u /sys%p"
"""
"""Serial cables need no rule: systemd's own make /dev/serial/by-id/, and the group dialout has them."""

JOURNAL = """\
# Written by systemd/install: what the journal may take of the card, and of the memory where it is kept there.
[Journal]
SystemMaxUse=64M
RuntimeMaxUse=16M
MaxFileSec=1week
"""

WATCHDOG = """\
# Written by systemd/install: a kernel that hangs is started anew.
[Manager]
RuntimeWatchdogSec=1min
RebootWatchdogSec=2min
"""

FOLDERS = """\
# Written by systemd/install: the state folder is made anew when it has been lost.
d /var/lib/maquette 0750 maquette maquette -
"""


def avahi(port: int) -> str:
    """Return how the pages are announced on the model's network (mDNS, service type _http._tcp)."""
    return f"""\
<?xml version="1.0" standalone='no'?>
<!DOCTYPE service-group SYSTEM "avahi-service.dtd">
<!-- Written by systemd/install. -->
<service-group>
  <name replace-wildcards="yes">Maquette %h</name>
  <service><type>_http._tcp</type><port>{port}</port></service>
</service-group>
"""


def network(name: str, password: str, device: str = "wlan0") -> str:
    """Return a NetworkManager connection: the model's own network, WPA2 alone, with addresses for phones.

    Phones cannot reach each other through it (``ap-isolation``); where the model is on a cable too, they reach the Internet.
    """
    return f"""\
# Written by systemd/install.
[connection]
id=maquette
type=wifi
interface-name={device}
autoconnect=true
autoconnect-priority=100

[wifi]
mode=ap
band=bg
ssid={name}
ap-isolation=1

[wifi-security]
key-mgmt=wpa-psk
proto=rsn
pairwise=ccmp
group=ccmp
psk={password}

[ipv4]
method=shared
address1=192.168.44.1/24

[ipv6]
method=disabled
"""


def opened(config: str, names: str) -> str | None:
    """Return config.yaml with its pages open to the model's network, where PIN and password let act; None unless its console is as shipped.

    Args:
        config: the text of the shipped config.yaml.
        names: of this machine, such as ``maquette.local``.
    """
    shipped = "\nconsole: {port: 8080}\n"
    secrets = 'pin: "${MAQUETTE_PIN}", password: "${MAQUETTE_PASSWORD}"'
    told = f'\nconsole: {{host: "0.0.0.0", port: 8080, {secrets}, names: [{names}]}}\n'
    return config.replace(shipped, told) if config.count(shipped) == 1 else None


def with_variables(environment: str, values: Mapping[str, str]) -> str:
    """Return the file of secrets with some variables set; all other lines stay as they are."""
    comment = "# Secrets of config.yaml, NAME=value a line. Afterwards: sudo systemctl restart maquette\n"
    lines = (environment or comment).splitlines()
    for name, value in values.items():
        places = [place for place, line in enumerate(lines) if line.strip().partition("=")[0].strip() == name]
        for place in places:
            lines[place] = f"{name}={value}"
        if not places:
            lines.append(f"{name}={value}")
    return "\n".join(lines) + "\n"
