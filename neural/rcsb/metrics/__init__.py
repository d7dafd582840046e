"""How good counterfactual images are."""
