"""What a question is: domains, compiled models, forms, reasons, oracles and generic algorithms."""
