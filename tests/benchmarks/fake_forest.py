"""A subject like a forest whose behaviour is known; it lacks most queries."""

import time

from benchmarks.serve import serve


class Fake:
    def __init__(self, request):
        self.index, self.voting, self.theory = -1, request.voting, request.theory
        self.queries = {
            "sufficient": lambda limit: {"size": 4 + self.theory, "features": 2},
            "majoritary": self.fail,
            "minimal": lambda limit: {"size": 10, "cost": 10.0, "lower": 8.0, "status": "best_so_far"},
            "minimal-features": lambda limit: {
                "size": round(limit * 10),
                "cost": 3.0,
                "lower": 3.0,
                "status": "optimal",
            },
            "sufficient-features": lambda limit: {"size": 3 if self.voting == "soft" else 5},
            "contrastive-min": self.hang,
        }

    def set_instance(self, index):
        self.index = index
        if index == 7:
            raise ValueError("this instance is out")

    def describe(self, result):
        return {"status": "proved", **result}

    def fail(self, limit):
        raise ValueError("on purpose")

    def hang(self, limit):
        time.sleep(60 if self.index == 1 else 0)
        return {"size": 1}


if __name__ == "__main__":
    serve(Fake)
