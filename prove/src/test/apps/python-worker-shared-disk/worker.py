"""Works off the orders that lie in the queue's folder."""

import json
import os
import signal
import time
from pathlib import Path

QUEUE, DONE = Path("queue"), Path("done")


def work_off(order):
    goods = json.loads(order.read_text())["goods"]
    result = DONE / f"{order.stem}.part"
    result.write_text(json.dumps({"goods": goods, "pieces": len(goods), "state": "packed"}))
    result.rename(DONE / order.name)
    order.unlink()
    print("packed", order.stem, flush=True)


signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
for folder in QUEUE, DONE:
    folder.mkdir(exist_ok=True)
while True:
    for waiting in sorted(QUEUE.glob("*.json")):
        work_off(waiting)
    time.sleep(0.1)
