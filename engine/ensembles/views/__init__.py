"""What reasons of an ensemble are made of: literals or features."""
