"""Pipelines: steps before a model, told in the columns before the first step."""
