"""Certificates of plans with slack with one thing changed."""

import copy


def slack(c, rng):
    """Let options have another slack, be others, or be left out for another row."""
    said = c.head["claim"]["says"].get("bears")
    if said is None:
        return False
    hexes, old = [v for options in said["options"] for one in options for v in one], copy.deepcopy(said)
    what, options = rng.choice(["radii", "options", "rows", "of"]), said["options"][rng.integers(len(said["options"]))]
    if what == "radii":
        said["radii"][rng.integers(len(said["radii"]))][1] = str(rng.choice(["0", "1/2", "1", "2", "9/10", "1/10"]))
    elif what == "options" and options:
        options.append([str(rng.choice(hexes))] * len(options[0]))
        if rng.random() < 0.5:
            del options[rng.integers(len(options))]
    elif what == "rows" and said["rows"]:
        row = said["rows"][rng.integers(len(said["rows"]))]
        row[rng.integers(len(row))] = str(rng.choice(hexes))
    elif said["of"]:
        said["of"][rng.integers(len(said["of"]))] = int(rng.integers(len(said["rows"])))
    return bool(said != old)


def left_out(c, rng):
    """Leave out other options; or let other things hold near the plan, or be what the slack is of."""
    said, given = c.head["claim"]["says"].get("bears"), c.head["claim"]["given"]
    if said is None:
        return False
    what, n = rng.choice(["deciding", "clause", "clause", "near", "outcomes"]), len(c.arrays["unit"])
    other = int(rng.integers(1, n + 1)) * int(rng.choice([-1, 1]))
    if what == "deciding":
        said["deciding"] = int(rng.integers(4))
    elif what == "clause" and said["of"]:
        place = rng.integers(len(said["of"]))
        clause = given[len(given) - len(said["of"]) + place]
        if rng.random() < 0.5 or not clause:
            given.append([int(v) for v in clause if rng.random() < 0.5])
            said["of"].append(said["of"][place])
        else:
            clause[rng.integers(len(clause))] = other
    elif what == "near" and "holds" in said:
        said["holds"]["given"] = [*said["holds"]["given"][: rng.integers(2)], [other]]
    elif "holds" in said:
        said["holds"]["outcomes"][rng.integers(len(said["holds"]["outcomes"]))]["classes"] = [int(rng.integers(3))]
    return True
