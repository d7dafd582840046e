"""Certificates of rows near a row with one thing changed."""

import copy

import numpy as np


def ball(c, rng):
    """Let a ball be larger, of another norm or row, features weigh otherwise, or its witness be nearer."""
    said, says = c.head["claim"].get("ball"), c.head["claim"]["says"]
    if said is None:
        return False
    old = copy.deepcopy((said, says))
    what = rng.choice(["radius", "radius", "norm", "weights", "measured", "still", "missing", "reached", "claims"])
    radius = float.fromhex(said["radius"])
    if what == "radius":
        larger = [radius * 1.01, radius * 2, radius + 1, float(np.nextafter(radius, np.inf)), np.inf, -1.0]
        said["radius"] = float(rng.choice(larger)).hex()
    elif what == "norm":
        said["norm"] = str(rng.choice(["linf", "l1", "l0"]))
    elif what == "weights":
        at = rng.integers(len(said["weights"]))
        said["weights"][at] = float(float.fromhex(said["weights"][at]) * rng.choice([0.0, 0.5, 0.9, -1.0])).hex()
    elif what == "measured" and said["measured"]:
        _measured(said["measured"], rng)
    elif what == "still":
        said["still"] = said["still"][1:] if rng.random() < 0.5 else [int(rng.integers(len(said["weights"])))]
    elif what == "missing":
        said["missing"] = not said["missing"]
    elif what == "reached" and "reached" in says:
        _reached(says["reached"], rng)
    elif what == "claims":
        says[str(rng.choice(["clear", "reached", "forces"]))] = {"distance": said["radius"], "numbers": []}
    return (said, says) != old


def _measured(listed, rng):
    place = rng.integers(len(listed))
    if rng.random() < 0.3:
        del listed[place]
    elif rng.random() < 0.5:
        listed[place][2] = not listed[place][2]
    else:
        number = float.fromhex(listed[place][1])
        listed[place][1] = float(rng.choice([np.nextafter(number, np.inf), number + 0.25, number - 0.25])).hex()


def _reached(said, rng):
    if rng.random() < 0.6 or not said["numbers"]:
        distance = float.fromhex(said["distance"])
        said["distance"] = float(rng.choice([0.0, distance / 2, np.nextafter(distance, 0.0)])).hex()
    else:
        one = said["numbers"][rng.integers(len(said["numbers"]))]
        number = float.fromhex(one[1])
        one[1] = float(rng.choice([np.nextafter(number, -np.inf), number + 0.25, number - 0.25])).hex()
