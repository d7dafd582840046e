"""Certificates: proofs of answers as files, and the one file that checks them."""
