"""Images: pixels, noise, files."""
