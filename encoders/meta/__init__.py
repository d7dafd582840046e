"""Models made of models: several labels, one against the rest."""
