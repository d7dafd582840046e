"""Questions about a whole model: is something true of all inputs, and if not, of which is it false."""
