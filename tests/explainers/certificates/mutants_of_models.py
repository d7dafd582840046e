"""Certificates of two models with one thing changed."""

import copy


def both(c, rng):
    """Let other classes be the same, numbers lie apart otherwise, or boxes be others, or of other decisions."""
    said, n = c.head["claim"].get("models"), len(c.arrays["unit"])
    if said is None:
        return False
    old, boxes = copy.deepcopy(said), said["boxes"]
    what = rng.choice(["same", "box", "box", "decided", "claims", "labels"])
    if what == "same" and "within" in said:
        said["within"] = float(
            float.fromhex(said["within"]) * rng.choice([0.0, 0.5, -1.0]) + rng.choice([0, 0.1])
        ).hex()
    elif what == "same":
        del said["same"][rng.integers(len(said["same"]))]
        if rng.random() < 0.5:
            said["same"].append(rng.integers(3, size=2).tolist())
    elif what == "box" and boxes:
        _box(boxes, int(rng.integers(1, n + 1)) * int(rng.choice([-1, 1])), rng)
    elif what == "decided" and boxes:
        boxes[rng.integers(len(boxes))]["decided"] = rng.integers(3, size=2).tolist()
    elif what == "claims":
        says = c.head["claim"]["says"]
        says[str(rng.choice(["agree", "differ", "apart", "forces"]))] = {}
        if rng.random() < 0.5:
            del says[str(rng.choice([*says]))]
        return bool(says)
    elif what == "labels":  # each model's part of the labels
        one, other = c.head["model"]["labels"]
        name = rng.choice(["outputs", "threshold", "divisor", "near"])
        one[name], other[name] = other[name], one[name]
        return bool(one[name] != other[name])
    return bool(said != old)


def _box(boxes, literal, rng):
    place = rng.integers(len(boxes))
    given = boxes[place]["given"]
    if rng.random() < 0.2:
        del boxes[place]
    elif rng.random() < 0.2 or not given:
        boxes.append(copy.deepcopy(boxes[place]))
        boxes[-1]["given"].append([literal])
    elif rng.random() < 0.5:
        del given[rng.integers(len(given))]
    else:
        given[rng.integers(len(given))] = [literal]
