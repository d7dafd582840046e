"""A function over numbered parts: on this machine's threads, or by the scheduler of a cluster."""
