"""The Contrastive Explanation Method: what must be absent, and what suffices, for a class."""
