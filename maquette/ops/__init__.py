"""What keeps the processes running: lines between them, supervision, the clock, the state folder, the service manager, the log."""
