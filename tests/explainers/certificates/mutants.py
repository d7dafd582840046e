"""Certificates with one thing changed."""

import copy

import numpy as np
from suffice.explainers.certificates.certificate import Certificate

from tests.explainers.certificates.mutants_of_models import both
from tests.explainers.certificates.mutants_of_near import ball
from tests.explainers.certificates.mutants_of_slack import left_out, slack


def mutants(certificate, rng, count):
    """Yield what was changed, and the changed certificate."""
    for _ in range(count):
        change = CHANGES[rng.integers(len(CHANGES))]
        mutant = Certificate(
            copy.deepcopy(certificate.head), {name: array.copy() for name, array in certificate.arrays.items()}
        )
        if change(mutant, rng):
            yield change.__name__, mutant


def _some(array, rng):
    return tuple(rng.integers(n) for n in array.shape) if array.size else None


def bound(c, rng):
    """Move a bound of a box."""
    at = _some(c.arrays["proof_bound"], rng)
    if at is not None:
        c.arrays["proof_bound"][at] += rng.choice([-1, 1, -(10**6), 10**6, -(2**40)])
    return at is not None


def leaf(c, rng):
    """Change what a leaf adds."""
    at = _some(c.arrays["leaf_values"], rng)
    c.arrays["leaf_values"][at] = rng.choice([-3.0, 0.0, 1.0, 3.0, c.arrays["leaf_values"][at] + 0.25])
    return True


def threshold(c, rng):
    """Change a threshold."""
    at = _some(c.arrays["condition_threshold"], rng)
    if at is None or c.arrays["condition_operator"][at] >= 6:
        return False
    old = c.arrays["condition_threshold"][at]
    near = float(rng.choice([old, *c.arrays["row"].ravel()]))
    c.arrays["condition_threshold"][at] = rng.choice([old + 1.0, old - 1.0, near, -old])
    return bool(np.isfinite(c.arrays["condition_threshold"][at]))


def operator(c, rng):
    """Change a comparison."""
    at = _some(c.arrays["condition_operator"], rng)
    if at is None or c.arrays["condition_operator"][at] >= 6:
        return False
    c.arrays["condition_operator"][at] = rng.integers(6)
    return True


def row(c, rng):
    """Change the row."""
    return _change_row(c, rng, "row")


def witness(c, rng):
    """Change a witness."""
    return _change_row(c, rng, "witness")


def _change_row(c, rng, name):
    at = _some(c.arrays[name], rng)
    if at is None:
        return False
    others = np.concatenate([c.arrays["row"][:, at[1]], c.arrays["witness"][:, at[1]], c.arrays["condition_threshold"]])
    value = float(rng.choice(others))
    c.arrays[name][at] = rng.choice([value, value + 1.0, 0.0, 1.0])
    return True


def no_witness(c, rng):
    """Leave out a witness."""
    if not len(c.arrays["witness"]):
        return False
    c.arrays["witness"] = np.delete(c.arrays["witness"], rng.integers(len(c.arrays["witness"])), axis=0)
    return True


def item(c, rng):
    """Leave out an item, or make it another one."""
    items = c.head["claim"]["items"]
    if not items:
        return False
    place = rng.integers(len(items))
    if rng.random() < 0.4:
        del items[place]
    else:
        items[place] = int(rng.integers(max(c.arrays["unit"]) + 1))
    return True


def a_set(c, rng):
    """Leave out an item of a set that forces, and of the items if they are the same."""
    sets = c.head["claim"]["sets"]
    if not sets or not sets[0]:
        return False
    place, which = rng.integers(len(sets[0])), sets[0]
    same = which == c.head["claim"]["items"]
    del which[place]
    if same:
        c.head["claim"]["items"] = list(which)
    return True


def outcome(c, rng):
    """Claim another outcome."""
    if not c.head["claim"]["outcomes"]:
        return False
    one = c.head["claim"]["outcomes"][rng.integers(len(c.head["claim"]["outcomes"]))]
    if "range" in one and rng.random() < 0.7:
        low, high = (float.fromhex(end) for end in one["range"])
        one["range"] = [(low + rng.choice([0.0, 0.5, -0.5])).hex(), (high + rng.choice([-0.5, 0.5])).hex()]
        return True
    count = 3 if "range" in one else len(c.head["model"]["labels"][one["label"]]["classes"])
    one["classes"] = sorted({int(k) for k in rng.integers(max(2, count), size=rng.integers(1, 3))})
    return True


def lead(c, rng):
    """Claim another lead, or of another score; or let the claim be of a score, or a number of what it was not."""
    if not c.head["claim"]["outcomes"]:
        return False
    one = c.head["claim"]["outcomes"][rng.integers(len(c.head["claim"]["outcomes"]))]
    label = c.head["model"]["labels"][one["label"]]
    first, end = label["outputs"]
    if "lead" in one and rng.random() < 0.7:
        one["lead"] = (float.fromhex(one["lead"]) * rng.choice([-1.0, 0.0, 0.5, 2.0])).hex()
    elif "of" in one:
        one["of"] = int(rng.integers(-1, end - first + 1))
    elif "range" in one and rng.random() < 0.5:
        del one["range"]
    elif "range" in one:
        low, high = (float.fromhex(number) for number in one["range"])
        one["range"] = [(low + rng.choice([0.0, 0.125, -0.125])).hex(), (high + rng.choice([-0.125, 0.125])).hex()]
    elif label["rule"] == "greatest" and rng.random() < 0.5:
        one["lead"] = float(rng.choice([0.125, 0.25])).hex()
    else:
        numbers = np.append(rng.choice(c.arrays["leaf_values"][:, first:end].ravel(), 2), np.inf)
        one |= {
            "of": int(rng.integers(end - first)),
            "range": [v.hex() for v in sorted(rng.choice(numbers, 2).tolist())],
        }
    return True


def given(c, rng):
    """Leave out, or change, what holds of the rows that are looked at; or forget that it is about all outcomes."""
    clauses = c.head["claim"]["given"]
    if not clauses or rng.random() < 0.2:
        c.head["claim"]["together"] = not c.head["claim"]["together"]
        return True
    place = rng.integers(len(clauses))
    if rng.random() < 0.5:
        del clauses[place]
    else:
        at = rng.integers(len(clauses[place]))
        clauses[place][at] = int(rng.choice([-clauses[place][at], rng.integers(1, len(c.arrays["unit"]) + 1)]))
    return True


def unit(c, rng):
    """Let a condition belong to another item."""
    at = _some(c.arrays["unit"], rng)
    if at is not None:
        c.arrays["unit"][at] = rng.integers(max(c.arrays["unit"]) + 1)
    return at is not None


def told(c, rng):
    """Claim what is not claimed, or another number that a row attains."""
    says = c.head["claim"]["says"]
    if "attained" in says and rng.random() < 0.7:
        row, k, number = says["attained"][0]
        says["attained"][0] = [row, k, float(float.fromhex(number) + rng.choice([-1.0, 0.25])).hex()]
    else:
        says[str(rng.choice(["forces", "refuted", "minimal", "changed", "planned", "necessary", "relevant"]))] = {
            "excluded": []
        }
    return True


def box(c, rng):
    """Leave out a box, or split by another condition."""
    at = _some(c.arrays["proof_split"], rng)
    if at is None:
        return False
    split = c.arrays["proof_split"]
    if rng.random() < 0.5:
        c.arrays["proof_split"] = np.delete(split, at[0])
        c.arrays["proof_at"][c.arrays["proof_at"] > at[0]] -= 1
        if split[at] == 0:
            leaf_number = int((split[: at[0]] == 0).sum())
            for name in ("kind", "way", "bound"):
                c.arrays[f"proof_{name}"] = np.delete(c.arrays[f"proof_{name}"], leaf_number)
    elif split[at] != 0:
        split[at] = int(rng.integers(1, len(c.arrays["condition_column"]) + 1)) * rng.choice([-1, 1])
    else:
        return False
    return True


def tree(c, rng):
    """Let a leaf have another leaf's values, or a test lead the other way."""
    a = c.arrays
    node = rng.integers(len(a["tree_literal"]))
    if a["tree_literal"][node] == 0:
        a["tree_leaf"][node] = rng.integers(len(a["leaf_values"]))
    elif rng.random() < 0.5:
        a["tree_left"][node], a["tree_right"][node] = a["tree_right"][node], a["tree_left"][node]
    else:
        a["tree_literal"][node] = int(rng.integers(1, len(a["condition_column"]) + 1)) * rng.choice([-1, 1])
    return True


def way(c, rng):
    """Let a box have a bound of another way out, or another kind of proof."""
    name = rng.choice(["proof_way", "proof_kind"])
    at = _some(c.arrays[name], rng)
    if at is None:
        return False
    c.arrays[name][at] = rng.integers(3)
    return True


def domain(c, rng):
    """Change what a feature is."""
    if not c.head["features"]:
        return False
    feature = c.head["features"][rng.integers(len(c.head["features"]))]
    if feature["kind"] == "listed" and rng.random() < 0.7:
        feature["values"] += [float(rng.integers(8)).hex() for _ in feature["columns"]]
    elif feature["kind"] == "integer" and rng.random() < 0.7:
        feature["kind"] = "numerical"
    elif "nan" in feature["values"]:
        feature["values"] = feature["values"][: -len(feature["columns"])]
    else:
        feature["values"] += ["nan"] * len(feature["columns"])
    return True


def numbers(c, rng):
    """Change the start, the divisor or the threshold of sums."""
    label = c.head["model"]["labels"][0]
    if rng.random() < 0.5:
        at = _some(c.arrays["base"], rng)
        c.arrays["base"][at] += rng.choice([-1.0, 0.5, 1.0])
    elif label["rule"] == "threshold":
        label["threshold"] = (float.fromhex(label["threshold"]) + rng.choice([-0.5, 0.5])).hex()
    else:
        label["divisor"] = (float.fromhex(label["divisor"]) * rng.choice([0.5, 2.0])).hex()
    return True


def choice(c, rng):
    """Leave out a choice, or change a weight, a price, or the set that a choice contains."""
    names = [n for n in ("cover_split", "prices", "cover_set", "cover_at") if n in c.arrays]
    name = str(rng.choice(names)) if names else ""
    at = _some(c.arrays[name], rng) if name else None
    if at is None:
        return False
    if name == "cover_split" and rng.random() < 0.5:
        c.arrays[name] = np.delete(c.arrays[name], at[0])
    else:
        c.arrays[name][at] += int(rng.choice([-1, 1, 1 << 20]))
    return True


def lemma(c, rng):
    """Leave out, or change, what a SAT solver learned."""
    if "lemmas" not in c.arrays:
        return False
    at = _some(c.arrays["lemmas"], rng)
    if at is None or rng.random() < 0.3:
        c.arrays["lemmas"] = np.zeros(0, np.int64)
    else:
        c.arrays["lemmas"][at] = rng.choice([-c.arrays["lemmas"][at], rng.integers(-3, 4)])
    return True


def line(c, rng):
    """Leave out a line of cutting planes, put one of another kind in its place, or change a word of it."""
    if "lines" not in c.arrays:
        return False
    lines = bytes(c.arrays["lines"].tolist()).decode().splitlines()
    at = rng.integers(1, len(lines))
    words = lines[at].split()
    if rng.random() < 0.3:
        del lines[at]
    elif rng.random() < 0.3:
        lines[at] = str(rng.choice(["rup >= 1 ;", "a >= 1 ;", "pol 1", "l 1", "c 1", f"u {lines[at]}"]))
    else:
        place = rng.integers(len(words))
        number = int(words[place]) if words[place].isdecimal() else 1
        words[place] = str(rng.choice(["+", "*", "d", "s", "x1", "~x1", "1", "2", str(number + 1), str(number - 1)]))
        lines[at] = " ".join(words)
    c.arrays["lines"] = np.frombuffer("\n".join(lines).encode(), np.int8).astype(np.int64)
    return True


def whole(c, rng):
    """Claim another cost, or leave out a set."""
    says, sets = c.head["claim"]["says"], c.head["claim"]["sets"]
    costs = [says[name] for name in ("cheapest", "bounded") if name in says]
    if costs:
        costs[0]["cost"] += int(rng.choice([-1, 1]))
        if rng.random() < 0.5 and len(c.arrays["prices"]):  # as one of the items costs so much more, or less
            c.arrays["prices"][rng.choice(c.head["claim"]["items"] or [0])] += int(rng.choice([-1, 1]))
    elif "complete" in says and sets:
        del sets[rng.integers(len(sets))]
    return bool(costs) or "complete" in says


def changes(c, rng):
    """Leave out a change of a list, or an item of one, or let other items stay as they are."""
    says = c.head["claim"]["says"]
    lists = says["changes"]["lists"] if "changes" in says else []
    if not lists:
        return False
    place = rng.integers(len(lists))
    if rng.random() < 0.4:
        del lists[place]
        c.arrays["witness"] = np.delete(c.arrays["witness"], place, axis=0)
        if "cover_set" in c.arrays:
            ends = c.arrays["cover_set"]
            ends[ends < -1 - place] += 1
    elif rng.random() < 0.5:
        lists[place][rng.integers(len(lists[place]))] = int(rng.integers(max(c.arrays["unit"]) + 1))
    elif rng.random() < 0.5:
        says.setdefault("all_changes", {"excluded": []})["most"] = int(rng.integers(5))
    else:
        says["all_changes"] = {"excluded": [int(rng.integers(max(c.arrays["unit"]) + 1))] * int(rng.integers(2))}
    return True


def excluded(c, rng):
    """Let other features play no part."""
    says = c.head["claim"]["says"]
    for name in ("cheapest", "bounded", "complete", "necessary", "relevant"):
        if name in says:
            gone = [v for v in c.arrays["unit"].tolist() if rng.random() < 0.3]
            says[name]["excluded"] = sorted({*gone}) if rng.random() < 0.7 else []
            return True
    return False


def pairs(c, rng):
    """Let pairs differ in other features, be of other outcomes, have another order or distance, or be none."""
    said = c.head["claim"].get("pairs")
    if said is None:
        return False
    what, old = rng.choice(["apart", "order", "outcomes", "margin", "claim"]), copy.deepcopy(said)
    label = c.head["model"]["labels"][0]
    if what == "apart":
        some = rng.integers(len(c.head["features"]), size=rng.integers(1, 3)).tolist()
        said["apart"] = sorted({*some, *(said["apart"] if rng.random() < 0.3 else [])})
        columns = [i for f in c.head["features"] for i in f["columns"]]
        n = len(columns) + sum(len(c.head["features"][i]["columns"]) for i in said["apart"])
        for name in ("row", "witness"):  # rows have as many numbers as before, or others
            rows = c.arrays[name]
            more = rng.choice([*rows.ravel(), 0.0], size=(len(rows), max(0, n - rows.shape[1])))
            c.arrays[name] = np.hstack([rows, more])[:, :n]
    elif what == "order":
        said["order"] = int(rng.integers(-1, 2))
    elif what == "outcomes" and said["outcomes"]:
        if rng.random() < 0.4:
            del said["outcomes"][rng.integers(len(said["outcomes"]))]
        else:
            place, at = rng.integers(len(said["outcomes"])), rng.integers(2)
            said["outcomes"][place][at] = int(rng.integers(max(2, len(label["classes"]))))
    elif what == "outcomes":
        said["outcomes"] = [[1, 0]]
    elif what == "margin":
        said["margin"] = float(rng.choice([0.0, 0.1, 0.5, 1.0, float.fromhex(said["margin"]) * 0.9])).hex()
    else:
        c.head["claim"]["says"] = {str(rng.choice(["no_pair", "pair", "forces", "refuted"])): {}}
        return True
    return bool(said != old)


CHANGES = (
    ball, both, slack, left_out, lead, pairs, choice, lemma, line, whole, changes, excluded, given, unit, told,
    bound, leaf, threshold, operator, row, witness, no_witness, item, a_set, outcome, box, tree, way, domain, numbers
)  # fmt: skip
