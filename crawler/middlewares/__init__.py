"""Downloader middlewares, from the engine outwards: gate, politeness, leases, robots, capture."""
