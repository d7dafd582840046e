"""The search for contrasts."""
