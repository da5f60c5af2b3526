"""The visitors' screen: what it tells of a step, which chart it draws and from what, and where a phone finds it."""
