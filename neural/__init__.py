"""Neural explanations on PyTorch (the extra ``suffice[neural]``)."""
