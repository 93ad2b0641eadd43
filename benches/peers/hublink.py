"""Select of the demo's main site, for a benchmark of terminal programs: the steps that its peers are measured by."""
import os

from common import N, steps

WIZARD = ["<tab>", "w", "<enter>", "<enter>", "<enter>"]  # the site's wizards, Link users, Method, Domains


def scenario(n="10k", tag="hublink", bin="target/dist/hublink", **_):
    count = N[n]
    way = [{"op": "send", "name": f"way-{at}", "keys": key, "settle_ms": 700} for at, key in enumerate(WIZARD)]
    keys = dict(top="<home>", down="<down>", pgdn="<pgdn>", end="<end>", toggle="<space>", all="a", none="A",
                filter="rens", filter_open="/", filter_clear="<esc>", filter_count=False,
                match_open="/rens<enter>", match_all="a", match_undo="A", heavy_settle=60)
    whole = {"op": "wait", "name": "select", "until": f"{count:,} users"}
    measured = steps(n, keys)
    return {"name": f"{tag}-{n}", "command": [os.path.abspath(bin), "demo", "--users", str(count)],
            "env": {"HOME": os.environ["PEERS_HOME"]}, "term": "xterm-256color", "ready": {"contains": ["SITES", "w wizards"]},
            "ready_timeout": 300, "limit_s": 900, "mem_limit_mb": 9000, "steps": [*way, whole, *measured], "quit": ["<c-c>"]}
