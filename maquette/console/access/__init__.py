"""Access: who may see and who may act; how many at once."""
