"""A servo driver for tests: works or fails as told, and remembers."""


class Horn:
    """Keeps the angles that it was asked for; None stands for a rest."""

    takes_time = True

    def __init__(self):
        self.angles: list[float | None] = []
        self.opened: list[float] = []
        self.closed = 0
        self.fault: Exception | None = None
        self.slow = False
        self.held_at: float | None = None

    def open(self, angle_deg):
        self.opened.append(angle_deg)
        if not self.fault and self.held_at is None:
            self.angles.append(angle_deg)

    def check(self):
        if self.fault:
            raise self.fault
        if self.slow:
            return None
        return self.opened[-1] if self.held_at is None else self.held_at

    def turn(self, angle_deg):
        self.angles.append(angle_deg)

    def rest(self):
        self.angles.append(None)

    def close(self):
        self.closed += 1

    def finish(self, timeout_s):
        pass
