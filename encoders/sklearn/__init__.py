"""scikit-learn: trees, forests, boosting, linear models, naive Bayes."""
