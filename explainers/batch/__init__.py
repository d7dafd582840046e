"""One query about many rows."""
