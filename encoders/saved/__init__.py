"""Models as what they were compiled to, written down: they answer without the library that made them."""
