"""Reasons, sets of them, streams of them, checks and counts, whatever they are of."""

from typing import Any, assert_type

from suffice import Check, Counted, LabelReason, NoneInTime, Reason, Reasons, ReasonStream, Status, Stop
from suffice.engine.reasons import Proof


def of_a_reason(reason: Reason) -> None:
    assert_type(reason.features, tuple[str, ...])
    assert_type(reason.own_values, tuple[str, ...])
    assert_type(reason.kind, str)
    assert_type(reason.status, Status)
    assert_type(reason.proof, Proof)
    assert_type(reason.proof.cost, float | None)
    assert_type(reason.to_json(), str)
    if reason.witness is not None:
        assert_type(reason.witness.names, tuple[str, ...])
        assert_type(reason.witness.changed, tuple[str, ...])
        assert_type(len(reason.witness), int)
    print(reason.feature)  # type: ignore[attr-defined]  # misspelt


def of_several(reasons: Reasons) -> None:
    assert_type(reasons[0], Reason)
    assert_type(reasons[:2], tuple[Reason, ...])
    assert_type(reasons.status, Status)
    assert_type(reasons.complete, bool)
    for reason in reasons:
        assert_type(reason, Reason)


def of_one_if_there_is_one(found: Reason | NoneInTime | None) -> None:
    if found:
        assert_type(found, Reason)
    elif isinstance(found, NoneInTime):
        assert_type(found.stop, Stop)


def of_labels(reason: LabelReason) -> None:
    assert_type(reason.labels, dict[str, Any])
    assert_type(reason.by_label, dict[str, tuple[Any, ...]])
    assert_type(reason.mode, str)


def of_a_stream(stream: ReasonStream) -> None:
    assert_type(next(stream), Reason)
    assert_type(stream.take(3), Reasons)


def of_a_check(check: Check) -> None:
    assert_type(check.value, bool | None)
    assert_type(check.why, str)
    if check.witness is not None:
        assert_type(check.witness.to_dict(), dict[str, Any])


def of_a_number(bounds: Counted) -> None:
    assert_type(bounds.value, int | None)
    assert_type(bounds.lower, int)
    assert_type(bounds.upper, int | None)
