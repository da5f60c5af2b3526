"""Rehearsal without hardware: a scenario is played on chosen readings, faster than time, and drawn: a filmstrip, an animated plan."""
