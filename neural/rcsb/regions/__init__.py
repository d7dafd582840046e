"""The region that may change."""
