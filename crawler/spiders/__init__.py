"""The spider: one class per seed, walking what the archive says is due."""
