"""What only single trees need."""
