"""Encoders of interpret's models."""
