"""Mutants: every shipped document broken mechanically, one small fault at a time, and what the check makes of each.

`mutations` breaks, `installation` checks, `judge` says whether the check did right; ``python -m tests.config.mutants`` tries them all.
"""
