"""Running: who may begin, one ledger row in one child process, several seeds in one command."""
