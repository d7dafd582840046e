"""The what-if page: a row, its decision, why, and what would change it, while its values are moved."""
