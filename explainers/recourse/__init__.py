"""What to do about a decision: the cheapest plans that change it, within what may change, and that last."""
