"""The sender: the process that drives LEDs through the rpi_ws281x library, which would freeze any other process while it sends."""
