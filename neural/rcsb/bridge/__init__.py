"""The Schrödinger bridge: its schedule and its network."""
