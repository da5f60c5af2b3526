"""The legend: printed sheets, as SVG or PDF. What a scenario's lights mean, for the table; how the model is wired, for the installer."""
