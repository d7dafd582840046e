"""One explainer's model, domain and instance, and who may use them when."""
