"""Four made-up sites on loopback, with their truth: deterministic, and evolving by day."""
