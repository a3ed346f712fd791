"""What all tests stand on."""

import os
import signal

# Started in the background, a shell hands SIGINT on as ignored, and the programs tested would not hear Ctrl-C.
signal.signal(signal.SIGINT, signal.default_int_handler)

# Kivy makes a directory in the user's home when it is imported. Two processes that do so at once, on a machine where it
# is not there yet, fail; and the home is not the tests' to write in.
os.environ.update(KIVY_HOME=os.devnull, KIVY_NO_CONFIG="1", KIVY_NO_FILELOG="1")
