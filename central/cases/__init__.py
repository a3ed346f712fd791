"""Cases: their statuses, the people behind them, and the audit."""
