"""Hand-built models: nodes, trees, forests, boosted trees, formulas of labels."""
