"""Questions about a whole model: proofs, or inputs that refute them."""

from .explainers.verify.verdict import Verdict, Witness
from .explainers.verify.whole import never, verify

__all__ = ["Verdict", "Witness", "never", "verify"]
