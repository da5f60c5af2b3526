"""What is lit, and why: pure functions of events, readings and time. No thread, socket, file, wall clock or hardware."""
