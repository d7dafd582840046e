"""How likely reasons hold: distributions as users tell them, and sets that hold often enough."""
