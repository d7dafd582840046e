"""What is kept without its model: reasons, checks and explanations as JSON, and read again."""
