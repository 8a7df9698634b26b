"""The peers that have no Rust: each reads the files of the bench and says what it took, as `name seconds hits lines`.

Usage: peers.py FOLDER duckdb|stdnum
"""

import bisect
import sys
import time

folder, peer = sys.argv[1:]
inputs, entries, ranges = (f"{folder}/{name}.csv" for name in ("inputs", "entries", "ranges"))


def say(name, began, hits, lines):
    print(f"{name} {time.perf_counter() - began:.6f} {hits} {lines}", flush=True)


def duckdb():
    import duckdb

    database = duckdb.connect()
    database.execute("set threads = 2")
    began = time.perf_counter()
    database.execute(f"create table entries as select * from read_csv('{entries}', columns = {{'device': 'bigint'}}, header = false)")
    say("load", began, 0, 0)
    for _ in range(2):
        began = time.perf_counter()
        query = f"""
            select count(*) from read_csv('{inputs}', columns = {{'imei': 'bigint'}}, header = false)
            where imei // 10 in (select device from entries)"""
        hits = database.execute(query).fetchone()[0]
        say("screen", began, hits, 10_000_000)


def stdnum():
    from stdnum import imei

    began = time.perf_counter()
    with open(entries) as file:
        listed = {int(line) for line in file}
    with open(ranges) as file:
        pieces = sorted(tuple(map(int, line.split(","))) for line in file)
    # Ranges may overlap; joined they do not.
    joined = []
    for low, high in pieces:
        if joined and low <= joined[-1][1] + 1:
            joined[-1][1] = max(joined[-1][1], high)
        else:
            joined.append([low, high])
    lows = [low for low, _ in joined]
    say("load", began, 0, 0)
    began, hits, lines = time.perf_counter(), 0, 0
    with open(inputs) as file:
        for line in file:
            lines += 1
            if lines > 1_000_000:
                break
            imei.is_valid(line)
            key = int(line[:14])
            if key in listed:
                hits += 1
            else:
                place = bisect.bisect_right(lows, key) - 1
                hits += place >= 0 and key <= joined[place][1]
    say("screen", began, hits, 1_000_000)


{"duckdb": duckdb, "stdnum": stdnum}[peer]()
