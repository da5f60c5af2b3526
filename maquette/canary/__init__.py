"""The canary: what every feed says now, for people and for other programmes."""
