"""
Asterisk's end of one FastAGI session, in as little as can be; the header comes on standard input.

It answers each command at once: a prompt by key 1, the question for keys by that key. Once the
other end closes it prints how long each prompt was in coming after the key, in seconds.
"""

import json
import socket
import sys
import time


def main() -> None:
    seconds: list[float] = []
    pressed_at, keys = 0.0, b""
    with socket.create_connection(("127.0.0.1", int(sys.argv[1]))) as line:
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        line.sendall(sys.stdin.buffer.read())
        for command in line.makefile("rb"):
            if command.startswith(b"STREAM FILE"):
                if pressed_at:
                    seconds.append(time.perf_counter() - pressed_at)
                keys, answer = b"1", b"200 result=49 endpos=8000\n"
                pressed_at = time.perf_counter()
            elif command.startswith(b"GET FULL VARIABLE"):
                answer, keys = b"200 result=1 (" + keys + b")\n", b""
            else:
                answer = b"200 result=0\n"
            line.sendall(answer)
    sys.stdout.write(json.dumps(seconds))


if __name__ == "__main__":
    main()
