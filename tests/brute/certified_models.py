"""A slow reading of certificates of two models: both are asked about all rows."""

from __future__ import annotations

from typing import Any

from tests.brute.certificates import Reading


class ModelReading(Reading):
    """A certificate of two models, each a label."""

    def __init__(self, head: dict[str, Any], arrays: dict[str, Any]) -> None:
        self.models = head["claim"]["models"]
        if len(head["model"]["labels"]) != 2:
            raise ValueError("there are not two models")
        super().__init__(head, arrays)

    @property
    def labels(self) -> list[dict[str, Any]]:
        """The labels of both models."""
        return list(self.head["model"]["labels"])

    @property
    def by_one_rule(self) -> bool:
        """Whether both add up and decide alike."""
        names = ("rule", "single", "divisor", "threshold", "near", "doubt")
        return all(self.labels[0][name] == self.labels[1][name] for name in names)

    def sizes(self) -> list[int]:
        """Return how many classes each model has."""
        found = []
        for label in self.labels:
            found.append({"greatest": label["outputs"][1] - label["outputs"][0], "threshold": 2}[label["rule"]])
        return found

    def decides(self, which: int, k: int, scores: list[float]) -> int:
        """Return 1 where a model decides a class, -1 where another one, 0 where rounding may decide."""
        others = [c for c in range(self.sizes()[which]) if c != k]
        return self._label({"label": which, "classes": others}, scores)

    def state(self, truth: Any) -> int:
        """Return 1 where both decide differently, -1 where alike, 0 where rounding may decide."""
        scores = self.scores(truth)
        if "within" in self.models:
            return max(self.farther(scores, 1), self.farther(scores, 0))
        (first, end), (begin, last) = (label["outputs"] for label in self.labels)
        equal = self.by_one_rule and scores[first:end] == scores[begin:last]
        same, found = [tuple(one) for one in self.models["same"]], [-1]
        for k in range(self.sizes()[0]):
            for j in range(self.sizes()[1]):
                sure = float.fromhex(self.labels[0]["doubt"]) == 0
                if (k, j) not in same and not (equal and sure and k != j):
                    found.append(min(self.decides(0, k, scores), self.decides(1, j, scores)))
        return max(found)

    def farther(self, scores: list[float], old: int) -> int:
        """Return 1 where one number is beyond the other one by more than is allowed (`old`: that of the first)."""
        within, label = float.fromhex(self.models["within"]), self.labels[0]
        if len(scores) != 2 or within < 0 or not self.by_one_rule or label["rule"] != "number":
            raise ValueError("numbers cannot be compared")
        margin = float.fromhex(label["near"]) + 4 * float.fromhex(label["doubt"])
        margin *= max(1.0, float.fromhex(label["divisor"]))
        gap = (scores[0] - scores[1]) * (1 if old else -1)
        if margin > 0 and abs(gap - within) <= margin:
            return 0
        return 1 if gap > within else -1

    # -- what is said ------------------------------------------------------------------------------

    def wrong(self) -> str:
        """Return what is not so; nothing if all is."""
        if len(self.arrays["row"]) or self.claim["items"] or self.claim["sets"] or self.claim["outcomes"]:
            return "it is of a row"
        return super().wrong()

    def among(self, box: dict[str, Any], point: Any) -> bool:
        """Tell whether a row is in a box."""
        return all(any(point[abs(v) - 1] == (v > 0) for v in clause) for clause in box["given"])

    def is_agree(self) -> bool:
        """All rows outside of the boxes are decided alike."""
        return all(
            state == -1 or any(self.among(box, point) for box in self.models["boxes"])
            for point, state in zip(self.points, self.states, strict=True)
        )

    def is_differ(self) -> bool:
        """Some row is decided differently."""
        return 1 in self.states

    def is_apart(self) -> bool:
        """Boxes share no row, and all rows of each are decided as it says, differently."""
        for point in self.points:
            own = [box["decided"] for box in self.models["boxes"] if self.among(box, point)]
            if len(own) > 1:
                return False
            for decided in own:
                if not self._as_said(decided, self.scores(point)):
                    return False
        return True

    def _as_said(self, decided: list[int], scores: list[float]) -> bool:
        if "within" in self.models:
            return decided in ([0, 1], [1, 0]) and self.farther(scores, decided[0]) == 1
        if decided in self.models["same"]:
            return False
        return all(self.decides(which, k, scores) == 1 for which, k in enumerate(decided))
