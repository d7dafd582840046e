"""One file a backend, or a family of backends."""
