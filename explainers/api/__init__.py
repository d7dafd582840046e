"""Exact reasons for the decisions of fitted models."""
