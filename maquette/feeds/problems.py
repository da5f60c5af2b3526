"""Problems: why a reading is not live. One table; each code is worded by ``feed_problem_<code>`` in the locale files."""

from collections.abc import Mapping
from typing import Literal

from maquette.errors import FeedError

Problem = Literal[
    "waiting",
    "no_key",
    "silent",
    "offline",
    "retained",
    "no_network",
    "unreachable",
    "timeout",
    "untrusted_server",
    "http_status",
    "access_refused",
    "rate_limited",
    "redirected",
    "empty",
    "html",
    "not_json",
    "wrong_encoding",
    "cut_short",
    "too_large",
    "bad_shape",
    "no_column",
    "no_row",
    "other_day",
    "future",
    "no_time",
    "no_clock",
    "too_old",
    "no_value",
    "not_a_number",
    "below_threshold",
    "implausible",
    "too_few",
    "partial",
    "alternative",
    "no_past",
    "no_present",
    "short_past",
    "given_past",
    "given",
    "no_file",
    "not_recorded",
    "no_device",
    "device_refused",
    "garbled",
    "warming_up",
    "broken",
]
"""A stable code."""

PROBLEMS: Mapping[Problem, str] = {
    # before the first answer
    "waiting": "the first answer has not come yet",
    "no_key": "the key that it needs is not set",
    "silent": "nothing has come for longer than its values are fresh",
    # brokers
    "offline": "the sensor is away, says the broker",
    "retained": "the broker kept the value from before: nobody knows how old it is",
    # on the way
    "no_network": "no network, or the name of the source cannot be resolved",
    "unreachable": "the source refuses or drops the connection",
    "timeout": "the source did not answer in time",
    "untrusted_server": "the source's certificate is not valid (or our clock is far off)",
    # the answer as a whole
    "http_status": "the source answered with an error",
    "access_refused": "the source refuses our key",
    "rate_limited": "the source asks us to wait",
    "redirected": "the source sends us to another place",
    "empty": "the answer is empty",
    "html": "the answer is a web page, not data",
    "not_json": "the answer is not JSON",
    "wrong_encoding": "the text of the answer cannot be decoded",
    "cut_short": "the answer stopped before its end",
    "too_large": "the answer is larger than allowed",
    "bad_shape": "the answer is not of the documented shape",
    "no_column": "a column that the document names is not there",
    # rows
    "no_row": "no row of the answer is about this",
    "other_day": "the answer says nothing about today",
    "future": "the answer only has rows of the future",
    "no_time": "the time of measurement cannot be read",
    "no_clock": "the age cannot be known: no clock can be believed yet",
    "too_old": "the measurement is too old",
    # values
    "no_value": "the value is absent",
    "not_a_number": "the value is not a number",
    "below_threshold": "the value is below the threshold from which it is declared",
    "implausible": "the value is outside the plausible range",
    "too_few": "too few of the rows have a number",
    "partial": "some of the rows have no number, or one that is too old",
    # other sources
    "alternative": "another source stands in, for the usual one does not tell this now",
    # the past
    "no_past": "nothing is known of that time",
    "no_present": "the past is known, the present is not",
    "short_past": "less than 60 % of that time is known",
    "given_past": "given values stand in for a past that is not known",
    # files
    "given": "the file counts from now: its values are samples",
    "no_file": "the file cannot be read",
    "not_recorded": "nothing is recorded of it at this moment",
    # devices
    "no_device": "the device is not plugged in",
    "device_refused": "the device cannot be opened",
    "garbled": "what the device says cannot be read: its speed or format is another",
    "warming_up": "the sensor is warming up",
    # ourselves
    "broken": "an unforeseen error of this programme",
}
"""Code → what it means, in English, for the log."""


OF_HOST: frozenset[Problem] = frozenset({"unreachable", "timeout", "untrusted_server", "rate_limited", "cut_short"})
"""Problems that concern whoever asks that host."""
UNHEARD: frozenset[Problem] = frozenset({"waiting", "no_key", "no_network", "broken"})
"""Problems of which the host knows nothing: it was not asked, not reached, or it answered well."""


OF_SHAPE: frozenset[str | None] = frozenset({"bad_shape", "no_row", "other_day", "no_time", "no_value", "not_a_number"})
"""Problems that may come of a provider's having changed the shape of its answers."""


def fault(
    problem: Problem, detail: str = "", *, retry_after_s: float | None = None, of_host: bool | None = None
) -> FeedError:
    """Return the error for a problem, its text made of the table's words and a detail.

    Args:
        problem: which.
        detail: more words, in English, for the log.
        retry_after_s: seconds that the provider asked us to wait, or None.
        of_host: whether the whole host seems to be in trouble; None: as usual for this problem.
    """
    text = f"{PROBLEMS[problem]} ({detail})" if detail else PROBLEMS[problem]
    of_host = problem in OF_HOST if of_host is None else of_host
    return FeedError(problem, text, retry_after_s=retry_after_s, of_host=of_host)
