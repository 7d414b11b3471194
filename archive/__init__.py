"""REMEMBER: what was served, what it said, and what changed. Knows nothing of crawling."""
