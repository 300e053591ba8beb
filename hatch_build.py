"""Build hook: fetches the pages' browser libraries by lock file and lays what they need under ``static/vendor``.

`npm ci` runs only when the lock file changed since the last time. Without npm the build stops where the files are not
there yet: a wheel without its chart library would serve empty pages.
"""

from __future__ import annotations

import hashlib
import shutil
import subprocess
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

FILES = {
    "echarts.min.js": "echarts/dist/echarts.common.min.js",
    "echarts.LICENSE.txt": "echarts/LICENSE",
    "htmx.min.js": "htmx.org/dist/htmx.min.js",
    "htmx.LICENSE.txt": "htmx.org/LICENSE",
    "wavesurfer.min.js": "wavesurfer.js/dist/wavesurfer.min.js",
    "wavesurfer.LICENSE.txt": "wavesurfer.js/LICENSE",
}


class VendorHook(BuildHookInterface):  # type: ignore[type-arg]  # the builder's configuration is not used
    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        root = Path(self.root)
        vendor = root / "service/web/static/vendor"
        stamp = vendor / "lock.sha256"
        lock = hashlib.sha256((root / "package-lock.json").read_bytes() + repr(FILES).encode()).hexdigest()
        if stamp.is_file() and stamp.read_text() == lock:
            return
        self._install(root)
        vendor.mkdir(parents=True, exist_ok=True)
        for name, source in FILES.items():
            shutil.copyfile(root / "node_modules" / source, vendor / name)
        stamp.write_text(lock)

    def _install(self, root: Path) -> None:
        npm = shutil.which("npm")
        if npm is None:
            raise RuntimeError("npm is needed once, to fetch the pages' browser libraries: install Node.js 20 or later")
        subprocess.run([npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"], cwd=root, check=True)  # noqa: S603
