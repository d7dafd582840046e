"""Rows and columns as users give them: containers, dtypes, names, what is missing."""
