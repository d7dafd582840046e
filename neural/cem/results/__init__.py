"""What comes back: contrasts, pages, plots."""
