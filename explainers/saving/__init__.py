"""Explainers as files: their form, their domain and their words, without the model."""
