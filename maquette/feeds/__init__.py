"""The process "feeds": the outside world comes in as bytes and leaves as Readings. It knows neither lights nor pages."""
