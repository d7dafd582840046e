"""Training a bridge."""
