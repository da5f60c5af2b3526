"""The legend: the sheet for the table that says what a scenario's lights mean. A scenario flows in, SVG or PDF flows out."""
