"""lgpio without a chip: the functions that gpiozero's own lgpio factory calls, recorded. Flags and levels as lgpio 0.2 defines them."""

import types


class RecordedLgpio(types.ModuleType):
    """Stands in for the module ``lgpio``; gpiozero's LGPIOFactory above it is the real one.

    Attributes:
        calls: every call that changes something: (function, arguments after the handle).
        levels: what each line reads.
        busy: lines that another program holds.
        lingering: lines whose edges were watched, and whose next claim finds them busy.
    """

    error = type("error", (Exception,), {})
    RISING_EDGE, FALLING_EDGE, BOTH_EDGES = 1, 2, 3
    SET_ACTIVE_LOW, SET_OPEN_DRAIN, SET_OPEN_SOURCE = 4, 8, 16
    SET_PULL_UP, SET_PULL_DOWN, SET_PULL_NONE = 32, 64, 128

    def __init__(self) -> None:
        super().__init__("lgpio")
        self.calls: list[tuple[object, ...]] = []
        self.levels: dict[int, int] = {}
        self.busy: set[int] = set()
        self.lingering: set[int] = set()
        self.watchers: dict[int, object] = {}
        self._modes: dict[int, int] = {}

    def gpiochip_open(self, chip):
        return 1

    def gpiochip_close(self, handle):
        self.calls.append(("gpiochip_close",))

    def gpio_claim_input(self, handle, gpio, flags=0):
        if gpio in self.busy | self.lingering:
            self.lingering.discard(gpio)
            raise self.error("'GPIO busy'")
        self.calls.append(("gpio_claim_input", gpio, flags))
        self._modes[gpio] = flags
        self.levels[gpio] = 1 if flags & self.SET_PULL_UP else self.levels.get(gpio, 0)

    def gpio_claim_alert(self, handle, gpio, edges, flags=0):
        self.calls.append(("gpio_claim_alert", gpio, edges))
        self._modes[gpio] = flags

    def gpio_claim_output(self, handle, gpio, level=0, flags=0):
        self.calls.append(("gpio_claim_output", gpio))
        self._modes[gpio] = 2 | flags

    def gpio_free(self, handle, gpio):
        self._modes.pop(gpio, None)

    def gpio_get_mode(self, handle, gpio):
        return self._modes.get(gpio, 0)

    def gpio_read(self, handle, gpio):
        return self.levels.get(gpio, 0)

    def gpio_write(self, handle, gpio, level):
        self.calls.append(("gpio_write", gpio, int(level)))
        self.levels[gpio] = int(level)

    def gpio_set_debounce_micros(self, handle, gpio, micros):
        self.calls.append(("gpio_set_debounce_micros", gpio, micros))

    def tx_pwm(self, handle, gpio, frequency, duty):
        self.calls.append(("tx_pwm", gpio, frequency, duty))

    def callback(self, handle, gpio, edges, function):
        self.watchers[gpio] = function
        return types.SimpleNamespace(cancel=lambda: self.watchers.pop(gpio, None))

    def edge(self, gpio, level, at_s):
        """Move a line, as the kernel's notification would tell it."""
        self.levels[gpio] = level
        watcher = self.watchers[gpio]
        assert callable(watcher)
        watcher(0, gpio, level, round(at_s * 1e9))
