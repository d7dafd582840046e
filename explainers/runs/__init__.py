"""Many rows: frames in and out, files, and clusters."""
