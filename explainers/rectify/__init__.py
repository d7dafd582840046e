"""Rectification: models changed to obey a rule."""
