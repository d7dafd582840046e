"""Changes that can leave the outcome: near ones, few ones, cheap ones."""
