"""Every package that the product brings is imported, and every module of the product; each with its version."""

from __future__ import annotations

import platform
from collections import defaultdict
from importlib import import_module, metadata
from pkgutil import walk_packages

import av
import sounddevice

from drivers.camera.simulation.jpeg_encoder import JpegEncoder

PRODUCT = "classroom-edge"
ROOMS = ("drivers", "pipelines", "edge")
# They install; nothing of the product imports them.
TOOLS = frozenset({"pip", "setuptools"})
# PyAudio is an extra, which the bundle does not bring.
NEEDS_AN_EXTRA = frozenset({"drivers.microphone.pyaudio_backend"})
ENCODERS = ("libx264", "aac", "h264_v4l2m2m")


def packages() -> dict[str, set[str]]:
    """Each package that was installed beside the product, and the modules at its top."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    for module, owners in metadata.packages_distributions().items():
        for owner in set(owners) - TOOLS - {PRODUCT}:
            found[owner].add(module)
    return found


def modules() -> set[str]:
    """Every module of the product."""
    found = {module.name for room in ROOMS for module in walk_packages(import_module(room).__path__, f"{room}.")}
    return found - NEEDS_AN_EXTRA


def main() -> None:
    """Print one line a package; any that cannot be imported ends it, as does an encoder that is not there."""
    print(f"{platform.machine()}, Python {platform.python_version()}, {' '.join(platform.libc_ver())}")
    brought = packages()
    for package in sorted(brought, key=str.lower):
        for module in sorted(brought[package]):
            import_module(module)
        print(f"{package} {metadata.version(package)}")
    for module in sorted(modules()):
        import_module(module)
    print(f"{PRODUCT} {metadata.version(PRODUCT)}, {len(modules())} modules")
    JpegEncoder(320, 180, "420", 80)
    print(f"libturbojpeg is found; {sounddevice.get_portaudio_version()[1]}")
    print(f"PyAV's FFmpeg encodes with {', '.join(av.Codec(name, 'w').name for name in ENCODERS)}")
    print(f"imports: good, {len(brought)} packages")


if __name__ == "__main__":
    main()
