"""A service as it is: `logging` with a handler that rotates by renaming. Usage: rotating_writer.py FILE LINES MAX_BYTES"""
import logging
import logging.handlers
import sys

path, lines, max_bytes = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
handler = logging.handlers.RotatingFileHandler(path, maxBytes=max_bytes, backupCount=5)
handler.setFormatter(logging.Formatter("%(asctime)s - %(name)s - %(levelname)s - %(message)s"))
log = logging.getLogger("test-seller")
log.addHandler(handler)
log.setLevel(logging.INFO)
for number in range(1, lines + 1):
    log.info("Payment received n=%d amount=%d", number, number * 7 % 1000)
