"""Models over a ``Binarizer``'s columns, told in the features before it."""
