"""Many rows: frames in and out, files, and clusters (needs pyarrow and pandas)."""

from .explainers.runs.answering import answer_schema, explain_batch
from .explainers.runs.mapping import Mapper
from .explainers.runs.outcome import Run
from .explainers.runs.outcome import opened as open_run
from .explainers.runs.run import run

__all__ = ["Mapper", "Run", "answer_schema", "explain_batch", "open_run", "run"]
