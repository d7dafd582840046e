"""The file formats of the forms."""
