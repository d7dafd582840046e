"""What users pass and what they are told, in their own words."""
