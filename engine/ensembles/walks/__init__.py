"""All reasons of an ensemble, one after another."""
