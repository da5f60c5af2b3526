"""Triggers of data and clock: conditions that become true, times of day that come. What is known flows in and out; nothing starts here."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime, time, timedelta

from maquette.core.clock import Clock
from maquette.core.readings import Quality, Readings
from maquette.show.expressions import Expression, Scope
from maquette.show.scenario import ClockTrigger, Show, ValueTrigger
from maquette.show.state import Seen, Watch, WatchKey

JUMP_S = 60.0
"""A clock that moved by more than this without time passing was set, and one that was not looked at for longer tells of times that are
over: what lies between did not happen."""

# Journeys of a step never reach the triggers: a replayed reading here means that all feeds replay a recording.
_FIRES = frozenset({Quality.LIVE, Quality.REPLAY})
_ARMS = _FIRES | {Quality.STALE}

Watches = Mapping[WatchKey, Watch]


def watched(watches: Watches, show: Show, readings: Readings, now: float) -> Watches:
    """Look at every condition with the readings of ``now`` (monotonic seconds); return what is known of them then.

    True at first sight is no edge. Missing neither starts nor arms; a value that is not live holds nothing, a sample arms nothing.
    """
    scope = Scope(readings, now, None)
    return {key: _watched(key[1], watches.get(key, Watch()), scope) for key in _conditions(show)}


def _conditions(show: Show) -> Iterator[WatchKey]:
    for scenario in show.scenarios.values():
        for trigger in scenario.triggers:
            if isinstance(trigger, ValueTrigger):
                yield scenario.id, trigger


def _watched(trigger: ValueTrigger, watch: Watch, scope: Scope) -> Watch:
    outcome = trigger.when.evaluate(scope)
    if outcome.value is None or outcome.quality not in _ARMS:
        return replace(watch, since=None)
    if outcome.value is not True:
        arms = not watch.known or trigger.rearm is None or _is_true(trigger.rearm, scope)
        return replace(watch, known=True, armed=watch.armed or arms, since=None)
    if not watch.armed or outcome.quality not in _FIRES:
        return replace(watch, known=True, since=None)
    return replace(watch, known=True, since=scope.now if watch.since is None else watch.since)


def _is_true(condition: Expression, scope: Scope) -> bool:
    outcome = condition.evaluate(scope)
    return outcome.value is True and outcome.quality in _ARMS


def fires_at(key: WatchKey, watch: Watch) -> float | None:
    """Return the moment (monotonic seconds) at which a condition has held long enough, or None while it does not hold."""
    return None if watch.since is None else watch.since + key[1].for_s


def fired(key: WatchKey, watch: Watch, now: float) -> tuple[Watch, bool]:
    """Let a condition have its effect; return what is known then, and whether it starts the scenario: not too soon after the last time."""
    early = watch.fired_at is not None and now < watch.fired_at + key[1].at_most_every_s
    spent = replace(watch, armed=False, since=None)
    return (spent, False) if early else (replace(spent, fired_at=now), True)


def seen_again(before: Seen | None, clock: Clock, now: float, show: Show) -> tuple[Seen, tuple[str, ...]]:
    """Look at the clock.

    Args:
        before: how it was last seen, or None.
        clock: what it shows.
        now: monotonic seconds.
        show: whose times of day count.

    Returns:
        How it is seen now, and the ids of the scenarios whose time has come since: none while it is not trusted, nor after it was set.
    """
    local = clock.local.replace(tzinfo=None)
    if before is None or not (before.clock.trusted and clock.trusted) or _was_set(before, clock, now):
        return Seen(clock, now, local), ()
    told = max(before.told, local)
    # In the hour that comes twice a year, the second time counts for nothing.
    came = () if clock.local.fold else tuple(dict.fromkeys(_between(show, before.told, told)))
    return Seen(clock, now, told), came


def _was_set(before: Seen, clock: Clock, now: float) -> bool:
    if now - before.at > JUMP_S:
        return True
    # By their timestamps: the difference of two local times knows nothing of summer time.
    passed_s = clock.local.timestamp() - before.clock.local.timestamp()
    return abs(passed_s - (now - before.at)) > JUMP_S


def _between(show: Show, after: datetime, until: datetime) -> Iterator[str]:
    for scenario in show.scenarios.values():
        for trigger in scenario.triggers:
            if isinstance(trigger, ClockTrigger) and any(after < m <= until for m in _moments(trigger, after, until)):
                yield scenario.id


def _moments(trigger: ClockTrigger, after: datetime, until: datetime) -> Iterator[datetime]:
    for day in {after.date(), until.date()}:
        if day.weekday() in trigger.days:
            yield datetime.combine(day, time.min) + timedelta(minutes=trigger.at_min)
