"""Serial companions: Arduinos with buttons, lamps, servos, light and noise. What they speak is described in `hardware/companion`."""
