"""The models that are explained: how they are called, and what is known of them."""
