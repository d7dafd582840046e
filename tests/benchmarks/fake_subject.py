"""A subject whose behaviour is known, run as a measuring process by the tests."""

import os
import time

from benchmarks.serve import serve


class Fake:
    def __init__(self, request):
        print("a library that prints")
        self.index = -1
        self.queries = {
            "size": lambda limit: self.index + 1,
            "fails": self.fail,
            "hangs-on-1": self.hang,
            "dies-on-0": self.die,
            "works": lambda limit: sum(range(200_000)),
        }

    def set_instance(self, index):
        self.index = index

    def describe(self, result):
        return {"status": "proved", "size": result, "unknown": "field"}

    def fail(self, limit):
        raise ValueError("on purpose")

    def hang(self, limit):
        if self.index == 1:
            time.sleep(60)

    def die(self, limit):
        if self.index == 0:
            os.write(2, b"last words\n")
            os._exit(3)


if __name__ == "__main__":
    serve(Fake)
