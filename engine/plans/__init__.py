"""The cheapest inputs that several models decide as wanted, where features have options with prices and rules."""
