"""The domain of a model: conditions, theory, attributes, the space of cells, an instance, regions."""
