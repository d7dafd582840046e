"""The flat arrays of an ensemble: its layout, its sums, the boxes of a search."""
