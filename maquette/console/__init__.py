"""People and other machines: what they are shown, and what they may ask. A process of its own, one asyncio loop, no light in its hands."""
