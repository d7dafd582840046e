"""Cheapest sufficient reasons of an ensemble."""
