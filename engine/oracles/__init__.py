"""The one primitive, and the algorithms that are written once against it."""
