"""Try mutants of every shipped document and print what came of them: ``python -m tests.config.mutants [--seed N] [--from N] [--count N]``.

The order depends on the seed alone, so that a run which was stopped goes on where it was with ``--from``.
"""

import argparse
import multiprocessing
import os
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import count

from tests.config.mutants.mutations import OPERATIONS, Mutation
from tests.config.mutants.trial import VERDICTS, Laboratory, Tried

_EVERY = 500


def main() -> int:
    """Try them, and return 0 when the check did right by each, else 1."""
    parser = argparse.ArgumentParser(prog="python -m tests.config.mutants", description=__doc__.partition(":")[0])
    parser.add_argument("--seed", type=int, default=1, help="of the order in which they are tried")
    parser.add_argument("--from", type=int, default=0, dest="first", help="how many of them to pass over")
    parser.add_argument("--count", type=int, help="how many to try; all by default")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="how many at once")
    chosen = parser.parse_args()
    started = time.monotonic()
    laboratory = Laboratory()
    mutants = laboratory.mutants(chosen.seed)
    last = len(mutants) if chosen.count is None else min(len(mutants), chosen.first + chosen.count)
    print(f"{last - chosen.first} of {len(mutants)} mutants, seed {chosen.seed}, from {chosen.first}", flush=True)
    counts, wrong = Counter[tuple[str, str]](), 0
    for number, tried in zip(
        count(chosen.first + 1), _all(laboratory, mutants[chosen.first : last], chosen.jobs), strict=False
    ):
        counts[tried.mutation.operation, tried.verdict] += 1
        if not tried.right:
            wrong += 1
            print(laboratory.description(tried), flush=True)
        if number % _EVERY == 0 or number == last:
            print(f"  {number} tried, {wrong} judged wrong, {time.monotonic() - started:.0f} s", flush=True)
    _print(counts)
    return int(wrong > 0)


def _all(laboratory: Laboratory, mutants: Sequence[tuple[str, Mutation]], jobs: int) -> Iterator[Tried]:
    laboratory.prepare()
    global _laboratory  # noqa: PLW0603 - what the workers inherit
    _laboratory = laboratory
    with multiprocessing.get_context("fork").Pool(jobs) as pool:
        yield from pool.imap(_try, mutants, chunksize=10)


_laboratory: Laboratory


def _try(mutant: tuple[str, Mutation]) -> Tried:
    return _laboratory.tried(*mutant)


def _print(counts: Counter[tuple[str, str]]) -> None:
    print(f"\n{'':16}" + "".join(f"{verdict:>18}" for verdict in VERDICTS))
    for operation in OPERATIONS:
        print(f"{operation:16}" + "".join(f"{counts[operation, verdict]:18}" for verdict in VERDICTS))
    print(
        f"{'':16}"
        + "".join(f"{sum(counts[operation, verdict] for operation in OPERATIONS):18}" for verdict in VERDICTS)
    )


if __name__ == "__main__":
    sys.exit(main())
