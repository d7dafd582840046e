"""Pages: explanations as HTML files that need nothing else, and the data that they are drawn from."""
