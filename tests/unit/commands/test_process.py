import os
import signal

from kiosk_app.commands.process import stop_on_signals


def test_a_signal_requests_a_stop_and_does_not_kill() -> None:
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        for number in before:
            stop = stop_on_signals()
            assert not stop.is_set()
            os.kill(os.getpid(), number)
            assert stop.wait(20)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
