"""Decision diagrams: families of hitting sets counted and listed, models of a CNF counted."""
