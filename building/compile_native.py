"""Compiles the core: its files in parallel, and only those whose text (or a header of theirs) has changed."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
import sysconfig
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from setuptools import Extension
from setuptools.command.build_ext import build_ext

ROOT = Path(__file__).resolve().parents[1]
NATIVE = ROOT / "engine" / "native"
_COMMON = ["-std=c++20", "-fvisibility=hidden", "-fPIC", "-ffp-contract=off", "-Wall", "-Wextra"]
_OPTIMISED = ["-O3", "-DNDEBUG", "-g0"]
_SANITIZED = ["-O1", "-g", "-fno-omit-frame-pointer", "-fsanitize=address,undefined", "-fno-sanitize-recover=all",
              "-DSUFFICE_CHECKED"]  # fmt: skip
_NANOBIND = ["-Os", "-DNDEBUG", "-DNB_COMPACT_ASSERTIONS", "-fno-strict-aliasing", "-w"]


def extension() -> Extension:
    """Return the extension, as setuptools takes it (its sources tell when it is out of date)."""
    sources = sorted(str(path.relative_to(ROOT)) for path in NATIVE.rglob("*.cpp"))
    return Extension("suffice.engine._native", sources, language="c++")


def compiler() -> list[str]:
    """Return the C++ compiler's command: `CXX`, what is on the path, or the one of the package ziglang."""
    if os.environ.get("CXX"):
        return shlex.split(os.environ["CXX"])
    for name in ("g++", "clang++", "c++"):
        if shutil.which(name):
            return [name]
    try:
        import ziglang  # noqa: F401  # only where there is no compiler
    except ImportError:
        raise SystemExit("no C++ compiler was found: install g++ or clang++, or `pip install ziglang`") from None
    return [sys.executable, "-m", "ziglang", "c++"]


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

    def _with_msvc(self, ext: Extension) -> None:
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
    flags = [*_COMMON, *(_SANITIZED if sanitized else _OPTIMISED)]
    include = [f"-I{folder}" for folder in _includes(nanobind)]
    jobs = [(path, objects / f"{'.'.join(path.relative_to(NATIVE).parts)}.o", flags) for path in NATIVE.rglob("*.cpp")]
    jobs.append((nanobind / "src" / "nb_combined.cpp", objects / "nanobind.o", [*_COMMON, *_NANOBIND]))
    said = _said(command, flags, nanobind)
    if not (objects / "command").exists() or (objects / "command").read_text() != said:
        for path in objects.glob("*.o"):
            path.unlink()
    stale = [job for job in jobs if _is_stale(job[0], job[1])]
    stale.sort(key=lambda job: -job[0].stat().st_size)  # the long ones first
    with ThreadPoolExecutor(max(1, int(os.environ.get("SUFFICE_JOBS", os.cpu_count() or 1)))) as pool:
        for _ in pool.map(lambda job: _compile(command, job, include), stale):
            pass
    (objects / "command").write_text(said)
    for path in set(objects.glob("*.o")) - {job[1] for job in jobs}:
        path.unlink()  # of a source file that is gone
    link = [*command, "-shared", "-o", str(target), *sorted(str(job[1]) for job in jobs), "-pthread"]
    if sys.platform == "darwin":
        link += ["-undefined", "dynamic_lookup"]
    link += ["-fsanitize=address,undefined"] if sanitized else ["-Wl,-s"] if sys.platform == "linux" else []
    target.parent.mkdir(parents=True, exist_ok=True)
    _run(link)


def _said(command: list[str], flags: list[str], nanobind: Path) -> str:
    """Return all that objects depend on but files."""
    asked = subprocess.run([*command, "--version"], capture_output=True, text=True, check=False).stdout
    return "\n".join([shlex.join([*command, *flags]), asked, str(nanobind), sys.version])


def _nanobind() -> Path:
    import nanobind  # needed to build only

    return Path(nanobind.__file__).parent


def _includes(nanobind: Path) -> list[str]:
    return [str(nanobind / "include"), str(nanobind / "ext" / "robin_map" / "include"), sysconfig.get_path("include")]


def _is_stale(source: Path, target: Path) -> bool:
    """Tell whether an object is older than its source or one of the headers that it was made with."""
    needed = target.with_suffix(".d")
    if not target.exists() or not needed.exists():
        return True
    made = target.stat().st_mtime
    text = needed.read_text().partition(": ")[2].replace("\\\n", " ")
    return any(not Path(name).exists() or Path(name).stat().st_mtime > made for name in [str(source), *text.split()])


def _compile(command: list[str], job: tuple[Path, Path, list[str]], include: list[str]) -> None:
    source, target, flags = job
    _run(
        [*command, *flags, *include, "-MMD", "-MF", str(target.with_suffix(".d")), "-c", str(source), "-o", str(target)]
    )


def _run(command: list[str]) -> None:
    ended = subprocess.run(command, check=False)
    if ended.returncode != 0:
        raise SystemExit(f"this command failed: {shlex.join(command)}")


def write_stub(module: Path, stub: Path) -> None:
    """Write the typed stub of a built extension."""
    command = [
        sys.executable,
        "-m",
        "nanobind.stubgen",
        "-q",
        "-m",
        "_native",
        "-i",
        str(module.parent),
        "-o",
        str(stub),
    ]
    _run(command)


def main() -> None:
    """Build the core beside its sources, for work on it, and write its typed stub anew."""
    sanitized = bool(os.environ.get("SUFFICE_SANITIZE"))
    target = ROOT / "engine" / f"_native{sysconfig.get_config_var('EXT_SUFFIX')}"
    build(target, sanitized=sanitized)
    if not sanitized:
        write_stub(target, ROOT / "engine" / "_native.pyi")


if __name__ == "__main__":
    main()
