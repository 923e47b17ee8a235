"""
Kokoro-82M, a human-like voice, in a process of its own.

`engine` is the daemon's side. `worker` is the other: it runs under the interpreter of the voice
installation (tools/voice) and imports nothing else of ours.
"""
