"""Models that decide about several labels."""
