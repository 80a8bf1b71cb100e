"""Process 2: panel, ledger, uploads, receipt, status."""
