"""What the command line takes."""

from __future__ import annotations

import argparse
import json
from importlib.metadata import version
from typing import Any

_EXAMPLES = """\
examples:
  suffice explain model.json people.csv --row 0
  suffice explain model.json people.csv --over features --immutable age,sex --to why.parquet
  suffice explain model.skops people.csv --query minimal_contrastive_reason --with target=yes
  suffice report model.txt people.csv --rows 0:200 --to report.html
  suffice batch model.json people.parquet --over features --keep id --to answers
"""
_DATA = "rows: .csv, .tsv, .parquet, .feather, .arrow, .json, .jsonl"
_MODEL = "a saved explainer, a file of XGBoost, LightGBM, CatBoost, ONNX, skops, or a pickle (--trust-pickle)"
_CODES = """\
exit status: 0 done; 1 some rows or answers were not reached, failed, or are not proved; 2 wrong input;
130 stopped by Ctrl-C.
"""


def parser() -> argparse.ArgumentParser:
    """Return the parser of all commands."""
    whole = argparse.ArgumentParser(
        prog="suffice", description="Exact reasons for the decisions of fitted models.",
        epilog=f"{_EXAMPLES}\n{_CODES}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )  # fmt: skip
    whole.add_argument("--version", action="version", version=f"suffice {version('suffice')}")
    commands = whole.add_subparsers(dest="command", metavar="COMMAND")
    _explain(commands)
    _report(commands)
    _batch(commands)
    _desk(commands)
    _check(commands)
    models = commands.add_parser("models", help="list the models that are taken")
    models.add_argument("--json", action="store_true", help="as JSON")
    backends = commands.add_parser("backends", help="list the solvers that can be used")
    backends.add_argument("--json", action="store_true", help="as JSON")
    demo = commands.add_parser(
        "demo", help="explain a decision tree fitted on data that ships with scikit-learn, or a pipeline"
    )
    demo.add_argument("--dataset", choices=("breast_cancer", "iris", "wine", "credit"), default="breast_cancer")
    demo.add_argument("--row", type=int, default=0, help="which test row to explain (from 0)")
    return whole


def _explain(commands: Any) -> None:
    one = commands.add_parser(
        "explain", help="why a model decided as it did, and what would change it", epilog=f"{_EXAMPLES}\n{_CODES}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )  # fmt: skip
    _model_and_rows(one)
    one.add_argument("--query", metavar="NAME", help="ask this query instead of a reason and a change")
    one.add_argument(
        "--with", dest="options", action="append", default=[], metavar="NAME=VALUE", type=_pair,
        help="an argument of the query, such as n=3 or target=yes; may be repeated",
    )  # fmt: skip
    one.add_argument(
        "--changes", action="store_true", help="of many rows too: what would change each prediction (slower)"
    )
    one.add_argument("--to", metavar="FILE", help="write to .csv, .parquet, .json or .html instead of printing")
    one.add_argument("--force", action="store_true", help="write over a file that is there")
    one.add_argument("--json", action="store_true", help="print JSON")


def _report(commands: Any) -> None:
    one = commands.add_parser(
        "report", help="a page of HTML: a row, or a table of many", epilog=_CODES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )  # fmt: skip
    _model_and_rows(one)
    one.add_argument("--to", metavar="FILE", default="report.html", help="where to write it (report.html)")
    one.add_argument("--title", help="what stands on top")
    one.add_argument(
        "--changes", action="store_true", help="of many rows too: what would change each prediction (slower)"
    )
    one.add_argument("--force", action="store_true", help="write over a file that is there")


def _batch(commands: Any) -> None:
    one = commands.add_parser(
        "batch", help="a query about every row of large files, in parts that are kept; the same call goes on",
        epilog=f"{_EXAMPLES}\n{_CODES}", formatter_class=argparse.RawDescriptionHelpFormatter,
    )  # fmt: skip
    one.add_argument("model", metavar="MODEL", help=_MODEL)
    one.add_argument("data", metavar="SOURCE", help="a file or a folder of .parquet, .arrow, .feather, .csv or .tsv")
    one.add_argument("--to", metavar="FOLDER", required=True, help="a folder for the answers, new or of the same run")
    one.add_argument("--query", metavar="NAME", default="sufficient_reason", help="default: sufficient_reason")
    one.add_argument(
        "--with", dest="options", action="append", default=[], metavar="NAME=VALUE", type=_pair,
        help="an argument of the query, such as n=3 or target=yes; may be repeated",
    )  # fmt: skip
    one.add_argument("--keep", type=_names, default=[], metavar="A,B", help="columns that go with the answers: a key")
    one.add_argument("--part-rows", type=int, default=10_000, metavar="N", help="rows of a part (10000)")
    one.add_argument(
        "--engine", choices=("local", "ray", "dask"), default="local",
        help="threads of this machine (default), or a cluster (found by RAY_ADDRESS, --scheduler)",
    )  # fmt: skip
    one.add_argument("--scheduler", metavar="ADDRESS", help="of Dask, such as tcp://10.0.0.1:8786")
    one.add_argument("--no-words", action="store_true", help="reasons as numbers of literals alone (smaller, quicker)")
    one.add_argument("--row-seconds", type=float, metavar="SECONDS", help="time that one row may take")
    one.add_argument("--row-steps", type=int, metavar="N", help="work that one row may take: the same on any machine")
    one.add_argument("--new", action="store_true", help="refuse to go on with a run that is there")
    _how_asked(one)


def _desk(commands: Any) -> None:
    one = commands.add_parser("desk", help="a page on which rows are picked and values moved (this machine alone)")
    one.add_argument("model", metavar="MODEL", help=_MODEL)
    one.add_argument("data", metavar="DATA", help=_DATA)
    one.add_argument("--index", metavar="COLUMN", help="the column that names the rows")
    one.add_argument("--drop", type=_names, default=[], metavar="A,B", help="columns that are not the model's")
    one.add_argument("--types", type=_json, metavar="JSON", help="""what columns are: '{"integer": ["age"]}'""")
    one.add_argument("--ranges", type=_json, metavar="JSON", help="""ranges of numbers: '{"age": [18, 100]}'""")
    one.add_argument("--port", type=int, default=0, help="where (default: any free port)")
    one.add_argument("--no-browser", action="store_true", help="print the address only")
    one.add_argument("--trust-pickle", action="store_true", help="load joblib and pickle files, which can run any code")
    one.add_argument(
        "--trust",
        type=_names,
        default=[],
        metavar="TYPE,…",
        help="types in a file of skops that are known to be harmless",
    )
    one.add_argument("--debug", action="store_true", help="show where errors come from")


def _check(commands: Any) -> None:
    one = commands.add_parser("check", help="check certificates, and whether their numbers are those of a model")
    one.add_argument("files", metavar="FILE", nargs="+", help="certificates (reason.certificate().save(FILE))")
    one.add_argument("--model", metavar="MODEL", action="append", help=f"{_MODEL}; of a comparison both, the old first")
    one.add_argument("--trust-pickle", action="store_true", help="load joblib and pickle files, which can run any code")
    one.add_argument(
        "--trust", type=_names, default=[], metavar="TYPE,…", help="types in a file of skops that are harmless"
    )
    one.add_argument("--debug", action="store_true", help="show where errors come from")


def _model_and_rows(one: argparse.ArgumentParser) -> None:
    one.add_argument("model", metavar="MODEL", help=_MODEL)
    one.add_argument("data", metavar="DATA", help=_DATA)
    rows = one.add_mutually_exclusive_group()
    rows.add_argument("--row", type=int, metavar="I", help="explain row I (from 0) alone")
    rows.add_argument("--rows", type=_slice, metavar="A:B", help="explain rows A to B - 1 (default: all)")
    one.add_argument("--index", metavar="COLUMN", help="the column that names the rows")
    one.add_argument("--drop", type=_names, default=[], metavar="A,B", help="columns that are not the model's")
    one.add_argument("--redact", type=_names, default=[], metavar="A,B", help="columns whose values are withheld")
    _how_asked(one)


def _how_asked(one: argparse.ArgumentParser) -> None:
    one.add_argument(
        "--over", choices=("literals", "features"), default="literals", help="conditions or whole features"
    )
    one.add_argument("--exclude", type=_names, default=[], metavar="A,B", help="features that reasons may not use")
    one.add_argument("--immutable", type=_names, default=[], metavar="A,B", help="features that changes leave alone")
    one.add_argument("--types", type=_json, metavar="JSON", help="""what columns are: '{"integer": ["age"]}'""")
    one.add_argument("--ranges", type=_json, metavar="JSON", help="""ranges of numbers: '{"age": [18, 100]}'""")
    one.add_argument("--tolerance", type=float, help="of a number: why it is what it is, give or take this")
    one.add_argument("--time-limit", type=float, metavar="SECONDS", help="for all rows together")
    one.add_argument("--threads", type=int, metavar="N", help="default: all cores")
    one.add_argument("--trust-pickle", action="store_true", help="load joblib and pickle files, which can run any code")
    one.add_argument(
        "--trust",
        type=_names,
        default=[],
        metavar="TYPE,…",
        help="types in a file of skops that are known to be harmless",
    )
    one.add_argument("--quiet", action="store_true", help="no progress bar, no notes")
    one.add_argument("--verbose", action="store_true", help="tell what is done")
    one.add_argument("--debug", action="store_true", help="show where errors come from")


def _names(text: str) -> list[str]:
    return [name.strip() for name in text.split(",") if name.strip()]


def _slice(text: str) -> slice:
    low, colon, high = text.partition(":")
    try:
        if not colon:
            raise ValueError
        made = slice(int(low) if low else None, int(high) if high else None)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r}: expected A:B, such as 0:100") from None
    return made


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text!r} is no JSON: {error}") from None


def _pair(text: str) -> tuple[str, Any]:
    name, sign, value = text.partition("=")
    if not sign or not name.isidentifier():
        raise argparse.ArgumentTypeError(f"{text!r}: expected NAME=VALUE, such as n=3")
    try:
        return name, json.loads(value)
    except ValueError:
        return name, value
