"""What all tests stand on."""

import signal

# Started in the background, a shell hands SIGINT on as ignored, and the programs tested would not hear Ctrl-C.
signal.signal(signal.SIGINT, signal.default_int_handler)
