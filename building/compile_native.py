"""Compiles the core: its files in parallel, and only those whose text (or a header of theirs) has changed."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
import sysconfig
from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import version
from pathlib import Path

from setuptools import Extension
from setuptools.command.build_ext import build_ext

ROOT = Path(__file__).resolve().parents[1]
NATIVE = ROOT / "engine" / "native"
_COMMON = ["-std=c++20", "-fvisibility=hidden", "-fPIC", "-ffp-contract=off", "-Wall", "-Wextra"]
_OPTIMISED = ["-O3", "-DNDEBUG", "-g0"]
_SANITIZED = ["-O1", "-g1", "-fno-omit-frame-pointer", "-fsanitize=address,undefined", "-fno-sanitize-recover=all",
              "-DSUFFICE_CHECKED"]  # fmt: skip
_NANOBIND = ["-Os", "-DNDEBUG", "-DNB_COMPACT_ASSERTIONS", "-fno-strict-aliasing", "-w"]


def extension() -> Extension:
    """Return the extension, as setuptools takes it (its sources tell when it is out of date)."""
    sources = sorted(str(path.relative_to(ROOT)) for path in NATIVE.rglob("*.cpp"))
    return Extension("suffice.engine._native", sources, language="c++")


def found_compiler() -> list[str]:
    """Return the command of this machine's C++ compiler: `CXX`, or what is on the path; empty if there is none."""
    if sys.platform == "win32":
        return ["cl"]  # setuptools finds it
    if os.environ.get("CXX"):
        return shlex.split(os.environ["CXX"])
    return next(([name] for name in ("g++", "clang++", "c++") if shutil.which(name)), [])


def compiler() -> list[str]:
    """Return the C++ compiler's command: this machine's, or the one of the package ziglang."""
    if found_compiler():
        return found_compiler()
    try:
        import ziglang  # noqa: F401  # only where there is no compiler
    except ImportError:
        raise SystemExit("no C++ compiler was found: install g++ or clang++, or `pip install ziglang`") from None
    return [sys.executable, "-m", "ziglang", "c++", "-mcpu=baseline"]  # not what only this machine's processor knows


class BuildNative(build_ext):
    """Build the extension with the platform's own compiler; Unix-like compilers are called by ourselves."""

    def build_extension(self, ext: Extension) -> None:
        """Compile what changed, and link."""
        if sys.platform == "win32":
            self._with_msvc(ext)
            return
        target = Path(self.get_ext_fullpath(ext.name))
        sanitized = bool(os.environ.get("SUFFICE_SANITIZE"))
        build(target, sanitized=sanitized)

    def _with_msvc(self, ext: Extension) -> None:  # not tried yet
        nanobind = _nanobind()
        ext.sources = [*ext.sources, str(nanobind / "src" / "nb_combined.cpp")]
        ext.include_dirs = _includes(nanobind)
        ext.extra_compile_args = ["/std:c++20", "/O2", "/fp:precise", "/EHsc", "/bigobj", "/DNDEBUG"]
        super().build_extension(ext)


def build(target: Path, *, sanitized: bool = False) -> None:
    """Build the extension at `target`; objects are kept in ``build/native``."""
    nanobind, command = _nanobind(), compiler()
    kind = "sanitized" if sanitized else "optimised"
    objects = ROOT / "build" / "native" / f"{kind}-{sysconfig.get_config_var('SOABI')}"
    objects.mkdir(parents=True, exist_ok=True)
    flags = [*_COMMON, *_architectures(), *(_SANITIZED if sanitized else _OPTIMISED)]
    sources = [path.relative_to(ROOT) for path in NATIVE.rglob("*.cpp")]
    jobs = [(path, objects / f"{'.'.join(path.parts[2:])}.o", flags) for path in sources]
    of_nanobind = nanobind / "src" / "nb_combined.cpp", objects / "nanobind.o"
    jobs.append((*of_nanobind, [*_COMMON, *_architectures(), *_NANOBIND]))
    said = _said(command, flags)
    if not (objects / "command").exists() or (objects / "command").read_text() != said:
        for path in objects.glob("*.o"):
            path.unlink()
    stale = [job for job in jobs if _is_stale(job[0], job[1])]
    stale.sort(key=lambda job: -(ROOT / job[0]).stat().st_size)  # the long ones first
    include = [f"-I{folder}" for folder in _includes(nanobind)]
    with ThreadPoolExecutor(max(1, int(os.environ.get("SUFFICE_JOBS", os.cpu_count() or 1)))) as pool:
        for _ in pool.map(lambda job: _compile(command, job, include), stale):
            pass
    (objects / "command").write_text(said)
    for path in set(objects.glob("*.o")) - {job[1] for job in jobs}:
        path.unlink()  # of a source file that is gone
    _link(command, [job[1] for job in jobs], target, sanitized=sanitized)


def _link(command: list[str], objects: list[Path], target: Path, *, sanitized: bool) -> None:
    link = [*command, *_architectures(), "-shared", "-o", str(target.resolve()), *sorted(map(str, objects)), "-pthread"]
    if sys.platform == "darwin":
        link += ["-undefined", "dynamic_lookup"]
    link += ["-fsanitize=address,undefined"] if sanitized else ["-Wl,-s"] if sys.platform == "linux" else []
    target.parent.mkdir(parents=True, exist_ok=True)
    _run(link)


def _architectures() -> list[str]:
    """Return for which processors macOS is told to build."""
    return shlex.split(os.environ.get("ARCHFLAGS", "")) if sys.platform == "darwin" else []


def _said(command: list[str], flags: list[str]) -> str:
    """Return all that objects depend on but our own files; of nanobind that is its version, wherever it lies."""
    asked = subprocess.run([*command, "--version"], capture_output=True, text=True, check=False).stdout
    return "\n".join([shlex.join([*command, *flags]), asked, version("nanobind"), sys.version])


def _nanobind() -> Path:
    import nanobind  # needed to build only

    return Path(nanobind.__file__).parent


def _includes(nanobind: Path) -> list[str]:
    return [str(nanobind / "include"), str(nanobind / "ext" / "robin_map" / "include"), sysconfig.get_path("include")]


def _is_stale(source: Path, target: Path) -> bool:
    """Tell whether an object is older than its source or one of our headers that it was made with."""
    needed = target.with_suffix(".d")
    if not target.exists() or not needed.exists():
        return True
    made = target.stat().st_mtime
    names = needed.read_text().partition(": ")[2].replace("\\\n", " ").split()
    ours = [ROOT / name for name in (source, *names) if not Path(name).is_absolute()]
    return any(not path.exists() or path.stat().st_mtime > made for path in ours)


def _compile(command: list[str], job: tuple[Path, Path, list[str]], include: list[str]) -> None:
    source, target, flags = job
    _run(
        [*command, *flags, *include, "-MMD", "-MF", str(target.with_suffix(".d")), "-c", str(source), "-o", str(target)]
    )


def _run(command: list[str]) -> None:
    ended = subprocess.run(command, cwd=ROOT, check=False)
    if ended.returncode != 0:
        raise SystemExit(f"this command failed: {shlex.join(command)}")


def write_stub(module: Path, stub: Path) -> None:
    """Write the typed stub of a built extension."""
    stubgen = [sys.executable, "-m", "nanobind.stubgen", "-q", "-m", "_native"]
    _run([*stubgen, "-i", str(module.parent), "-o", str(stub)])


def main() -> None:
    """Build the core beside its sources and write its typed stub, or build it in the folder that the command names."""
    sanitized = bool(os.environ.get("SUFFICE_SANITIZE"))
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "engine"
    target = folder / f"_native{sysconfig.get_config_var('EXT_SUFFIX')}"
    build(target, sanitized=sanitized)
    if len(sys.argv) == 1 and not sanitized:
        write_stub(target, ROOT / "engine" / "_native.pyi")


if __name__ == "__main__":
    main()
