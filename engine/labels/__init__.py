"""Questions about several labels or several classifiers at once."""
