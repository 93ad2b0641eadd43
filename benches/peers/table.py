"""README's table out of what `run` measured: medians, and how many times hublink's the others take."""
import json
import pathlib
import sys

ROWS = [  # what, the step's beginning, the value in it, unit
    ("a Down within the page", "down", "last", "ms"),
    ("its bytes", "down", "bytes", "B"),
    ("a Down that scrolls", "down-scroll", "last", "ms"),
    ("its bytes", "down-scroll", "bytes", "B"),
    ("Down held at 60 Hz: lag after the last", "down@60Hz", "lag_ms", "ms"),
    ("a page down", "pgdn", "last", "ms"),
    ("to the end", "jump-end", "last", "ms"),
    ("a tick", "toggle", "last", "ms"),
    ("all ticked", "select-all", "last", "ms"),
    ("the first letter of a filter", "filter[1:", "last", "ms"),
    ("the second", "filter[2:", "last", "ms"),
    ("the fourth", "filter[4:", "last", "ms"),
    ("all that match ticked", "select-matching", "last", "ms"),
]


def value(result, step, name):
    found = next((s for n, s in result["steps"].items() if n == step or step[-1] == ":" and n.startswith(step)), None)
    if found is None or name not in found:
        return None
    return found[name]["med"] if isinstance(found[name], dict) else found[name]


def shown(number, unit, best):
    if number is None:
        return "–"
    text = f"{number:,.0f}" if unit == "B" or number >= 100 else f"{number:.2f}"
    return f"{text} ({number / best:.1f})" if best else text


def main(files):
    results = {}
    for file in files:
        program, size, terminal = pathlib.Path(file).stem.split("-")
        results.setdefault((size, terminal), {})[program] = json.loads(pathlib.Path(file).read_text())
    for (size, terminal), programs in results.items():
        order = sorted(programs, key=lambda name: (name != "hublink", name))
        print(f"\n{size} rows, {terminal}: median, and in brackets how many times hublink's\n")
        print("| what | " + " | ".join(order) + " |\n| --- |" + " ---: |" * len(order))
        for what, step, name, unit in ROWS:
            own = value(programs["hublink"], step, name) if "hublink" in programs else None
            cells = [shown(value(programs[p], step, name), unit, None if p == "hublink" else own) for p in order]
            print(f"| {what}, {unit} | " + " | ".join(cells) + " |")
        memory = [programs[p].get("peak_rss_mb") for p in order]
        print("| most memory, MB | " + " | ".join(shown(m, "B", None) for m in memory) + " |")


if __name__ == "__main__":
    main(sys.argv[1:])
