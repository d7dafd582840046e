"""Recourse of a population: the burden of groups, who has no cheap plan, and few actions that serve many."""
