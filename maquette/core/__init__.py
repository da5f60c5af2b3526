"""Pure words that every room shares: units, colours, readings, events, alerts, frames. Imports nothing of ours but errors."""
