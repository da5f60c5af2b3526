"""Health: the morning report and its remedies, what is looked at for it, and the figures for Prometheus."""
