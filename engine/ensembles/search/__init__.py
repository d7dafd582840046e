"""The search for a counterexample in a box, and boxes widened as far as they hold."""
