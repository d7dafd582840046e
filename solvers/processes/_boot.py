"""Start of a worker process, run as a script: ``_boot.py paths root module lifeline memory``.

The top-level package is set up without running it, because a solver needs little of the library; it is run
after all when somebody asks it for a name.
"""

import importlib.util
import json
import sys
from importlib import import_module


def _light_root(name: str) -> None:
    spec = importlib.util.find_spec(name)
    if spec is None or spec.loader is None:
        raise ImportError(f"cannot find {name} on {sys.path}")
    package, loader = importlib.util.module_from_spec(spec), spec.loader
    sys.modules[name] = package

    def run_after_all(wanted: str) -> object:
        if wanted.startswith("__"):
            raise AttributeError(wanted)
        del package.__getattr__
        loader.exec_module(package)
        return getattr(package, wanted)

    package.__getattr__ = run_after_all  # type: ignore[method-assign]  # PEP 562


if __name__ == "__main__":
    paths, root, module, lifeline, memory = sys.argv[1:6]
    sys.path[:] = json.loads(paths)
    _light_root(root)
    import_module(module).main(int(lifeline), int(memory))
