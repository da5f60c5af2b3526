"""The stage: the main process. Frames leave for strips, angles for servos, presses come in; nothing here waits for disk or network."""
