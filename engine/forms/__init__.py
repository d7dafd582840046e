"""Forms: CNF, WCNF and linear programs as frozen flat arrays, and their file formats."""
