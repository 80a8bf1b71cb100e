"""What a page may not use yet is found where it is planted into a copy of the pages, and what it may is not."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
HERE = Path(__file__).parent
STATIC = Path("edge/web/static")

# A line that is no syntax yet ends the reading of its file: each has a file of its own.
NEWER: dict[str, tuple[str, ...]] = {
    "js/board.js": (
        "[1].at(-1);",
        "structuredClone({});",
        'document.body.replaceChildren("");',
        "document.body.checkVisibility();",
        'new Intl.Segmenter("zh");',
    ),
    "js/board_clock.js": ("base ??= null;",),
    "js/board_fit.js": ("class Fields { static least = 1; }",),
    "js/board_parts.js": ("/a/d.test('');",),
    "js/student.js": (
        'byId("join").addEventListener("submit", (event) => event.submitter.focus());',
        "AbortSignal.timeout(1000);",
        "Promise.any([]);",
        "crypto.randomUUID();",
        "new WeakRef({});",
    ),
    # Both of them import it.
    "js/page.js": ('"a".replaceAll("a", "b");', 'Object.hasOwn({}, "a");'),
    "css/board.css": (
        "#board:has(b) { color: red; }",
        "#lamp { display: flex; gap: 1em; }",
        "#lamp { aspect-ratio: 1; }",
        "#lamp { inset: 0; }",
        "#lamp { overflow: clip; }",
        "#lamp { width: 100dvh; }",
        "#lamp { color: oklch(50% 0 0); }",
        "#lamp:is(a, b) { color: red; }",
        "#lamp:not(a, b) { color: red; }",
        "#lamp { & b { color: red; } }",
        "@container (min-width: 1px) { #lamp { color: red; } }",
        "@media (width >= 1px) { #lamp { color: red; } }",
        "@media (prefers-contrast: more) { #lamp { color: red; } }",
    ),
    "css/student.css": ("#seat:focus-visible { color: red; }", "#seat::details-content { color: red; }"),
    "js/console.js": ("[1].findLast(Boolean);", "Object.groupBy([], Boolean);"),
    "js/console_poll.js": ("class Block { static {} }",),
    "css/console.css": ("#big { accent-color: red; }", "#big:has(b) { color: red; }"),
}
OLD_ENOUGH: dict[str, tuple[str, ...]] = {
    "js/board.js": ('setup?.version ?? "";', "document.fonts.ready.then(draw);", "[[1]].flat();"),
    "css/board.css": (
        "#lamp { display: grid; grid-gap: 1em; width: fit-content; font-size: clamp(1px, 2px, 3px); }",
        "#lamp { overflow-wrap: anywhere; contain: size; position: sticky; }",
        "@media (prefers-color-scheme: dark) { #lamp:not(a)::before { color: rgb(0 0 0 / 50%); } }",
    ),
    "js/console.js": ("[1].at(-1);", '"a".replaceAll("a", "b");', "document.body.replaceChildren();"),
    "css/console.css": (
        "#big { display: flex; gap: 1em; aspect-ratio: 1; inset: 0; }",
        "#big:is(a, b):focus-visible { color: red; }",
    ),
}


def _lint(folder: Path) -> set[tuple[str, str]]:
    """What is found to be too new: files and lines."""
    node = Path(sys.executable).with_name("node")
    eslint = [node, HERE / "node_modules/eslint/bin/eslint.js", "--config", HERE / "eslint.config.mjs"]
    done = subprocess.run(
        [*eslint, "--format", "json", STATIC], cwd=folder, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1, done.stderr
    return {
        (str(Path(file["filePath"]).relative_to(folder / STATIC)), file["source"].splitlines()[one["line"] - 1])
        for file in json.loads(done.stdout)
        for one in file["messages"]
        if one.get("fatal") or one["ruleId"].startswith("floor/")
    }


def test_what_is_newer_than_the_browser_of_a_page_is_found_and_nothing_else(tmp_path: Path) -> None:
    shutil.copytree(ROOT / STATIC, tmp_path / STATIC)
    for planted in (OLD_ENOUGH, NEWER):
        for file, lines in planted.items():
            with (tmp_path / STATIC / file).open("a") as page:
                page.writelines(f"{line}\n" for line in lines)
    assert _lint(tmp_path) == {(file, line) for file, lines in NEWER.items() for line in lines}
