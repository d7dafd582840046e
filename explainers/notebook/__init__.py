"""The what-if page as a widget of notebooks."""
