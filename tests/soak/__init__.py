"""Long random runs: models of every family, every query, against brute force over whole small domains."""
