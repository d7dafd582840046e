"""The command line: what ``python -m suffice`` does."""
