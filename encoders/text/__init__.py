"""Pipelines that read texts: a vectorizer before a model, told in the words of one text."""
