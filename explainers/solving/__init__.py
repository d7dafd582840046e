"""Sessions on solver backends, and oracles written over them."""
