"""Build what is slow once, and keep it: the emulator's environment and the layers, by hash of what they are made of."""

import contextlib
import shutil
import sys
import sysconfig
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from infra.local.archives import digest, zip_folder
from infra.local.processes import run_tool
from infra.local.progress import Progress
from infra.local.trouble import Trouble
from infra.local.workspace import CHECKOUT, Workspace

_NETWORK_ADVICE = "A package could not be installed. Is the network there? Then run the command again."
_PLATFORM = f"{sysconfig.get_platform()}-{sys.version_info.major}.{sys.version_info.minor}"


@dataclass(frozen=True)
class Builder:
    """Builds into the workspace's cache; a second run finds everything there."""

    workspace: Workspace
    progress: Progress

    def emulator(self) -> Path:
        """Return the interpreter of the emulator's own environment.

        It is apart from the project's, so that a function that runs on it sees nothing but its layers.
        """
        requirements = CHECKOUT / "requirements-local.txt"
        folder = self._cached("emulator", requirements.read_bytes(), lambda into: self._install(requirements, into))
        return folder / "bin" / "python"

    def layer(self, name: str, target: str) -> bytes:
        """Return the zipped layer `name`, made by the make target `sam build` uses too."""
        source = CHECKOUT / "layers" / name
        made_of = (source / "requirements.txt").read_bytes() + (source / "Makefile").read_bytes()
        return self._zipped(f"layer-{name}", made_of, lambda into: self._make(source, target, into))

    def shared_layer(self) -> bytes:
        """Return the zipped domain code, compiled."""
        source = CHECKOUT / "layers" / "shared"
        return self._zipped("layer-shared", zip_folder(source), lambda into: self._copy(source, into))

    def _zipped(self, name: str, made_of: bytes, build: Callable[[Path], None]) -> bytes:
        def build_zip(into: Path) -> None:
            build(into / "content")
            self._compile(into / "content")
            (into / "layer.zip").write_bytes(zip_folder(into / "content", keep_bytecode=True))
            shutil.rmtree(into / "content")

        return (self._cached(name, made_of, build_zip) / "layer.zip").read_bytes()

    def _cached(self, name: str, made_of: bytes, build: Callable[[Path], None]) -> Path:
        """Return the cached folder, built elsewhere and moved there whole, so that no half of one is ever used."""
        kept = self.workspace.cache / f"{name}-{digest(made_of, _PLATFORM.encode())}"
        if kept.is_dir():
            return kept
        for outdated in self.workspace.cache.glob(f"{name}-*"):
            shutil.rmtree(outdated)
        with self.progress.step(f"Building {name}, which is kept for next time"):
            unfinished = Path(tempfile.mkdtemp(prefix=f".{name}-", dir=self.workspace.cache))
            try:
                build(unfinished)
                with contextlib.suppress(OSError):  # another run was first; its folder is as good
                    unfinished.rename(kept)
            finally:
                shutil.rmtree(unfinished, ignore_errors=True)
        return kept

    def _install(self, requirements: Path, into: Path) -> None:
        self.run("python -m venv", [sys.executable, "-m", "venv", "--without-pip", str(into)], "Install Python's venv.")
        pip = [sys.executable, "-m", "pip", "--python", str(into / "bin" / "python"), "install", "-qq"]
        pinned = ["--disable-pip-version-check", "--require-hashes", "--no-deps", "-r", str(requirements)]
        self.run("pip install", [*pip, *pinned], _NETWORK_ADVICE)

    def _make(self, source: Path, target: str, into: Path) -> None:
        if shutil.which("make") is None:
            raise Trouble("There is no make on this machine.", "Install it (on Debian: apt-get install make).")
        variables = [f"ARTIFACTS_DIR={into}", f"PYTHON={sys.executable}", f"COMPILER={sys.executable}", "TARGET="]
        self.run(f"make {target}", ["make", "-C", str(source), target, *variables], _NETWORK_ADVICE)

    def _copy(self, source: Path, into: Path) -> None:
        shutil.copytree(source, into, ignore=shutil.ignore_patterns("__pycache__", ".*", "Makefile"))

    def _compile(self, folder: Path) -> None:
        """Compile ahead: a function's worker unpacks its layers anew, and would compile them on every cold start."""
        mode = ["--invalidation-mode", "unchecked-hash", "-q", str(folder)]
        self.run("python -m compileall", [sys.executable, "-m", "compileall", *mode], "A source file does not compile.")

    def run(self, name: str, command: list[str], advice: str) -> None:
        """Run one tool to its end; its log is kept with the others."""
        run_tool(name, command, folder=CHECKOUT, log=self.workspace.logs / "build.log", advice=advice)
