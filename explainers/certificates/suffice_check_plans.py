"""Checks the certificates of suffice that are of plans: ``python suffice_check_plans.py FILE``.

It lies beside suffice_check.py and suffice_check_sat.py, whose claims it checks as well, and needs numpy. That no row
which costs less is as wanted is what these check; here stands that a row is a plan, and what it bears.
"""

from __future__ import annotations

import sys
from fractions import Fraction
from typing import Any

import numpy as np

try:
    from . import suffice_check as core
    from .suffice_check_sat import Clauses
except ImportError:  # the three files alone
    import suffice_check as core  # type: ignore[import-not-found, no-redef]
    from suffice_check_sat import Clauses  # type: ignore[import-not-found, no-redef]

require, within, routes_out, outside = core.require, core.within, core.routes_out, core.outside


def within_reach(one: float, other: float, radius: Fraction) -> bool:
    """Tell whether a number is no further from another one than a radius, exactly."""
    return bool(np.isfinite([one, other]).all()) and abs(Fraction(one) - Fraction(other)) <= radius


class Plans(Clauses):
    """Checks claims about plans, too."""

    claims = (*Clauses.claims, "planned", "bears")

    def __init__(self, head: Any, arrays: Any) -> None:
        self.head = head
        super().__init__(head, arrays)

    @property
    def listed(self) -> list[str]:
        """What the numbers of plans are relative to, whatever the labels say."""
        known = {"planned", "bears"} & {*self.says}
        return ["costs, limits and options of plans are those that the file lists"] * bool(known)

    def planned(self, said: Any) -> None:
        """Say that the first row is as wanted: out of all that is claimed together, but for the last, its cost."""
        wanted = routes_out(self.model, self.claim["outcomes"][:-1], True)
        require(wanted and wanted[0] and self.claim["together"], "a plan is not of outcomes together")
        require(outside(wanted, self.model.at(self.rows[[0]]))[0] == 1, "the plan is not as wanted")

    def bears(self, said: Any) -> None:
        """Say that `options` that the last clauses leave out are not as wanted all over their slack; the plan is so.

        Each of these clauses is `of` a row that is not surely as wanted, by the first outcomes: whatever breaks the
        clause has it within the slack. What all rows within that of the plan are, `holds` says: as wanted.
        """
        d, deciding = self.domain, said["deciding"]
        require(within([i for i, _ in said["radii"]], len(d.features)), "the slack is of no feature")
        radii = {i: Fraction(*map(int, r.split("/"))) for i, r in said["radii"]}  # no powers of 10
        single = all(len(d.features[i]["columns"]) == 1 for i in radii)
        single &= len(radii) == len(said["radii"]) and min(radii.values(), default=0) >= 0
        require(single and self.claim["together"], "the slack is of no numbers")
        require(0 < deciding <= len(self.claim["outcomes"]) - ("planned" in self.says), "no outcomes are borne")
        bad = np.array([[*map(float.fromhex, row)] for row in said["rows"]]).reshape(-1, len(d.names))
        clauses, d.clauses = d.clauses, []  # rows within the slack may break them
        truth, d.clauses = d.rows(bad), clauses
        wanted = routes_out(self.model, self.claim["outcomes"][:deciding], True)
        require(within(said["of"], len(bad)), "an option is of no row")
        require(not len(bad) or (outside(wanted, self.model.at(truth)) < 1).all(), "a row is as wanted")
        late = [
            np.array(clause, np.int64) for clause in self.claim["given"][len(self.claim["given"]) - len(said["of"]) :]
        ]
        for i, (feature, (own, _)) in enumerate(zip(d.features, d.tables, strict=True)):
            options, first = [[*map(float.fromhex, option)] for option in said["options"][i]], feature["columns"][0]
            require(len(options) * (d.n + len(d.names)) <= core.LARGEST / 8)
            rows = np.zeros((len(options), len(d.names)))
            rows[:, feature["columns"]] = np.array(options).reshape(-1, len(feature["columns"]))
            at = d.truth(rows)
            for clause, j in zip(late, said["of"], strict=True):
                mine = clause[np.isin(np.abs(clause) - 1, own)]
                left = ~(at[:, np.abs(mine) - 1] == (mine > 0)).any(axis=1) & (at[:, own] != truth[j, own]).any(axis=1)
                near = [i in radii and within_reach(v, bad[j, first], radii[i]) for v in rows[left, first]]
                require(all(near), "an option is left out that has no such row within its slack")
        if "planned" in self.says:
            self.near_plan(said["holds"], radii, self.claim["outcomes"][:deciding])

    def near_plan(self, claim: Any, radii: Any, missed: Any) -> None:
        """Check a proof of its own that what is missed elsewhere holds within the slack of the plan."""
        d, none, at = self.domain, {name: self.arrays[name][:0] for name in ("row", "witness")}, []
        own = {name[4:]: array for name, array in self.arrays.items() if name.startswith("box_proof_")}
        sizes = [3 if "range" in one else len(self.model.labels[one["label"]]["classes"]) for one in missed]
        held = [
            {**one, "classes": [k for k in range(n) if k not in one["classes"]]}
            for one, n in zip(missed, sizes, strict=True)
        ]
        same = {*claim["says"]} == {"forces"} and claim["outcomes"] == held and not claim["together"]
        same &= not any("lead" in one for one in missed)
        require(same, "it is said that something else holds near the plan")
        head = {**self.head, "claim": claim, "clauses": []}  # rows near it may break them
        self.box = Clauses(head, {**self.arrays, **own, **none})
        self.box.forces({})
        for i, feature in enumerate(d.features):
            plan, value = self.arrays["row"][:1], self.arrays["row"][0, feature["columns"][0]]
            if i in radii and not np.isnan(value):  # some number of each stretch within the slack
                borders = [d.threshold[(d.owner == i) & (d.operator < 6)], range(53), float(Fraction(value) + radii[i])]
                rows = d.points(feature, np.hstack(borders))
                near = [within_reach(v, value, radii[i]) for v in rows[:, feature["columns"][0]]]
                plan = np.vstack([plan, rows[near]])
            at.append(d.truth(plan))
        for clause in map(np.array, claim["given"]):
            parts = [(at[i], clause[d.owner[np.abs(clause) - 1] == i]) for i in {*d.owner[np.abs(clause) - 1]}]
            held = [(rows[:, np.abs(v) - 1] == (v > 0)).any(axis=1).all() for rows, v in parts]
            require(any(held), "a row near the plan is not among those that it is said of")

    def words(self) -> str:
        """Return what is claimed, in words, from the numbers."""
        if "bears" not in self.says:
            return super().words()
        said = self.says["bears"]
        slack = ", ".join(f"{self.domain.features[i]['name']} {radius}" for i, radius in said["radii"])
        told = f"{super().words()}; the last clauses leave out what is not so, by {said['deciding']} of these, for all"
        told += f" rows within the slack ({slack})"
        return told + (f"; near the plan: {self.box.words()}" if "planned" in self.says else "")


if __name__ == "__main__":
    sys.stdout.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]
    found = [(name, *core.check(name, Plans)) for name in sys.argv[1:]]
    print(*(": ".join(one) for one in found), sep="\n")
    sys.exit(not found or not all(verdict == core.ACCEPTED for _, verdict, _ in found))
