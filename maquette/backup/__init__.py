"""Backup and restore: for a card that dies, and for documents that come on a stick."""
