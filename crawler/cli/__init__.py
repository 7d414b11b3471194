"""The command line: thin functions over the runner, the archive's queries and the extraction."""
