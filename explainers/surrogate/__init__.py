"""Any model, through a surrogate that is faithful to it near an instance."""
