"""XGBoost: fitted models and its files."""
