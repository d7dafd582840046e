"""What encoders build compiled models of: the members of an ensemble, their columns, their sums."""
