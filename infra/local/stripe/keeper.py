"""Keeps the state in a file, so that it survives a restart."""

from __future__ import annotations

import json
import threading
from pathlib import Path

from infra.local.stripe.core import LocalStripe

#: Changes closer together than this share one write.
_PAUSE = 0.2


class Keeper:
    """Loads a core's state, then saves it after changes on a thread of its own."""

    def __init__(self, core: LocalStripe, path: Path) -> None:
        self._core = core
        self._path = path
        self._changed = threading.Event()
        self._stopping = threading.Event()
        if path.exists():
            core.load(json.loads(path.read_text()))
        core.on_change(self._changed.set)
        self._thread = threading.Thread(target=self._work, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Save what is unsaved and end."""
        self._stopping.set()
        self._changed.set()
        self._thread.join()

    def save(self) -> None:
        """Write the state."""
        fresh = self._path.with_suffix(".new")
        fresh.write_text(json.dumps(self._core.dump()))
        # Replacing is atomic: a crash leaves the old state or the new, never half.
        fresh.replace(self._path)

    def _work(self) -> None:
        while not self._stopping.is_set():
            self._changed.wait()
            self._changed.clear()
            self.save()
            self._stopping.wait(_PAUSE)
        self.save()
