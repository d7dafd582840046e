"""Encoders of the models of imodels."""
